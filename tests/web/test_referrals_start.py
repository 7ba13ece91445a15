"""Before the first question, and between sections."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.errors import Tampered, Unavailable
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import JOURNEY
from tests import factories
from tests.stage import Stage
from tests.web.decider import leads_to
from tests.web.referrer import COOKIE, Referrer, links_in, title_of
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws

NAME = {"name": "Amina Osei", "role": "Head teacher"}


@pytest.fixture
def referrer(stage: Stage) -> Referrer:
    return Referrer(stage)


def test_the_start_page_says_what_a_referral_is_and_is_not(referrer):
    shown = page(referrer.get("/refer"))

    for fact in (
        "Any professional or agency",
        "abuse or neglect of a child is known or suspected",
        "the child has died or has been seriously harmed",
        "not the statutory notification",
        "within 5 working days",
        "section 16C(1)",
        "kept for 30 days",
        "media interest",
        "a task in the public interest",
    ):
        assert fact in shown
    for phone in ("999", "02079460101", "02079460102", "02079460103"):
        assert f'href="tel:{phone}"' in shown


def test_looking_at_the_start_page_starts_nothing(referrer):
    referrer.get("/refer")
    referrer.get("/refer", "HEAD")

    assert COOKIE not in referrer.visitor.cookies


def test_starting_gives_an_empty_referral_for_thirty_days(referrer):
    referrer.get("/refer")
    response = referrer.post("/refer")

    assert leads_to(response) == "/refer/tasks"
    assert any("Max-Age=2592000" in cookie for cookie in response.headers["set-cookie"])
    assert referrer.answers == Answers.empty()


def test_somebody_with_a_referral_is_led_back_to_it(referrer):
    referrer.start()
    shown = page(referrer.get("/refer"))

    assert "Continue your referral" in shown
    assert "Start now" not in shown


def test_starting_again_in_another_tab_leaves_the_referral_as_it_is(referrer):
    referrer.start().fill_in("/refer/referrer/name", NAME)
    token = referrer.visitor.cookies[COOKIE]

    assert leads_to(referrer.post("/refer")) == "/refer/tasks"
    assert referrer.visitor.cookies[COOKIE] == token


def test_only_who_says_so_leaves_a_referral_for_a_new_one(referrer):
    referrer.start().fill_in("/refer/referrer/name", NAME)
    token = referrer.visitor.cookies[COOKIE]

    referrer.post("/refer", {"action": "replace"})

    assert referrer.visitor.cookies[COOKIE] != token
    assert referrer.answers == Answers.empty()


@pytest.mark.parametrize("fields", [{"action": "other"}, {"action": ["", ""]}, {"name": "x"}])
def test_a_start_that_no_page_of_ours_sends_is_refused(referrer, fields):
    referrer.get("/refer")

    assert referrer.post("/refer", fields).status_code == 400
    assert COOKIE not in referrer.visitor.cookies


@pytest.mark.parametrize("error", [Unavailable(), Tampered()])
def test_the_numbers_to_phone_are_shown_even_when_a_draft_cannot_be_read(referrer, error):
    referrer.start()
    referrer.lost["open"] = error
    shown = referrer.get("/refer")

    assert shown.status_code == 200
    assert "02079460101" in page(shown)


def test_a_referral_that_cannot_be_read_does_not_stop_a_new_one(referrer):
    referrer.start()
    token = referrer.visitor.cookies[COOKIE]
    referrer.lost["open"] = Tampered()

    assert leads_to(referrer.post("/refer")) == "/refer/tasks"
    assert referrer.visitor.cookies[COOKIE] != token


def test_an_expired_referral_says_so_and_a_new_one_can_be_started(referrer):
    referrer.start()
    referrer.stage.clock.advance(timedelta(days=30))

    assert referrer.get("/refer/tasks").status_code == 410
    assert "Start now" in page(referrer.get("/refer"))
    assert leads_to(referrer.post("/refer")) == "/refer/tasks"
    assert referrer.get("/refer/tasks").status_code == 200


PAGES = (
    "/refer/tasks",
    "/refer/child/name",
    "/refer/family/person",
    "/refer/family/person/1",
    "/refer/family/person/1/remove",
    "/refer/check",
    "/refer/sent",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("token", ["", "A" * 43, "..", "x" * 4000])
def test_no_page_opens_without_a_draft_of_this_browser(referrer, path, token):
    referrer.start()
    referrer.visitor.cookies[COOKIE] = token
    shown = referrer.get(path)

    assert shown.status_code == 404
    assert heading(shown) == "We could not find your referral"


@pytest.mark.parametrize("path", PAGES[:-1])
def test_no_page_of_a_referral_may_be_kept_by_a_browser(stage, path):
    shown = Referrer(stage).having().get(path)

    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"


def test_the_task_list_shows_every_section_and_how_far_it_is(referrer):
    referrer.start().fill_in("/refer/referrer/name", NAME)
    shown = referrer.get("/refer/tasks")

    assert title_of(shown).startswith("Your referral – ")
    for section in JOURNEY:
        assert section.title in page(shown)
    assert page(shown).count("In progress") == 1
    assert page(shown).count("Not started") == len(JOURNEY) - 1
    assert "24 December 2026" in page(shown)


def test_a_section_in_progress_opens_at_its_first_unanswered_page(referrer):
    referrer.start().fill_in("/refer/referrer/name", NAME)

    assert "/refer/referrer/agency" in links_in(referrer.get("/refer/tasks"))


def test_nothing_can_be_sent_before_every_question_is_answered(referrer):
    referrer.start()

    assert "Cannot send yet" in page(referrer.get("/refer/tasks"))


def test_a_complete_referral_can_be_checked_and_sent(stage):
    shown = Referrer(stage).having().get("/refer/tasks")

    assert ">Ready<" in page(shown)
    assert page(shown).count("Completed") == len(JOURNEY)
    assert "/refer/check" in links_in(shown)


def test_the_task_list_names_what_a_begun_referral_still_lacks(stage):
    page_of_sex = "child/sex"
    answers = factories.answers_from(
        {path: forms for path, forms in factories.full_answers().items() if path != page_of_sex}
    )
    shown = Referrer(stage).having(answers).get("/refer/tasks")

    assert "Questions still to answer: 1" in page(shown)
    assert links_in(shown).count("/refer/child/sex") == 2
