"""Checking the answers, sending the referral, and what comes after."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import JOURNEY, missing
from tests import factories
from tests.stage import Stage
from tests.web.decider import leads_to, only_case
from tests.web.referrer import (
    COOKIE,
    Referrer,
    links_in,
    problems_of,
    title_of,
    version_of,
)
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws

CHECK = "/refer/check"
ELSEWHERE = {"/refer/tasks", "/refer/guidance", "/refer/form", "/refer/attachments"}
NAME = {"name": "Amina Osei", "role": "Head teacher"}


@pytest.fixture
def referrer(stage: Stage) -> Referrer:
    """Somebody whose referral is complete."""
    return Referrer(stage).having()


def send(referrer: Referrer):
    return referrer.post(CHECK, {"version": version_of(referrer.get(CHECK))})


def test_a_whole_referral_is_answered_page_by_page_and_sent(stage):
    referrer = Referrer(stage).start()
    for path, forms in factories.full_answers().items():
        for number, fields in enumerate(forms, start=1):
            many = path in ("family/person", "chronology/event", "agencies/agency")
            address = f"/refer/{path}/{number}" if many else f"/refer/{path}"
            assert referrer.fill_in(address, fields).status_code == 303, path
    assert leads_to(referrer.confirm()) == CHECK

    assert leads_to(send(referrer)) == "/refer/sent"
    assert referrer.get("/refer/sent").status_code == 200
    assert only_case(stage.services).agency == "Health"


def test_the_check_page_shows_every_answer_by_section(referrer):
    shown = page(referrer.get(CHECK))

    for section in JOURNEY:
        assert section.title in shown
    for answer in (
        "Jordan Sample",
        "943 476 5919",
        "14 March 2019",
        "Priya Example",
        "The child died on 2 November 2026",
        "Alex Sample",
    ):
        assert answer in shown


def test_every_change_link_leads_to_its_page_and_back(referrer):
    links = [link for link in links_in(referrer.get(CHECK)) if link.startswith("/refer/")]

    assert len(links) > 50
    for link in set(links) - ELSEWHERE:
        assert link.endswith("?from=check")
        shown = referrer.get(link)
        assert shown.status_code == 200, link


def test_an_answer_that_was_left_blank_can_be_given(stage):
    answers = factories.answers_from({**factories.full_answers(), "child/numbers": [{}]})
    shown = Referrer(stage).having(answers).get(CHECK)

    assert page(shown).count("Not given") >= 2
    assert "/refer/child/numbers?from=check" in links_in(shown)


def test_nothing_to_add_is_shown_as_an_answer(stage):
    answers = Answers.empty()
    for path, forms in factories.full_answers().items():
        if path != "agencies/agency":
            answers = Answers.from_json(_merged(answers, factories.answers_from({path: forms})))
    referrer = Referrer(stage).having(answers)
    referrer.post("/refer/agencies/agency", {"another": "no"})

    assert "No other agency is known" in page(referrer.get(CHECK))
    assert leads_to(send(referrer)) == "/refer/sent"


def _merged(first: Answers, second: Answers) -> bytes:
    one, two = first.to_json()[1:-1], second.to_json()[1:-1]
    return b"{" + one + (b"," if one else b"") + two + b"}"


def test_an_unfinished_referral_shows_what_is_missing_and_cannot_be_sent(stage):
    referrer = Referrer(stage).start()
    referrer.fill_in("/refer/referrer/name", NAME)
    shown = referrer.get(CHECK)

    assert heading(shown) == "Your answers so far"
    assert "Amina Osei" in page(shown)
    for each in missing(referrer.answers):
        assert f"/refer/{each.path}?from=check" in links_in(shown)
    assert "Confirm and send" not in page(shown)


def test_an_unfinished_referral_that_is_sent_all_the_same_is_refused(stage):
    referrer = Referrer(stage).start()
    referrer.get(CHECK)
    shown = referrer.post(CHECK, {"version": str(referrer.draft.version)})

    assert shown.status_code == 422
    assert title_of(shown).startswith("Error: ")
    ((anchor, message),) = problems_of(shown)
    assert "some questions must be answered first" in message
    assert f'id="{anchor}"' in page(shown)
    assert stage.services.cases.page().cases == ()


def test_before_sending_a_person_confirms_what_it_means(referrer):
    shown = page(referrer.get(CHECK))

    for statement in (
        "as far as you know, what you wrote is accurate",
        "safeguarding lead knows",
        "not the statutory notification",
        "secure its files",
    ):
        assert statement in shown


def test_what_was_changed_in_another_tab_must_be_checked_again(referrer):
    version = version_of(referrer.get(CHECK))
    referrer.fill_in("/refer/referrer/name", NAME)
    shown = referrer.post(CHECK, {"version": version})

    assert shown.status_code == 409
    assert "changed in another tab" in problems_of(shown)[0][1]
    assert "Amina Osei" in page(shown)
    assert referrer.stage.services.cases.page().cases == ()
    assert leads_to(referrer.post(CHECK, {"version": version_of(shown)})) == "/refer/sent"


def test_sending_twice_makes_one_case_and_shows_one_reference(referrer):
    version = version_of(referrer.get(CHECK))
    for _ in range(2):
        assert leads_to(referrer.post(CHECK, {"version": version})) == "/refer/sent"

    assert only_case(referrer.stage.services).reference in page(referrer.get("/refer/sent"))


def test_an_outage_while_sending_says_what_is_known_and_can_be_tried_again(referrer):
    version = version_of(referrer.get(CHECK))
    referrer.lost["submit"] = Unavailable()
    shown = referrer.post(CHECK, {"version": version})

    assert shown.status_code == 503
    assert "cannot be sent twice" in problems_of(shown)[0][1]
    referrer.lost.clear()
    assert leads_to(referrer.post(CHECK, {"version": version_of(shown)})) == "/refer/sent"


def test_a_referral_whose_reply_was_lost_is_shown_as_sent(referrer):
    shown = referrer.get(CHECK)
    send(referrer)

    assert leads_to(referrer.post(CHECK, {"version": version_of(shown)})) == "/refer/sent"
    assert leads_to(referrer.get(CHECK)) == "/refer/sent"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"version": ""},
        {"version": "-1"},
        {"version": "two"},
        {"version": "²"},
        {"version": "9" * 40},
        {"version": ["2", "2"]},
        {"version": "2", "name": "x"},
    ],
)
def test_a_check_page_that_is_not_ours_is_refused(referrer, fields):
    referrer.get(CHECK)

    assert referrer.post(CHECK, fields).status_code == 400
    assert referrer.stage.services.cases.page().cases == ()


def test_the_last_page_tells_the_reference_and_what_happens_next(referrer):
    send(referrer)
    shown = page(referrer.get("/refer/sent"))
    case = only_case(referrer.stage.services)

    assert heading(referrer.get("/refer/sent")) == "Referral sent"
    assert case.reference in shown
    for fact in (
        "22 December 2026",
        "Independent Chair",
        "work email address",
        "secure its files",
        "not the statutory notification",
    ):
        assert fact in shown


def test_the_last_page_says_nothing_personal(referrer):
    send(referrer)
    shown = page(referrer.get("/refer/sent"))

    for personal in ("Jordan", "Sample", "Priya", "priya@", "Health", "943 476"):
        assert personal not in shown


def test_the_last_page_is_there_again_after_a_reload(referrer):
    send(referrer)
    references = {re.findall(r"PR-\w{8}", page(referrer.get("/refer/sent")))[0] for _ in range(2)}

    assert references == {only_case(referrer.stage.services).reference}


def test_nothing_was_sent_before_it_was_sent(referrer):
    assert leads_to(referrer.get("/refer/sent")) == "/refer/tasks"


@pytest.mark.parametrize(
    "path", ["/refer/tasks", "/refer/child/name", "/refer/family/person", "/refer/family/person/1"]
)
def test_the_pages_of_a_sent_referral_lead_to_its_reference(referrer, path):
    opened = referrer.get("/refer/referrer/name")
    send(referrer)

    assert leads_to(referrer.get(path)) == "/refer/sent"
    assert leads_to(referrer.send(opened, NAME)) == "/refer/sent"


def test_another_referral_can_be_started_after_one_was_sent(referrer):
    send(referrer)
    assert "Start now" in page(referrer.get("/refer"))
    token = referrer.visitor.cookies[COOKIE]
    referrer.get("/refer/sent")

    assert leads_to(referrer.post("/refer")) == "/refer/tasks"
    assert referrer.visitor.cookies[COOKIE] != token
    assert referrer.answers == Answers.empty()


def test_looking_and_asking_for_headers_sends_nothing(referrer):
    for method in ("GET", "HEAD"):
        referrer.get(CHECK, method)
        referrer.get("/refer/sent", method)
    referrer.stage.clock.advance(timedelta(days=1))

    assert referrer.stage.services.cases.page().cases == ()
