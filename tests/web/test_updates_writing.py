"""Adding information to a case and withdrawing it; what is typed is never lost."""

from __future__ import annotations

import re
from copy import copy

import pytest

from chalicelib.domain.cases import State
from chalicelib.domain.messages import Kind
from tests.stage import Stage
from tests.web.decider import Decider, hidden_of, leads_to
from tests.web.follower import WORDS, Follower, nonce_of
from tests.web.referrer import problems_of, value_of
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws

REASON = "Sent twice by mistake, from two desks."
FORMS = [("information", "information", WORDS), ("withdraw", "reason", REASON)]
each_form = pytest.mark.parametrize("of, field, words", FORMS)


@pytest.fixture
def follower(stage: Stage) -> Follower:
    """The referrer of the only case, with their session open."""
    reference = stage.submit().reference
    stage.deliver()
    found = Follower(stage, reference)
    found.enter()
    return found


def other_tab(follower: Follower) -> Follower:
    """The same person with another browser."""
    return Follower(follower.stage, follower.reference)


def test_a_request_is_answered_and_the_case_goes_back(follower: Follower):
    Decider(follower.stage).ask()
    shown = follower.get("information")
    assert heading(shown) == "Answer what was asked"
    assert "The log." in page(shown)

    done = follower.supply()
    assert heading(done) == "Information sent"
    assert follower.case.state is State.AWAITING_DECISION
    assert follower.acts[-1] == "information-supplied"


def test_information_is_added_unasked(follower: Follower):
    assert heading(follower.get("information")) == "Add information"
    follower.supply()
    assert (follower.case.supplied, follower.acts[-1]) == (1, "information-added")


def test_a_referral_is_withdrawn_after_a_warning(follower: Follower):
    shown = follower.get("withdraw")
    assert "You cannot undo this." in page(shown)
    assert heading(follower.withdraw()) == "Referral withdrawn"
    assert follower.case.state is State.WITHDRAWN


@each_form
def test_words_must_be_given(follower: Follower, of: str, field: str, words: str):
    nonce = follower.nonce(of)
    response = follower.post(of, {field: "  ", "nonce": nonce})
    assert response.status_code == 400
    assert page(response).count("<title>Error: ") == 1
    ((anchor, message),) = problems_of(response)
    assert anchor == field
    assert message.startswith("Enter ")
    assert nonce_of(response) == nonce
    assert follower.case.is_open


@each_form
def test_words_that_are_too_long_are_still_there_to_be_shortened(
    follower: Follower, of: str, field: str, words: str
):
    long = "long " * 30_000
    response = follower.post(of, {field: long, "nonce": follower.nonce(of)})
    assert response.status_code == 400
    assert "must be 20,000 characters or fewer" in page(response)
    assert value_of(response, field) == long


@each_form
def test_a_double_click_is_one_act(follower: Follower, of: str, field: str, words: str):
    fields = {field: words, "nonce": follower.nonce(of)}
    for _ in range(2):
        assert leads_to(follower.post(of, fields)) == follower.path("done")
    kind = Kind.UPDATE_RECEIVED if of == "information" else Kind.REFERRAL_WITHDRAWN
    told = follower.stage.sent(follower.reference)[kind]
    assert len(told) == (1 if of == "information" else 2)


@each_form
def test_what_could_not_be_sent_is_sent_again_once(
    follower: Follower, of: str, field: str, words: str
):
    fields = {field: words, "nonce": follower.nonce(of)}
    mend = follower.lose("updates", "supply", "withdraw")
    response = follower.post(of, fields)
    assert response.status_code == 503
    assert value_of(response, field) == words
    assert "What you wrote is still on this page" in page(response)
    mend()
    again = {field: words, "nonce": nonce_of(response)}
    assert again == fields
    assert leads_to(follower.post(of, again)) == follower.path("done")


@each_form
def test_what_is_typed_outlives_the_session(follower: Follower, of: str, field: str, words: str):
    fields = {field: words, "nonce": follower.nonce(of)}
    follower.wait(minutes=31)
    response = follower.post(of, fields)
    assert response.status_code == 403
    assert heading(response) == "Your session ended"
    assert words in page(response)

    carried = hidden_of(response)
    assert carried == fields | {"action": "send"}
    response = follower.post("code", carried)
    assert words in page(response)
    typed = hidden_of(response) | {"code": follower.newest_code()}
    assert leads_to(follower.post("code", typed)) == follower.path(of) + "?kept=yes"
    shown = follower.get(f"{of}?kept=yes")
    assert "What you wrote" in page(shown)
    assert value_of(shown, field) == words
    assert nonce_of(shown) == fields["nonce"]
    assert follower.case.supplied == 0
    assert follower.case.is_open
    assert leads_to(follower.post(of, fields)) == follower.path("done")


@each_form
def test_what_is_typed_outlives_the_next_morning_too(
    follower: Follower, of: str, field: str, words: str
):
    fields = {field: words, "nonce": follower.nonce(of)}
    follower.wait(hours=14)
    response = follower.post(of, fields)
    assert response.status_code == 403
    assert words in page(response)
    typed = fields | {"code": follower.newest_code()}
    assert leads_to(follower.post("code", typed)) == follower.path(of) + "?kept=yes"
    assert value_of(follower.get(of), field) == words


def test_a_code_page_that_is_past_its_time_keeps_the_words(follower: Follower):
    fields = {"information": WORDS, "nonce": follower.nonce("information")}
    follower.wait(hours=14)
    response = follower.post("code", fields | {"code": "123456"})
    assert response.status_code == 403
    assert WORDS in page(response)


@each_form
def test_staying_signed_in_keeps_what_is_typed(follower: Follower, of: str, field: str, words: str):
    fields = {field: "Half a sentence", "nonce": follower.nonce(of)}
    assert leads_to(follower.post(f"extend?to={of}", fields)) == follower.path(of) + "?kept=yes"
    assert value_of(follower.get(of), field) == "Half a sentence"
    follower.wait(minutes=31)
    assert follower.post(f"extend?to={of}", fields).status_code == 403


def test_a_detour_to_the_files_keeps_what_is_typed(follower: Follower):
    fields = {"information": "Half a sentence", "nonce": follower.nonce("information")}
    response = follower.post("information", fields | {"action": "files"})
    assert leads_to(response) == follower.path("information/files")
    shown = follower.get("information/files")
    assert heading(shown) == "Add files"
    assert "sent with your information" in page(shown)
    assert f'href="{follower.path("information")}"' in page(shown)
    assert value_of(follower.get("information"), "information") == "Half a sentence"


def test_words_too_long_to_keep_are_not_lost_on_the_way_to_the_files(follower: Follower):
    fields = {"information": "long " * 30_000, "nonce": follower.nonce("information")}
    response = follower.post("information", fields | {"action": "files"})
    assert response.status_code == 400
    assert value_of(response, "information") == fields["information"]


def test_words_that_were_sent_are_not_offered_again(follower: Follower):
    nonce = follower.nonce("information")
    fields = {"information": WORDS, "nonce": nonce}
    follower.post("information", fields | {"action": "files"})
    follower.post("information", fields)
    shown = follower.get("information")
    assert value_of(shown, "information") == ""
    assert nonce_of(shown) != nonce


@each_form
def test_after_the_decision_it_is_too_late_and_the_words_can_be_copied(
    follower: Follower, of: str, field: str, words: str
):
    fields = {field: words, "nonce": follower.nonce(of)}
    Decider(follower.stage).decide()
    for response in (follower.post(of, fields), follower.post(of, fields | {"nonce": "n" * 20})):
        assert response.status_code == 409
        assert heading(response) == "This referral has been decided"
        assert words in page(response)
    assert heading(follower.get(of)) == "This referral has been decided"
    assert follower.get("information/files").status_code == 409
    assert follower.case.supplied == 0


@each_form
def test_after_a_withdrawal_it_is_too_late_and_the_words_can_be_copied(
    follower: Follower, of: str, field: str, words: str
):
    fields = {field: words, "nonce": follower.nonce(of)}
    follower.withdraw()
    response = follower.post(of, fields)
    assert response.status_code == 409
    assert heading(response) == "This referral was withdrawn"
    assert words in page(response)
    assert follower.acts.count("referral-withdrawn") == 1


def test_words_carried_past_the_end_of_the_case_can_be_copied(follower: Follower):
    fields = {"information": WORDS, "nonce": follower.nonce("information")}
    follower.wait(minutes=31)
    response = follower.post("information", fields)
    second = other_tab(follower)
    second.enter()
    second.withdraw()
    response = follower.post("code", hidden_of(response))
    typed = hidden_of(response) | {"code": follower.newest_code()}
    response = follower.post("code", typed)
    assert response.status_code == 409
    assert WORDS in page(response)
    assert follower.get().status_code == 200


def test_two_tabs_supply_one_after_the_other(follower: Follower):
    first, second = follower.nonce("information"), follower.nonce("information")
    for words, nonce in (("First tab.", first), ("Second tab.", second)):
        follower.post("information", {"information": words, "nonce": nonce})
    assert follower.case.supplied == 2
    shown = page(follower.get())
    assert shown.index("First tab.") < shown.index("Second tab.")


def test_what_is_typed_is_shown_and_not_obeyed(follower: Follower):
    follower.supply("<script>alert(1)</script> & more")
    for of in ("", "copy", "copy/download"):
        shown = page(follower.get(of))
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in shown


@each_form
def test_fields_that_no_page_of_ours_sends_are_refused(
    follower: Follower, of: str, field: str, words: str
):
    nonce = follower.nonce(of)
    good = {field: words, "nonce": nonce}
    for bad in (
        good | {"admin": "yes"},
        good | {"nonce": "<b>"},
        good | {"nonce": ["a" * 20, "b" * 20]},
        good | {field: [words, words]},
        {field: words},
        good | {"reason" if field == "information" else "information": words},
    ):
        assert follower.post(of, bad).status_code == 400
    assert follower.case.is_open
    assert follower.case.supplied == 0


def test_a_form_of_another_site_changes_nothing(follower: Follower):
    fields = {"reason": REASON, "nonce": follower.nonce("withdraw")}
    stranger = copy(follower)
    stranger.visitor = copy(follower.visitor)
    stranger.visitor.csrf = "0" * 64
    assert stranger.post("withdraw", fields).status_code == 403
    assert follower.case.is_open


def test_the_reason_for_withdrawing_is_on_no_page(follower: Follower):
    follower.withdraw(REASON)
    for of in ("", "copy", "copy/download", "done"):
        assert REASON not in page(follower.get(of))
    assert re.search("withdrew it on 24 November 2026", page(follower.get("done")))
