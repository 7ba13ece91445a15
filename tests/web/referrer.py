"""A referrer's browser for tests: it starts a referral, fills in pages, opens second tabs."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from copy import copy
from typing import Any, cast

from chalice.test import HTTPResponse

from app import app
from chalicelib.domain.errors import ServiceError
from chalicelib.domain.referrals.answers import Answers
from chalicelib.ports import Email
from chalicelib.services.drafts import Draft
from chalicelib.web import pages
from tests.stage import BASE_URL, Stage
from tests.web.visitor import Visitor, page

COOKIE = "__Host-draft"
CONFIRM_CODE = "/refer/confirm/code"


class Referrer:
    """One person with one browser. ``lost`` is raised by the service calls that it names."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.visitor = Visitor(app)
        self.lost: dict[str, ServiceError] = {}

    def get(self, path: str, method: str = "GET") -> HTTPResponse:
        with pages.serving(self._services):
            return self.visitor.get(path, method)

    def post(self, path: str, fields: Mapping[str, Any] | None = None) -> HTTPResponse:
        with pages.serving(self._services):
            return self.visitor.post(path, fields, origin=BASE_URL)

    def start(self) -> Referrer:
        """Begin an empty referral."""
        self.get("/refer")
        assert self.post("/refer").headers["location"] == "/refer/tasks"
        return self

    def having(self, answers: Answers | None = None) -> Referrer:
        """Be in the middle of a referral with these answers, or with all."""
        self.get("/refer")
        self.visitor.cookies[COOKIE] = self.stage.draft(answers).token
        return self

    def fill_in(self, path: str, fields: Mapping[str, Any]) -> HTTPResponse:
        """Open a page, fill it in and press Continue."""
        return self.send(self.get(path), fields)

    def send(self, shown: HTTPResponse, fields: Mapping[str, Any]) -> HTTPResponse:
        """Fill in a page that was opened before, and press Continue."""
        return self.post(action_of(shown), {"version": version_of(shown), **fields})

    def confirm(self, email: str = "") -> HTTPResponse:
        """Confirm the address that the referral gives, or another."""
        typed = email or value_of(self.get("/refer/confirm"), "email")
        assert self.post("/refer/confirm", {"email": typed}).headers["location"] == CONFIRM_CODE
        self.get(CONFIRM_CODE)
        return self.post(CONFIRM_CODE, {"code": self.code})

    @property
    def code(self) -> str:
        """The newest code that was sent for this browser's draft."""
        self.stage.deliver()
        found = (re.search(r"^(\d{3} \d{3})$", each.text, re.M) for each in self.codes)
        return next(match[1] for match in found if match)

    @property
    def codes(self) -> list[Email]:
        """The e-mails with codes, the newest first."""
        emails = reversed(self.stage.mailbox.emails)
        return [each for each in emails if "the code you asked for" in each.subject]

    @property
    def draft(self) -> Draft:
        drafts = self.stage.services.drafts
        return drafts.open(self.visitor.cookies[COOKIE], now=self.stage.clock())

    @property
    def answers(self) -> Answers:
        """What is saved."""
        return self.draft.answers

    def _services(self) -> Any:
        some = copy(self.stage.services)
        some.referrals = cast(Any, _Losing(some.referrals, self.lost))
        some.drafts = cast(Any, _Losing(some.drafts, self.lost))
        some.attachments = cast(Any, _Losing(some.attachments, self.lost))
        return some


class _Losing:
    """A service, some calls of which fail."""

    def __init__(self, real: object, lost: Mapping[str, ServiceError]) -> None:
        self._real = real
        self._lost = lost

    def __getattr__(self, name: str) -> Any:
        if name in self._lost:
            raise self._lost[name]
        return getattr(self._real, name)


def version_of(shown: HTTPResponse) -> str:
    """The stamp in a page's form."""
    return _only(r'name="version" value="(\w+)"', shown)


def action_of(shown: HTTPResponse) -> str:
    """Where a page's form is sent."""
    return html.unescape(_only(r'<form(?: id="[\w-]+")? method="post" action="([^"]+)"', shown))


def problems_of(shown: HTTPResponse) -> list[tuple[str, str]]:
    """What the error summary says: pairs of the input that it links to, and the message."""
    start = page(shown).find("govuk-error-summary__list")
    summary = page(shown)[start : page(shown).find("</ul>", start)] if start > 0 else ""
    found = re.findall(r'<a href="#([^"]*)">(.*?)</a>', summary)
    return [(anchor, html.unescape(message)) for anchor, message in found]


def title_of(shown: HTTPResponse) -> str:
    return html.unescape(_only(r"<title>(.*?)</title>", shown))


def value_of(shown: HTTPResponse, name: str) -> str:
    """What stands in a text input or a text area, as a browser would show and send it."""
    area = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\n?(.*?)</textarea>', page(shown), re.S)
    if area:
        return html.unescape(area.group(1))
    box = _only(rf'(<input[^>]* name="{name}"[^>]*>)', shown)
    value = re.search(r' value="([^"]*)"', box)
    return html.unescape(value.group(1)) if value else ""


def ticked_in(shown: HTTPResponse, name: str) -> list[str]:
    """The options that are ticked, of radios or checkboxes."""
    boxes = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page(shown))
    values = (re.search(r'value="([^"]*)"', box) for box in boxes if " checked" in box)
    return [value.group(1) for value in values if value]


def links_in(shown: HTTPResponse) -> list[str]:
    found = re.findall(r'<a [^>]*href="([^"]+)"|<a href="([^"]+)"', page(shown))
    return [html.unescape(first or second) for first, second in found]


def _only(pattern: str, shown: HTTPResponse) -> str:
    found = re.findall(pattern, page(shown), re.DOTALL)
    assert len(found) == 1, (pattern, len(found))
    return str(found[0])
