"""A referrer's browser after sending: it types the reference, reads codes in the mail, follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from datetime import timedelta
from typing import Any

from chalice.test import HTTPResponse

from app import app
from chalicelib.domain.cases import Case
from chalicelib.web import pages
from tests.stage import BASE_URL, Stage
from tests.web.decider import Away, leads_to
from tests.web.visitor import Visitor, page

EMAIL = "priya@hospital.example.org"
WORDS = "The school’s log of 3 May names a second child."


class Follower:
    """One person with one browser, who knows one reference."""

    def __init__(self, stage: Stage, reference: str) -> None:
        self.stage = stage
        self.reference = reference
        self.visitor = Visitor(app)

    @property
    def case(self) -> Case:
        return self.stage.services.cases.cases.find(self.reference)

    @property
    def acts(self) -> list[str]:
        return [event.act.value for event in self.stage.services.cases.cases.trail(self.reference)]

    def path(self, of: str = "") -> str:
        return f"/referral/{self.reference}/{of}" if of else f"/referral/{self.reference}"

    def get(self, of: str = "", **headers: str) -> HTTPResponse:
        return self.open(self.path(of), **headers)

    def post(self, of: str, fields: Mapping[str, Any] | None = None) -> HTTPResponse:
        return self.send(self.path(of), fields)

    def open(self, path: str, **headers: str) -> HTTPResponse:
        with pages.serving(lambda: self.stage.services):
            return self.visitor.get(path, **headers)

    def send(self, path: str, fields: Mapping[str, Any] | None = None) -> HTTPResponse:
        with pages.serving(lambda: self.stage.services):
            return self.visitor.post(path, fields, origin=BASE_URL)

    def ask(self) -> HTTPResponse:
        """Type the reference; what is asked for is then done."""
        self.open("/referral")
        response = self.send("/referral", {"reference": self.reference})
        self.stage.answer()
        return response

    def newest_code(self) -> str:
        self.stage.answer()
        (*_, newest) = self.stage.mailbox.to(EMAIL, subject="code")
        found = re.search(r"^(\d{3}) (\d{3})$", newest.text, re.MULTILINE)
        assert found
        return found.group(1) + found.group(2)

    def enter(self) -> HTTPResponse:
        """Type the reference and the code; returns the case's page."""
        self.ask()
        assert leads_to(self.post("code", {"code": self.newest_code()})) == self.path()
        return self.get()

    def nonce(self, of: str) -> str:
        return nonce_of(self.get(of))

    def supply(self, words: str = WORDS) -> HTTPResponse:
        """Add information; returns the page that says so."""
        fields = {"information": words, "nonce": self.nonce("information")}
        assert leads_to(self.post("information", fields)) == self.path("done")
        return self.get("done")

    def withdraw(self, reason: str = "Sent twice by mistake.") -> HTTPResponse:
        fields = {"reason": reason, "nonce": self.nonce("withdraw")}
        assert leads_to(self.post("withdraw", fields)) == self.path("done")
        return self.get("done")

    def wait(self, **span: float) -> None:
        self.stage.clock.advance(timedelta(**span))

    def lose(self, service: str, *names: str) -> Callable[[], None]:
        """Make calls to a service fail as when AWS is away; call the result to mend it."""
        whole = self.stage.services
        self.stage.services = copy(whole)
        setattr(self.stage.services, service, Away(getattr(whole, service), names))

        def mend() -> None:
            self.stage.services = whole

        return mend


def nonce_of(response: HTTPResponse) -> str:
    found = re.search(r'name="nonce" value="([\w-]+)"', page(response))
    assert found, page(response)
    return found.group(1)
