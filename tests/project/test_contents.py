"""What may not stand in a file of this project."""

from __future__ import annotations

import re

import pytest

from tests.project.files import ROOT, text, tracked

UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
SOURCE_OF_A_DOWNLOAD = re.compile(r'"resolved": "http|registry=|index-url|@ http|find-links')
LOCKS = tracked("requirements*.txt", "requirements*.in", "*package-lock.json", "*.npmrc")
SOURCES = tracked("*.py", "*.html", "*.scss", "*.js", "*.yaml", "*.toml", "Makefile", ".ci/run")


@pytest.mark.parametrize("path", SOURCES)
def test_nothing_is_left_to_do_in(path):
    assert not UNFINISHED.search(text(path))


@pytest.mark.parametrize("path", LOCKS)
def test_a_lock_file_names_no_host_to_download_from(path):
    assert not SOURCE_OF_A_DOWNLOAD.search(text(path))


def test_no_data_of_the_local_run_are_kept_in_git():
    assert not tracked("var", "chalicelib/_assets", "chalicelib/_templates", "*node_modules*")


def test_ci_runs_by_itself():
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
