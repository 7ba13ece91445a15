"""The page for a code, whatever the link is for: limits, and what travels along."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from app import app
from chalicelib.domain.errors import TooOften
from chalicelib.domain.limits import Limit
from chalicelib.web import pages
from tests.stage import BASE_URL, REASON, Stage
from tests.web.decider import RULING, Decider, hidden_of
from tests.web.visitor import Visitor, heading, page

pytestmark = pytest.mark.aws

HERE = "127.0.0.1"


@pytest.fixture
def decider(stage: Stage) -> Decider:
    """The chair, with the link to the only case in their mail."""
    stage.submit()
    stage.deliver()
    return Decider(stage)


def use_up(decider: Decider, limit: Limit) -> None:
    with suppress(TooOften):
        for _ in range(limit.most + 1):
            decider.stage.services.limits.count(limit, HERE, now=decider.stage.clock())


def main_of(response) -> str:
    """The page's own words, without its forms' tokens."""
    shown = page(response)
    return re.sub(r'name="csrf" value="[^"]*"', "", shown[shown.index("<main") :])


@pytest.mark.parametrize(
    "limit, fields",
    [
        (Limit.CODES_BY_NETWORK, {"action": "send"}),
        (Limit.TRIES_BY_NETWORK, {"code": "000000"}),
    ],
)
def test_too_often_says_when_to_try_again_and_whom_to_phone(decider, limit, fields):
    decider.code()
    decider.wait(minutes=20)
    use_up(decider, limit)
    response = decider.post("code", fields)

    assert response.status_code == 429
    assert heading(response) == "Try again later"
    assert "You can try again from <strong>1pm</strong>" in main_of(response)
    assert decider.stage.services.settings.office_phone in main_of(response)
    assert "<form" not in main_of(response)
    decider.wait(minutes=40)
    assert decider.post("code", fields).status_code in (303, 400)


def test_what_was_written_is_kept_when_codes_are_asked_for_too_often(decider):
    decider.declare()
    decider.wait(minutes=31)
    use_up(decider, Limit.CODES_BY_NETWORK)
    response = decider.post("code", hidden_of(decider.post("outcome", RULING)))

    assert response.status_code == 429
    assert "Leave the page open until 1pm" in main_of(response)
    kept = hidden_of(response)
    assert (kept["reason"], kept["action"]) == (REASON, "send")
    decider.wait(minutes=29)
    response = decider.post("code", kept)
    assert hidden_of(response)["reason"] == REASON


def test_a_limit_that_is_reached_elsewhere_has_the_same_words(stage: Stage):
    limit = Limit.DRAFTS_BY_NETWORK
    for _ in range(limit.most):
        stage.services.limits.count(limit, HERE, now=stage.clock())
    visitor = Visitor(app)
    with pages.serving(lambda: stage.services):
        visitor.get("/refer")
        response = visitor.post("/refer", origin=BASE_URL)

    assert response.status_code == 429
    assert "You can try again from <strong>1pm</strong>" in main_of(response)


def test_fields_that_the_page_does_not_keep_are_refused(decider):
    decider.code()
    assert decider.post("code", {"code": "000000", "surprise": "x"}).status_code == 400
