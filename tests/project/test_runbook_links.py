"""What a page points to is there: other pages, headings, files and tests."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath

import pytest

from tests.project import pages
from tests.project.files import ROOT, text

FOLDERS = ("chalicelib/", "docs/", "infra/", "templates/", "tests/", ".chalice/", ".ci/")
TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
PATH = re.compile(r"[\w./-]+")


def places(path: str) -> list[str]:
    """The files and folders of this project that a page names between back-ticks."""
    named = (found.split("::")[0].removeprefix("../") for found in pages.code(path))
    return [
        each
        for each in named
        if each.startswith(FOLDERS) and PATH.fullmatch(each) and "STAGE" not in each
    ]


@pytest.mark.parametrize("path", pages.PAGES)
def test_every_link_of_a_page_leads_somewhere(path: str):
    for link in pages.links(path):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        file, _, fragment = link.partition("#")
        target = posixpath.normpath(posixpath.join(PurePosixPath(path).parent, file or path))
        if not file:
            target = path
        assert (ROOT / target).exists(), link
        if fragment:
            assert fragment in [anchor for _, anchor in pages.headings(target)], link


@pytest.mark.parametrize("path", ["docs/runbook.md", "docs/threat-model.md", "SECURITY.md"])
def test_every_file_that_a_page_names_is_there(path: str):
    for place in places(path):
        assert (ROOT / place).exists(), place


def test_every_test_that_proves_a_mitigation_is_there():
    found = TEST.findall(text("docs/threat-model.md"))

    assert len(found) > 20
    for file, name in found:
        assert f"def {name}(" in text(file), f"{file}::{name}"


@pytest.mark.parametrize("path", ["docs/runbook.md", "docs/threat-model.md"])
def test_no_heading_is_there_twice(path: str):
    anchors = [anchor for _, anchor in pages.headings(path)]

    assert len(anchors) == len(set(anchors))
