"""Answers as labelled lines, for the check page, the case page and exports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby

from chalicelib.domain.calendar import write_date
from chalicelib.domain.forms.dates import write_time
from chalicelib.domain.forms.questions import Choice, Field, Question, describe
from chalicelib.domain.referrals import conditions, pages
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import JOURNEY, Page, Section, find, visible_pages


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: ``name`` is its first field, ``lines`` is empty if it was left blank."""

    name: str
    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one page, or of one entry of a page that is asked several times.

    ``entry`` is the entry's index, None where there is no entry. A page that asks for several
    things and was told that there are none has one group with a ``note`` and no rows. A page
    that is not answered yet has neither.
    """

    page: Page
    title: str
    entry: int | None = None
    rows: tuple[Row, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class SectionSummary:
    slug: str
    title: str
    groups: tuple[Group, ...]


def in_parts(groups: Sequence[Group]) -> Iterator[tuple[bool, tuple[Group, ...]]]:
    """The groups as a reader sees them: pages in one list, an entry or a page of a kind in a card.

    Gives whether it is a card, and its groups; pages that follow each other share a list.
    """
    kinds = Counter(group.page.model for group in groups)

    def is_card(group: Group) -> bool:
        return group.entry is not None or kinds[group.page.model] > 1

    for card, together in groupby(groups, key=is_card):
        if card:
            yield from ((True, (group,)) for group in together)
        else:
            yield False, tuple(together)


def summarise(answers: Answers) -> tuple[SectionSummary, ...]:
    """Every visible page's answers, in the order of the journey."""
    return tuple(
        SectionSummary(section.slug, section.title, _section_groups(section, answers))
        for section in JOURNEY
    )


def _section_groups(section: Section, answers: Answers) -> tuple[Group, ...]:
    pages = visible_pages(answers, section)
    groups = [group for page in pages for group in _groups(page, answers)]
    if section.slug == "criteria":
        return _with_second_limb(groups, answers)
    return tuple(groups)


def _groups(page: Page, answers: Answers) -> list[Group]:
    if page.repeat is None:
        question = answers.one(page)
        return [Group(page, page.title, rows=rows(question) if question else ())]
    entries = answers.many(page)
    if not entries:
        note = page.repeat.none if answers.answered(page) else ""
        return [Group(page, page.repeat.heading, note=note)]
    return [
        Group(page, entry.headline, entry=index, rows=rows(entry))
        for index, entry in enumerate(entries)
    ]


def _with_second_limb(groups: list[Group], answers: Answers) -> tuple[Group, ...]:
    """A death answers the question after harm, so it is not asked; the reader still sees it."""
    death = answers.at("child/death", pages.child.Death) if conditions.died(answers) else None
    if death is None or death.date_of_death is None:
        return tuple(groups)
    page = find("child", "death")
    line = f"The child died on {write_date(death.date_of_death)}"
    died = Row("died", "Died or seriously harmed", (line,))
    return (groups[0], Group(page, page.title, rows=(died,)), *groups[1:])


def rows(question: Question) -> tuple[Row, ...]:
    """The answers of one page. Fields that a condition hides give no row."""
    found: list[Row] = []
    for field in describe(type(question)):
        lines = _lines(field, getattr(question, field.name))
        if lines or not field.shown_when:
            _add_row(found, field, lines)
    return tuple(found)


def _add_row(rows: list[Row], field: Field, lines: tuple[str, ...]) -> None:
    if field.replaces and field.shown_when:
        rows[:] = [row for row in rows if row.name != field.shown_when[0]]
    if rows and rows[-1].label == field.row:
        last = rows.pop()
        rows.append(Row(last.name, last.label, (*last.lines, *lines)))
    else:
        rows.append(Row(field.name, field.row, lines))


def _lines(field: Field, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, tuple):
        return tuple(_line(option) for option in value)
    text = _line(value)
    if field.name == "nhs_number":
        return (f"{text[:3]} {text[3:6]} {text[6:]}",)
    return tuple(text.split("\n"))


def _line(value: object) -> str:
    if isinstance(value, Choice):
        return value.label
    if isinstance(value, date):
        return write_date(value)
    if isinstance(value, time):
        return write_time(value)
    return str(value)
