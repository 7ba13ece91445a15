"""A decision-maker's browser for tests: it opens the link, reads codes in the mail, decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from datetime import timedelta
from typing import Any

from chalice.test import HTTPResponse

from app import app
from chalicelib.bootstrap import Services
from chalicelib.domain.cases import Outcome
from chalicelib.domain.errors import Unavailable
from chalicelib.web import pages
from tests.stage import BASE_URL, REASON, Stage
from tests.web.visitor import Visitor

RULING = {"outcome": "review", "other_action": "", "information": "", "reason": REASON}


class Decider:
    """One person with one browser and the newest link that was sent to their role."""

    def __init__(self, stage: Stage, role: str = "decision_maker") -> None:
        self.stage = stage
        self.role = role
        self.link = stage.link(role)
        self.visitor = Visitor(app)

    def path(self, of: str = "") -> str:
        return f"/decisions/{self.link}/{of}" if of else f"/decisions/{self.link}"

    def get(self, of: str = "", **headers: str) -> HTTPResponse:
        with pages.serving(lambda: self.stage.services):
            return self.visitor.get(self.path(of), **headers)

    def post(self, of: str, fields: Mapping[str, Any] | None = None) -> HTTPResponse:
        with pages.serving(lambda: self.stage.services):
            return self.visitor.post(self.path(of), fields, origin=BASE_URL)

    def newest_code(self) -> str:
        self.stage.deliver()
        (*_, newest) = self.stage.mailbox.to(self.stage.person(self.role), subject="code")
        found = re.search(r"^(\d{3}) (\d{3})$", newest.text, re.MULTILINE)
        assert found
        return found.group(1) + found.group(2)

    def code(self) -> str:
        """Press the button and read the code."""
        self.get()
        assert self.post("code", {"action": "send"}).status_code == 303
        return self.newest_code()

    def enter(self) -> None:
        """Open a session."""
        response = self.post("code", {"code": self.code()})
        assert leads_to(response) == self.path("case")

    def declare(self) -> None:
        """Open a session and declare that there is no conflict of interest."""
        self.enter()
        response = self.post("interest", {"interest": "no"})
        assert leads_to(response) == self.path("outcome")

    def write(self, **changes: str) -> HTTPResponse:
        """Fill in outcome and reason; returns the check page."""
        response = self.post("outcome", RULING | changes)
        assert leads_to(response) == self.path("check")
        return self.get("check")

    def decide(self, **changes: str) -> HTTPResponse:
        """All of it: code, declaration, ruling, check. Returns the done page."""
        self.declare()
        response = self.post("check", hidden_of(self.write(**changes)))
        assert leads_to(response) == self.path("done")
        return self.get("done")

    def ask(self) -> HTTPResponse:
        """Ask for more information instead of deciding."""
        return self.decide(outcome=Outcome.MORE_INFORMATION.value, information="The log.")

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


class Away:
    """A service of which some calls cannot be answered."""

    def __init__(self, real: object, names: tuple[str, ...]) -> None:
        self._real = real
        self._names = names

    def __getattr__(self, name: str) -> Any:
        if name in self._names:
            raise Unavailable("away")
        return getattr(self._real, name)


def leads_to(response: HTTPResponse) -> str:
    """Where a redirect goes. Fails for any other answer."""
    assert response.status_code == 303, response.body.decode()[:2000]
    return str(response.headers["location"])


def nonce_of(response: HTTPResponse) -> str:
    """The nonce on a check page."""
    found = re.search(r'name="nonce" value="([\w-]+)"', response.body.decode())
    assert found
    return found.group(1)


def hidden_of(response: HTTPResponse) -> dict[str, str]:
    """The hidden fields of the first form of a page, but for its token."""
    shown = response.body.decode()
    form = shown[shown.index("<form") : shown.index("</form>")]
    found = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', form)
    return {name: value for name, value in found if name != "csrf"}


def only_case(services: Services):
    (case,) = services.cases.page().cases
    return case
