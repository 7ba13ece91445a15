"""A command that a page tells a person to type exists, with the options that are typed."""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import Any

import pytest
import typer

from infra.cli import app
from tests.project import pages

START = "python -m infra "


@cache
def root() -> Any:
    return typer.main.get_command(app.build())


def written(path: str) -> list[str]:
    """Every command line of ours on a page, from its blocks and between back-ticks."""
    lines = (line.strip() for line in (*pages.blocks(path), *pages.code(path)))
    return [line.removeprefix(".venv/bin/") for line in lines if START in f"{line} "]


def faults(line: str) -> list[str]:
    """What of a command line the real command would not take."""
    words = shlex.split(line.partition(START)[2], comments=True)
    command, path = root(), []
    while words and hasattr(command, "commands"):
        word = words.pop(0)
        if word.startswith("-"):
            return []
        if word not in command.commands:
            return [f"{' '.join((*path, word))}: no such command"]
        command, path = command.commands[word], [*path, word]
    options = {name: each for each in command.params for name in (*each.opts, *each.secondary_opts)}
    typed = [word.partition("=")[0] for word in words if word.startswith("--")]
    return [f"{' '.join(path)} {name}: no such option" for name in typed if name not in options]


@pytest.mark.parametrize("path", [path for path in pages.PAGES if written(path)])
def test_every_command_of_a_page_exists(path: str):
    assert [fault for line in written(path) for fault in faults(line)] == []


def test_a_command_that_does_not_exist_would_be_found():
    assert faults("python -m infra run") == []
    assert faults("python -m infra jog") == ["jog: no such command"]
    assert faults("python -m infra run --far") == ["run --far: no such option"]


@pytest.mark.parametrize("name", sorted(root().commands))
def test_every_command_is_told_of_in_a_page(name: str):
    told = (line for path in pages.PAGES for line in written(path))

    assert any(re.search(rf"\binfra {name}\b", line) for line in told)
