"""Walking the journey: which page comes next, and what is still missing."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from chalicelib.domain.calendar import write_date
from chalicelib.domain.errors import NotFound
from chalicelib.domain.forms.parsing import Fields, Invalid, Problem, parse, problem
from chalicelib.domain.forms.questions import DATE_PARTS, Field, Question, describe
from chalicelib.domain.referrals import pages
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.page import Page, Repeat, Section
from chalicelib.domain.referrals.table import JOURNEY

__all__ = [
    "JOURNEY",
    "PAGES",
    "SECTIONS",
    "Page",
    "Repeat",
    "Section",
    "Status",
    "find",
    "find_section",
    "first_page",
    "missing",
    "next_page",
    "previous_page",
    "read_page",
    "section_status",
    "visible_pages",
]


class Status(StrEnum):
    """How far a section is. The value is what the task list says."""

    NOT_STARTED = "Not started"
    IN_PROGRESS = "In progress"
    COMPLETED = "Completed"


PAGES: dict[str, Page] = {page.path: page for section in JOURNEY for page in section.pages}
SECTIONS: dict[str, Section] = {section.slug: section for section in JOURNEY}


def find(section_slug: str, page_slug: str) -> Page:
    """The page at an address. Raises NotFound."""
    page = PAGES.get(f"{section_slug}/{page_slug}")
    if page is None:
        raise NotFound("no such page in the journey")
    return page


def find_section(slug: str) -> Section:
    """The section at an address. Raises NotFound."""
    section = SECTIONS.get(slug)
    if section is None:
        raise NotFound("no such section in the journey")
    return section


def visible_pages(answers: Answers, section: Section | None = None) -> tuple[Page, ...]:
    """The pages that these answers ask for, of the journey or of one section, in order."""
    sections = JOURNEY if section is None else (section,)
    return tuple(page for part in sections for page in part.pages if page.visible(answers))


def first_page(section: Section, answers: Answers) -> Page:
    """The page that the task list leads to: the first unfinished one, else the first."""
    pages = visible_pages(answers, section)
    return next((page for page in pages if not _is_done(page, answers)), pages[0])


def next_page(page: Page, answers: Answers) -> Page | None:
    """The page after this one in its section, or None: then go to the task list."""
    pages = find_section(page.section).pages
    later = pages[pages.index(page) + 1 :]
    return next((candidate for candidate in later if candidate.visible(answers)), None)


def previous_page(page: Page, answers: Answers) -> Page | None:
    """The page before this one in its section, or None: then go back to the task list."""
    pages = find_section(page.section).pages
    earlier = reversed(pages[: pages.index(page)])
    return next((candidate for candidate in earlier if candidate.visible(answers)), None)


def section_status(section: Section, answers: Answers) -> Status:
    pages = visible_pages(answers, section)
    if all(_is_done(page, answers) for page in pages):
        return Status.COMPLETED
    touched = any(answers.touched(page) for page in pages)
    return Status.IN_PROGRESS if touched else Status.NOT_STARTED


def missing(answers: Answers) -> tuple[Page, ...]:
    """The pages that keep the referral from being sent, in the order of the journey."""
    return tuple(page for page in visible_pages(answers) if not _is_done(page, answers))


def read_page(page: Page, fields: Fields, answers: Answers, *, today: date) -> Question:
    """Read a page's form in the light of the other answers.

    Raises ``UnknownFields`` or ``Invalid``, as ``forms.parse`` does.
    """
    question = parse(page.model, fields, today=today)
    clashes = _clashes(page, question, answers)
    if clashes:
        raise Invalid(clashes)
    return question


def _is_done(page: Page, answers: Answers) -> bool:
    if not answers.answered(page) or answers.is_unfinished(page):
        return False
    if page.path not in _CHECKS:
        return True
    question = answers.one(page)
    return question is not None and not _clashes(page, question, answers)


def _clashes(page: Page, question: Question, answers: Answers) -> tuple[Problem, ...]:
    check = _CHECKS.get(page.path)
    return check(question, answers) if check else ()


def _death_after_birth(question: Question, answers: Answers) -> tuple[Problem, ...]:
    """Only the later date is held against the earlier, so that either page can be put right."""
    birth = answers.at("child/birth", pages.child.Birth)
    died = question.date_of_death if isinstance(question, pages.child.Death) else None
    if birth is None or birth.date_of_birth is None or died is None:
        return ()
    if died >= birth.date_of_birth:
        return ()
    field = _field(pages.child.Death, "date_of_death")
    born = write_date(birth.date_of_birth)
    message = f"{field.subject} must be the same as or after the date of birth, {born}"
    return (problem(field, message, parts=DATE_PARTS),)


@functools.cache
def _field(model: type[Question], name: str) -> Field:
    return next(field for field in describe(model) if field.name == name)


_CHECKS: dict[str, Callable[[Question, Answers], tuple[Problem, ...]]] = {
    "child/death": _death_after_birth,
}
"""What a page must agree on with pages before it."""
