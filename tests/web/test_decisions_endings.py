"""Each way for a link to end has its own page, and a scanner that opens and submits ends none."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from app import app
from chalicelib.domain.links import digest
from chalicelib.domain.messages import Kind
from chalicelib.ports import Change
from chalicelib.web import pages
from tests.stage import BASE_URL, Stage
from tests.web.decider import Decider, leads_to, only_case
from tests.web.visitor import Visitor, heading, page

pytestmark = pytest.mark.aws

PAGES_OF_A_LINK = ("", "code", "case", "outcome", "check")


@pytest.fixture
def decider(stage: Stage) -> Decider:
    """The chair, with the link to the only case in their mail."""
    stage.submit()
    stage.deliver()
    return Decider(stage)


@pytest.mark.parametrize("of", PAGES_OF_A_LINK)
def test_a_link_that_was_never_sent_is_not_known(decider, of):
    decider.link = "x" * 32
    response = decider.get(of)

    assert response.status_code == 404
    assert heading(response) == "We do not know this link"


@pytest.mark.parametrize("of", PAGES_OF_A_LINK)
def test_an_expired_link_offers_a_new_one(decider, of):
    decider.wait(days=28)
    response = decider.get(of)

    assert response.status_code == 410
    assert heading(response) == "Your link has expired"
    assert f'action="{decider.path("renew")}"' in page(response)


def test_the_new_link_for_an_expired_one_works_and_the_old_one_says_so(decider):
    decider.wait(days=28)
    decider.get()
    assert heading(decider.post("renew")) == "We sent you a new link"
    decider.stage.deliver()

    newer = Decider(decider.stage)
    assert newer.link != decider.link
    assert newer.get().status_code == 200
    for response in (decider.get(), decider.post("renew")):
        assert response.status_code == 410
        assert heading(response) == "A newer link has replaced this one"


def test_a_live_link_is_not_renewed(decider):
    decider.get()
    assert leads_to(decider.post("renew")) == decider.path()

    reference = only_case(decider.stage.services).reference
    assert len(decider.stage.sent(reference)[Kind.DECISION_REQUEST]) == 1


def test_a_spent_link_says_when_it_was_decided_and_by_which_role(decider):
    decider.decide()
    for of in PAGES_OF_A_LINK:
        response = decider.get(of)
        assert response.status_code == 410
        assert heading(response) == "This case has been decided"
        assert "24 November 2026 at midday by the Independent Chair" in page(response)


def test_a_link_spent_by_stepping_aside_does_not_speak_of_a_decision(decider):
    decider.enter()
    decider.post("step-aside")
    response = decider.get()

    assert response.status_code == 410
    assert heading(response) == "Your link has done its work"


def test_a_withdrawn_link_says_so(decider):
    services = decider.stage.services
    link, _ = services.links.links.read(digest(decider.link))
    assert link
    revoked = replace(link, revoked_at=decider.stage.clock())
    services.cases.cases.commit(Change(only_case(services), (), (revoked,)))
    response = decider.get()

    assert response.status_code == 410
    assert heading(response) == "This link was withdrawn"


def test_no_page_of_an_ended_link_shows_anything_of_the_case(decider):
    shown = [page(decider.get("x"))]
    decider.wait(days=28)
    shown.append(page(decider.get()))
    decider.post("renew")
    shown.append(page(decider.get()))

    for text in shown:
        assert only_case(decider.stage.services).reference not in text
        assert "Jordan" not in text


def test_a_scanner_that_opens_and_submits_everything_moves_no_state(decider):
    before = only_case(decider.stage.services)
    met = Scanner(decider.stage).scan(decider.path(), rounds=3)

    assert {decider.path(), decider.path("code")} <= met
    _nothing_moved(decider.stage, before)
    assert Decider(decider.stage).link == decider.link


def test_the_last_code_still_works_after_a_scanner_used_all_codes_up(decider):
    Scanner(decider.stage).scan(decider.path(), rounds=3)
    decider.get()
    assert decider.post("code", {"action": "send"}).status_code == 429

    typed = decider.newest_code()
    assert leads_to(decider.post("code", {"code": typed})) == decider.path("case")


def test_a_scanner_on_an_expired_link_causes_one_new_link_and_no_more(decider):
    before = only_case(decider.stage.services)
    decider.wait(days=28)
    Scanner(decider.stage).scan(decider.path(), rounds=3)

    _nothing_moved(decider.stage, before)
    requests = decider.stage.sent(before.reference)[Kind.DECISION_REQUEST]
    assert len(requests) == 2
    decider.stage.deliver()
    newer = Decider(decider.stage)
    assert heading(newer.decide()) == "Decision recorded"


def _nothing_moved(stage, before):
    after = only_case(stage.services)
    assert (after.state, after.decider, after.outcome) == (before.state, before.decider, None)
    assert stage.services.cases.cases.rulings(before.reference) == []


@dataclass
class Scanner:
    """A mail scanner with a browser: it opens every link and submits every form as it finds it."""

    stage: Stage
    visitor: Visitor = field(default_factory=lambda: Visitor(app))

    def scan(self, start: str, *, rounds: int) -> set[str]:
        """Returns the paths of the service that it went to."""
        met: set[str] = set()
        with pages.serving(lambda: self.stage.services):
            for _ in range(rounds):
                met |= self._round(start)
        return met

    def _round(self, start: str) -> set[str]:
        seen: set[str] = set()
        waiting = deque([start])
        while waiting:
            path = waiting.popleft()
            if path in seen or not path.startswith("/decisions/"):
                continue
            seen.add(path)
            self.visitor.get(path, method="HEAD")
            response = self.visitor.get(path)
            for found in _Found.on(response, path).forms:
                answer = self.visitor.post(found.action, found.fields, origin=BASE_URL)
                # Codes sent in one instant would arrive in any order.
                self.stage.clock.advance(timedelta(seconds=1))
                waiting += _Found.on(answer, path).links
            waiting += _Found.on(response, path).links
        return seen


@dataclass
class _Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Found(HTMLParser):
    """The links and forms of a page, and where it redirects."""

    @classmethod
    def on(cls, response, path):
        found = cls(path)
        found.links += [response.headers["location"]] if "location" in response.headers else []
        found.feed(response.body.decode())
        return found

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.links: list[str] = []
        self.forms: list[_Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self.forms.append(_Form(given.get("action", self.path)))
        if tag in ("input", "textarea", "button") and self.forms and given.get("name"):
            self._add(given)

    def _add(self, given: dict[str, str]) -> None:
        if given["name"] == "csrf":
            return
        if given.get("type") != "radio" or "checked" in given:
            self.forms[-1].fields[given["name"]] = given.get("value", "")
