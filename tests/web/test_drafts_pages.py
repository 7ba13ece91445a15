"""Confirming, leaving, coming back and deleting, page by page."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from chalicelib.domain.drafts import IDLE
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.forms.questions import input_names
from chalicelib.domain.links import CODE_TRIES, CODES_AN_HOUR
from chalicelib.domain.messages import Kind
from chalicelib.domain.referrals.journey import PAGES
from tests import factories
from tests.stage import Stage
from tests.web.decider import leads_to
from tests.web.referrer import (
    CONFIRM_CODE,
    COOKIE,
    Referrer,
    links_in,
    problems_of,
    value_of,
    version_of,
)
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws

PRIYA = "priya@hospital.example.org"
NAME = PAGES["referrer/name"]
HALF = {"name": "Typed before the end", "role": ""}


@pytest.fixture
def referrer(stage: Stage) -> Referrer:
    """Somebody whose referral is complete, and whose address nobody has confirmed."""
    return unconfirmed(stage)


def unconfirmed(stage: Stage) -> Referrer:
    referrer = Referrer(stage)
    referrer.get("/refer")
    referrer.visitor.cookies[COOKIE] = stage.draft(confirmed=False).token
    return referrer


def partial(stage: Stage) -> Referrer:
    """Somebody in the middle, whose address is confirmed."""
    forms = factories.full_answers()
    answers = factories.answers_from({k: v for k, v in forms.items() if k != NAME.path})
    return Referrer(stage).having(answers)


def elsewhere(stage: Stage) -> Referrer:
    """The same person on another device."""
    other = Referrer(stage)
    other.get("/refer")
    return other


def emailed_path(stage: Stage, subject: str = "saved referral") -> str:
    """The address of the newest link to come back."""
    stage.deliver()
    text = stage.mailbox.to(PRIYA, subject=subject)[-1].text
    found = re.search(r"/refer/resume/[\w-]+", text)
    assert found
    return found.group()


def come_back(referrer: Referrer, path: str) -> str:
    """Open a link, ask for a code and type it; returns where that leads."""
    assert heading(referrer.get(path)) == "Continue your saved referral"
    assert leads_to(referrer.post(f"{path}/code", {"action": "send"})) == f"{path}/code"
    return leads_to(referrer.post(f"{path}/code", {"code": referrer.code}))


def test_the_address_of_the_referral_is_offered_and_a_code_confirms_it(referrer: Referrer):
    shown = referrer.get("/refer/confirm")
    assert value_of(shown, "email") == PRIYA
    assert "020 " in page(shown)
    assert leads_to(referrer.post("/refer/confirm", {"email": PRIYA})) == CONFIRM_CODE
    assert f"We sent 6 digits to {PRIYA}" in page(referrer.get(CONFIRM_CODE))
    assert leads_to(referrer.post(CONFIRM_CODE, {"code": referrer.code})) == "/refer/check"
    assert referrer.draft.is_confirmed


@pytest.mark.parametrize("email", ["", "priya", "priya@", "a b@example.org", f"{'a' * 400}@b.org"])
def test_what_is_no_address_is_said_and_kept(referrer: Referrer, email: str):
    shown = referrer.post("/refer/confirm", {"email": email})
    assert shown.status_code == 422
    assert [anchor for anchor, _ in problems_of(shown)] == ["email"]
    assert value_of(shown, "email") == email


def test_another_address_can_be_used_and_a_code_sent_again(referrer: Referrer):
    other = "priya@trust.example.org"
    referrer.post("/refer/confirm", {"email": other})
    first = referrer.code
    assert "/refer/confirm" in links_in(referrer.get(CONFIRM_CODE))
    referrer.stage.clock.advance(timedelta(minutes=1))
    again = referrer.post(CONFIRM_CODE, {"action": "send-again"})
    assert leads_to(again) == f"{CONFIRM_CODE}?again=yes"
    assert referrer.code != first
    referrer.post(CONFIRM_CODE, {"code": referrer.code})
    assert referrer.draft.confirmed_email == other


def test_a_code_typed_wrong_five_times_is_over(referrer: Referrer):
    referrer.post("/refer/confirm", {"email": PRIYA})
    code = referrer.code.replace(" ", "")
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(CODE_TRIES - 1):
        assert "does not match" in page(referrer.post(CONFIRM_CODE, {"code": wrong}))
    assert heading(referrer.post(CONFIRM_CODE, {"code": wrong})) == "That code no longer works"
    assert heading(referrer.post(CONFIRM_CODE, {"code": code})) == "That code no longer works"
    assert not referrer.draft.is_confirmed


def test_the_sixth_code_in_an_hour_is_refused_in_words(referrer: Referrer):
    for _ in range(CODES_AN_HOUR):
        referrer.post("/refer/confirm", {"email": PRIYA})
    shown = referrer.post("/refer/confirm", {"email": PRIYA})
    assert (shown.status_code, heading(shown)) == (429, "No more codes for now")


def test_a_code_page_that_nobody_asked_for_leads_to_where_one_is(referrer: Referrer):
    assert leads_to(referrer.get(CONFIRM_CODE)) == "/refer/confirm"


def test_a_referral_is_sent_only_once_the_address_is_confirmed(referrer: Referrer):
    shown = referrer.get("/refer/check")
    assert "Confirm and send" not in page(shown)
    assert "/refer/confirm" in links_in(shown)
    version = str(referrer.draft.version)
    assert leads_to(referrer.post("/refer/check", {"version": version})) == "/refer/confirm"
    referrer.confirm()
    version = version_of(referrer.get("/refer/check"))
    assert leads_to(referrer.post("/refer/check", {"version": version})) == "/refer/sent"


def test_whoever_comes_back_later_is_asked_to_confirm_first(referrer: Referrer):
    assert leads_to(referrer.get("/refer/saved")) == "/refer/confirm"


def test_the_saved_page_says_how_to_come_back(stage: Stage):
    referrer = partial(stage)
    shown = page(referrer.get("/refer/saved"))
    assert "24 December 2026" in shown
    assert PRIYA in shown
    assert leads_to(referrer.post("/refer/saved")) == "/refer/saved?sent=yes"
    assert "emailed you a new link" in page(referrer.get("/refer/saved?sent=yes"))
    stage.deliver()
    assert len(stage.mailbox.to(PRIYA, subject="saved referral")) == 1


def test_links_are_not_sent_without_end(stage: Stage):
    referrer = partial(stage)
    answers = [referrer.post("/refer/saved").status_code for _ in range(4)]
    assert answers == [303, 303, 303, 429]


def test_a_link_leads_back_on_another_device(stage: Stage):
    first = partial(stage)
    first.post("/refer/saved")
    second = elsewhere(stage)
    assert come_back(second, emailed_path(stage)) == "/refer/tasks"
    second.fill_in("/refer/referrer/name", {"name": "Second device", "role": "Head"})
    assert value_of(first.get("/refer/referrer/name"), "name") == "Second device"


def test_a_browser_that_is_let_in_goes_straight_on(stage: Stage):
    referrer = partial(stage)
    referrer.post("/refer/saved")
    assert leads_to(referrer.get(emailed_path(stage))) == "/refer/tasks"


def test_a_draft_that_would_be_left_behind_is_named_first(stage: Stage):
    partial(stage).post("/refer/saved")
    other = elsewhere(stage).start()
    assert "You have begun another referral" in page(other.get(emailed_path(stage)))
    assert "You have begun another" not in page(elsewhere(stage).get(emailed_path(stage)))


def test_a_link_to_a_referral_that_was_sent_leads_to_what_became_of_it(stage: Stage):
    referrer = Referrer(stage).having()
    referrer.post("/refer/saved")
    path = emailed_path(stage)
    version = version_of(referrer.get("/refer/check"))
    referrer.post("/refer/check", {"version": version})
    (case,) = stage.services.cases.page().cases
    other = elsewhere(stage)
    assert leads_to(other.get(path)) == f"/referral/{case.reference}"
    assert leads_to(other.post(f"{path}/code", {"action": "send"})) == f"/referral/{case.reference}"


def test_nothing_leads_to_a_draft_by_a_made_up_link(stage: Stage):
    referrer = partial(stage)
    for path in ("/refer/resume/" + "x" * 32, "/refer/resume/" + "0" * 64):
        assert referrer.get(path).status_code == 404
        assert referrer.post(f"{path}/code", {"action": "send"}).status_code == 404
        assert referrer.post(f"{path}/code", {"code": "123456"}).status_code == 404


def test_a_lost_link_page_says_the_same_whatever_there_is(stage: Stage):
    partial(stage)
    visitor = elsewhere(stage)
    for email in (PRIYA, "nobody@trust.example.org"):
        assert leads_to(visitor.post("/refer/lost-link", {"email": email})) == (
            "/refer/lost-link/sent"
        )
    assert PRIYA not in page(visitor.get("/refer/lost-link/sent"))
    assert visitor.post("/refer/lost-link", {"email": "priya"}).status_code == 422


def test_the_start_page_leads_to_a_saved_referral(stage: Stage):
    assert "/refer/lost-link" in links_in(elsewhere(stage).get("/refer"))


def test_a_page_says_when_the_session_ends_and_a_button_puts_it_off(stage: Stage):
    referrer = partial(stage)
    stage.clock.advance(timedelta(minutes=50))
    shown = referrer.post("/refer/extend?to=%2Frefer%2Ftasks")
    assert leads_to(shown) == "/refer/tasks"
    again = page(referrer.get("/refer/tasks"))
    assert "You will be signed out at 1:50pm" in again
    assert "data-session-kept" in again


def test_the_button_keeps_what_the_page_holds(stage: Stage):
    referrer = partial(stage)
    version = version_of(referrer.get("/refer/referrer/name"))
    answer = referrer.post(
        "/refer/extend?to=%2Frefer%2Freferrer%2Fname", {"version": version, **HALF}
    )
    assert leads_to(answer) == "/refer/referrer/name"
    assert value_of(referrer.get("/refer/referrer/name"), "name") == HALF["name"]


@pytest.mark.parametrize(
    "to", ["", "https://example.com", "//example.com", "/decisions/x", "/refer"]
)
def test_nobody_is_led_away_from_the_draft(stage: Stage, to: str):
    assert partial(stage).post(f"/refer/extend?to={to}").status_code == 400


def test_a_form_sent_after_the_end_comes_back_with_everything_typed(stage: Stage):
    referrer = partial(stage)
    shown = referrer.get("/refer/referrer/name")
    stage.clock.advance(IDLE)
    ended = referrer.send(shown, HALF)
    assert (ended.status_code, heading(ended)) == (403, "Type a code to go on")
    kept = hidden(ended)
    asked = referrer.post("/refer/reopen", kept)
    assert "Enter the code from your email" in heading(asked)
    assert "What you wrote is kept" in page(asked)
    answer = referrer.post("/refer/reopen", {**hidden(asked), "code": referrer.code})
    assert leads_to(answer) == "/refer/referrer/name"
    again = referrer.get("/refer/referrer/name")
    assert value_of(again, "name") == HALF["name"]
    assert "You have not finished this page" in page(again)


def test_typed_words_survive_a_wrong_code_and_a_new_one(stage: Stage):
    referrer = partial(stage)
    shown = referrer.get("/refer/referrer/name")
    stage.clock.advance(IDLE)
    asked = referrer.post("/refer/reopen", hidden(referrer.send(shown, HALF)))
    refused = referrer.post("/refer/reopen", {**hidden(asked), "code": "12"})
    assert "The code is 6 digits" in page(refused)
    code = referrer.code
    stage.clock.advance(timedelta(minutes=11))
    late = referrer.post("/refer/reopen", {**hidden(refused), "code": code})
    assert heading(late) == "That code no longer works"
    new = referrer.post("/refer/reopen", hidden(late))
    referrer.post("/refer/reopen", {**hidden(new), "code": referrer.code})
    assert value_of(referrer.get("/refer/referrer/name"), "name") == HALF["name"]


def test_a_page_changed_elsewhere_meanwhile_is_shown_beside_what_was_typed(stage: Stage):
    first = partial(stage)
    first.post("/refer/saved")
    shown = first.get("/refer/referrer/name")
    stage.clock.advance(IDLE)
    second = elsewhere(stage)
    come_back(second, emailed_path(stage))
    second.fill_in("/refer/referrer/name", {"name": "Second device", "role": "Head"})
    stage.clock.advance(timedelta(seconds=1))
    asked = first.post("/refer/reopen", hidden(first.send(shown, HALF)))
    answer = first.post("/refer/reopen", {**hidden(asked), "code": first.code})
    assert answer.status_code == 409
    assert value_of(answer, "name") == HALF["name"]
    assert "Second device" in page(answer)


def test_a_page_asked_after_the_end_leads_back_to_it(stage: Stage):
    referrer = partial(stage)
    stage.clock.advance(IDLE)
    asked = referrer.post("/refer/reopen", hidden(referrer.get("/refer/child/birth?from=check")))
    assert "What you wrote" not in page(asked)
    answer = referrer.post("/refer/reopen", {**hidden(asked), "code": referrer.code})
    assert leads_to(answer) == "/refer/child/birth?from=check"
    assert referrer.get("/refer/child/birth").status_code == 200


def test_whoever_signs_out_needs_the_link_and_a_code(stage: Stage):
    referrer = partial(stage)
    referrer.post("/refer/saved")
    before = dict(referrer.visitor.cookies)
    assert leads_to(referrer.post("/refer/sign-out")) == "/refer/signed-out"
    assert heading(referrer.get("/refer/signed-out")) == "You are signed out"
    assert referrer.get("/refer/tasks").status_code == 404
    referrer.visitor.cookies = before
    assert referrer.get("/refer/tasks").status_code == 403
    assert come_back(referrer, emailed_path(stage)) == "/refer/tasks"


def test_nobody_signs_out_of_what_nothing_leads_back_to(referrer: Referrer):
    assert leads_to(referrer.post("/refer/sign-out")) == "/refer/confirm"
    assert referrer.get("/refer/tasks").status_code == 200


def test_somebody_else_can_start_a_referral_where_a_session_has_ended(stage: Stage):
    referrer = partial(stage)
    referrer.post("/refer/saved")
    stage.clock.advance(IDLE)
    assert "You have begun a referral" not in page(referrer.get("/refer"))
    assert leads_to(referrer.post("/refer")) == "/refer/tasks"
    assert not referrer.draft.is_confirmed
    assert come_back(referrer, emailed_path(stage)) == "/refer/tasks"


def test_a_draft_is_deleted_after_a_warning_and_for_good(stage: Stage):
    referrer = partial(stage)
    referrer.post("/refer/saved")
    path = emailed_path(stage)
    assert "/refer/delete" in links_in(referrer.get("/refer/tasks"))
    assert "You cannot get the draft back" in page(referrer.get("/refer/delete"))
    token = referrer.visitor.cookies[COOKIE]
    assert leads_to(referrer.post("/refer/delete")) == "/refer/deleted"
    assert heading(referrer.get("/refer/deleted")) == "Your draft is deleted"
    referrer.visitor.cookies[COOKIE] = token
    assert leads_to(referrer.post("/refer/delete")) == "/refer/deleted"
    referrer.visitor.cookies[COOKIE] = token
    assert referrer.get("/refer/tasks").status_code == 404
    assert referrer.get(path).status_code == 404


def test_nothing_is_said_to_be_deleted_that_was_not(stage: Stage):
    referrer = partial(stage)
    referrer.lost["delete"] = Unavailable()
    assert referrer.post("/refer/delete").status_code == 503
    referrer.lost.clear()
    assert referrer.get("/refer/tasks").status_code == 200
    assert referrer.post("/refer/delete", {"another": "1"}).status_code == 400


def test_the_task_list_says_who_is_confirmed_and_until_when(stage: Stage):
    shown = page(unconfirmed(stage).get("/refer/tasks"))
    assert "opens only in this browser" in shown
    confirmed = page(partial(stage).get("/refer/tasks"))
    assert f"You confirmed {PRIYA}" in confirmed
    assert "24 December 2026" in confirmed


def test_files_stand_in_the_task_list_and_on_the_check_page(stage: Stage):
    referrer = partial(stage)
    for path in ("/refer/tasks", "/refer/check"):
        assert "/refer/attachments" in links_in(referrer.get(path))
    assert "None added" in page(referrer.get("/refer/tasks"))


def test_a_code_page_carries_no_field_of_a_question_by_its_own_name():
    own = {"code", "action", "back", "version", "csrf"}
    assert all(own.isdisjoint(input_names(each.model)) for each in PAGES.values())


def test_no_code_comes_for_a_browser_that_cannot_be_known(stage: Stage):
    referrer = unconfirmed(stage)
    assert referrer.post("/refer/reopen", {"action": "send"}).status_code == 404
    stage.deliver()
    assert stage.letters(referrer.draft, Kind.CODE) == []


def hidden(shown) -> dict[str, list[str]]:
    """The hidden fields of the first form of a page that has any of ours."""
    first = re.search(r"<form[^>]*>(.*?)</form>", page(shown), re.S)
    assert first
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', first.group(1)):
        if name != "csrf":
            found.setdefault(html.unescape(name), []).append(html.unescape(value))
    return found
