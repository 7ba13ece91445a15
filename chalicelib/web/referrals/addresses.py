"""Where the referrer's pages stand, and where each leads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.errors import NotFound
from chalicelib.domain.referrals import journey
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import Page

START = "/refer"
TASKS = "/refer/tasks"
CHECK = "/refer/check"
SENT = "/refer/sent"
SAVED = "/refer/saved"
CONFIRM = "/refer/confirm"
DELETE = "/refer/delete"
REOPEN = "/refer/reopen"
LOST_LINK = "/refer/lost-link"
EXTEND = "/refer/extend"

_PLACE = re.compile(r"/refer/([a-z-]+)/([a-z-]+)(?:/([1-9][0-9]{0,3}))?(\?from=check)?")


@dataclass(frozen=True)
class Place:
    """Where a form's answers go: a page, or by its index one entry of it.

    ``to_check`` says that the person came from the check page, and shall go back there.
    """

    page: Page
    entry: int | None = None
    to_check: bool = False

    @property
    def address(self) -> str:
        number = "" if self.entry is None else f"/{self.entry + 1}"
        return f"/refer/{self.page.path}{number}{'?from=check' if self.to_check else ''}"

    @property
    def removal(self) -> str:
        """The page that asks whether to remove the entry."""
        path, _, query = self.address.partition("?")
        return f"{path}/remove{'?' + query if query else ''}"

    def of(self, entry: int | None) -> Place:
        """The same page's list, or another entry of it."""
        return Place(self.page, entry, self.to_check)

    def before(self, answers: Answers) -> str:
        """Where the back link leads."""
        if self.entry is not None:
            return self.of(None).address
        if self.to_check:
            return CHECK
        previous = journey.previous_page(self.page, answers)
        return Place(previous).address if previous else TASKS

    def after(self, before: Answers, answers: Answers) -> str:
        """Where to go once ``answers`` were saved over ``before``."""
        if self.to_check:
            follow = _to_answer_first(self.page, before, answers)
            return Place(follow, to_check=True).address if follow else CHECK
        following = journey.next_page(self.page, answers)
        return Place(following).address if following else TASKS


def place_at(address: str) -> Place:
    """The place whose form stands at an address. Raises NotFound."""
    found = _PLACE.fullmatch(address)
    if found is None:
        raise NotFound("no form at this address")
    section, slug, number, query = found.groups()
    page = journey.find(section, slug)
    if page.many is not bool(number):
        raise NotFound("no form at this address")
    return Place(page, int(number) - 1 if number else None, to_check=bool(query))


def unanswered(answers: Answers, *, to_check: bool = False) -> list[tuple[str, str]]:
    """What keeps the referral from being sent: the words of a link, and where it leads."""
    return [
        (
            f"{title(page)} (not finished)" if answers.is_unfinished(page) else title(page),
            Place(page, answers.unfinished_entry(page), to_check).address,
        )
        for page in journey.missing(answers)
    ]


def title(page: Page) -> str:
    """What stands above a page, or above the list of its entries."""
    return page.repeat.heading if page.repeat else page.title


def from_check(query: Mapping[str, str]) -> bool:
    """Whether the person came from the check page. Any other value means that they did not."""
    return query.get("from") == "check"


def _to_answer_first(page: Page, before: Answers, answers: Answers) -> Page | None:
    """What must be answered before going back to check.

    First what the change just asked for. Whoever answers a page that was missing is on the way
    through the missing pages, and goes on to the next of them.
    """
    were_missing = journey.missing(before)
    still_missing = journey.missing(answers)
    new = [each for each in still_missing if each not in were_missing]
    if new or page not in were_missing:
        return new[0] if new else None
    order = list(journey.PAGES.values())
    later = order[order.index(page) + 1 :]
    return next((each for each in later if each in still_missing), None)
