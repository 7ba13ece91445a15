"""The form on paper: every question of the journey in order, with room to write.

It is made of the journey's own pages, so whatever they ask stands in it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, groupby

from chalicelib.domain.forms.questions import Field, Option
from chalicelib.domain.referrals.journey import JOURNEY, Page, Section

ENTRIES = 3
"""How many blanks stand there for each of several people, events or agencies."""


@dataclass(frozen=True, slots=True)
class BlankPage:
    """One page of questions. Its fields stand there ``entries`` times."""

    number: int
    page: Page
    entries: int


@dataclass(frozen=True, slots=True)
class BlankSection:
    slug: str
    title: str
    pages: tuple[BlankPage, ...]


def blank_form() -> tuple[BlankSection, ...]:
    """Every page, whatever was answered before it, numbered through."""
    numbers = count(1)
    return tuple(
        BlankSection(section.slug, section.title, tuple(_pages(section, numbers)))
        for section in JOURNEY
    )


def groups(field: Field) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    """The options under the headings that they stand under; most have none."""
    return tuple(
        (group, tuple(options))
        for group, options in groupby(field.options, key=lambda option: option.group)
    )


def _pages(section: Section, numbers: Iterator[int]) -> Iterator[BlankPage]:
    for page in section.pages:
        yield BlankPage(next(numbers), page, ENTRIES if page.many else 1)
