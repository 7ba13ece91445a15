"""Requests and what people send, counted where the pages are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.domain import errors
from chalicelib.web import pages
from tests.observability import lines
from tests.observability.lines import Log
from tests.stage import Stage
from tests.web.playground import Playground
from tests.web.referrer import COOKIE, Referrer, version_of
from tests.web.visitor import Visitor, services

CHECK = "/refer/check"


@pytest.fixture
def log() -> Iterator[Log]:
    with lines.written() as log:
        yield log


@pytest.fixture
def playground() -> Iterator[Playground]:
    with pages.serving(services):
        yield Playground()


@pytest.fixture
def referrer(stage: Stage) -> Referrer:
    """Somebody whose referral is complete."""
    return Referrer(stage).having()


def send(referrer: Referrer, version: str = "") -> int:
    seen = version or version_of(referrer.get(CHECK))
    return referrer.post(CHECK, {"version": seen}).status_code


@pytest.mark.parametrize(
    "error, status_class",
    [
        (None, "2xx"),
        (errors.SessionNeeded(), "5xx"),
        (errors.StaleVersion(), "4xx"),
        (errors.Unavailable(), "5xx"),
        (ValueError(), "5xx"),
    ],
)
def test_a_request_is_counted_and_timed_in_its_own_line(
    playground: Playground, log: Log, error: Exception | None, status_class: str
):
    playground.fails = error
    Visitor(playground.app).get("/form")
    answered = log.lines[-1]
    assert answered["message"] == "request answered"
    assert log.values("RequestAnswered", Stage="test", StatusClass=status_class) == [1]
    assert log.values("RequestDuration") == [answered["duration_ms"]]
    assert log.values("AwsUnavailable") == [1] * isinstance(error, errors.Unavailable)


def test_an_answer_that_chalice_makes_by_itself_is_counted(playground: Playground, log: Log):
    assert Visitor(playground.app).get("/form", "DELETE").status_code == 405
    assert log.values("RequestAnswered", StatusClass="4xx") == [1]


def test_a_redirect_is_counted_as_one(log: Log):
    with pages.serving(services):
        playground = Playground()
        visitor = Visitor(playground.app)
        visitor.get("/form")
        visitor.post("/form", origin="https://referrals.example.org")
    assert log.values("RequestAnswered", StatusClass="3xx") == [1]


def test_a_broken_seal_is_counted_where_a_page_is_opened(playground: Playground, log: Log):
    playground.fails = errors.Tampered()
    Visitor(playground.app).get("/form")
    assert log.values("SealBroken") == [1]


def test_a_request_that_finds_no_services_is_logged_without_metrics(log: Log):
    def unconfigured():
        raise ValueError("settings")

    with pages.serving(unconfigured):
        Visitor(Playground().app).get("/form")
    assert log.lines[-1]["status"] == 500
    assert log.data == []


@pytest.mark.aws
def test_a_form_that_is_sent_is_stored(referrer: Referrer, log: Log):
    assert send(referrer) == 303
    assert log.values("FormSent") == [1]
    assert log.values("ReferralSubmitted") == [1]
    assert log.values("ReferralRefused") == log.values("ReferralFailed") == []


@pytest.mark.aws
def test_a_form_sent_again_after_it_was_stored_counts_no_more(referrer: Referrer, log: Log):
    version = version_of(referrer.get(CHECK))
    for _ in range(2):
        assert send(referrer, version) == 303
    assert log.values("FormSent") == [1]


@pytest.mark.aws
def test_a_form_with_old_answers_is_refused(referrer: Referrer, log: Log):
    assert send(referrer, "999") == 409
    assert log.values("FormSent") == log.values("ReferralRefused") == [1]
    assert log.values("ReferralSubmitted") == []


@pytest.mark.aws
def test_a_form_with_gaps_is_refused(stage: Stage, log: Log):
    referrer = Referrer(stage).start()
    assert send(referrer, str(referrer.draft.version)) == 422
    assert log.values("FormSent") == log.values("ReferralRefused") == [1]


@pytest.mark.aws
def test_a_form_that_aws_did_not_take_has_failed(referrer: Referrer, log: Log):
    referrer.lost["submit"] = errors.Unavailable()
    assert send(referrer) == 503
    assert log.values("FormSent") == log.values("ReferralFailed") == [1]
    assert log.values("AwsUnavailable") == [1]


@pytest.mark.aws
def test_a_draft_whose_seal_is_broken_is_counted_though_no_page_tells(stage: Stage, log: Log):
    referrer = Referrer(stage).having()
    case_id = referrer.draft.case_id
    stage.table.update(
        {"pk": f"DRAFT#{case_id}", "sk": "DRAFT"},
        "SET #sealed = :sealed",
        {":sealed": b"\x01" + bytes(40)},
    )
    before = referrer.visitor.cookies[COOKIE]
    assert referrer.post("/refer").status_code == 303
    assert referrer.visitor.cookies[COOKIE] != before
    assert log.values("SealBroken") == [1]
