"""The project's Markdown pages, read for the tests of what they promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tests.project.files import text, tracked

PAGES = tracked("*.md")

_HEADING = re.compile(r"^(#{1,6}) (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@cache
def prose(path: str) -> str:
    """A page without its blocks of code."""
    return _BLOCK.sub("", text(path))


def blocks(path: str) -> list[str]:
    """The lines of a page's blocks of code."""
    return [line for block in _BLOCK.findall(text(path)) for line in block.splitlines()[1:-1]]


def code(path: str) -> list[str]:
    """What a page has between back-ticks, with a line's end as a space."""
    return [" ".join(found.split()) for _, found in _CODE.findall(prose(path))]


def links(path: str) -> list[str]:
    """The addresses that a page links to."""
    return _LINK.findall(_CODE.sub("", prose(path)))


def headings(path: str) -> Iterator[tuple[int, str]]:
    """Level and anchor of each heading, in order."""
    for marks, title in _HEADING.findall(prose(path)):
        yield len(marks), anchor(title)


def anchor(title: str) -> str:
    """The fragment by which GitHub links to a heading."""
    plain = re.sub(r"[^\w\- ]", "", title.lower())
    return plain.strip().replace(" ", "-")
