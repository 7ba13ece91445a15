"""The code that opens a case: typed by hand, short-lived, counted; and the session after it."""

from __future__ import annotations

import pytest

from tests.stage import REASON, Stage
from tests.web.decider import RULING, Decider, hidden_of, leads_to, only_case
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws


@pytest.fixture
def decider(stage: Stage) -> Decider:
    """The chair, with the link to the only case in their mail."""
    stage.submit()
    stage.deliver()
    return Decider(stage)


def wrong_for(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def test_the_code_may_be_pasted_and_typed_with_spaces(decider):
    code = decider.code()
    shown = page(decider.get("code"))
    assert 'autocomplete="one-time-code"' in shown
    assert 'inputmode="numeric"' in shown
    assert "maxlength" not in shown

    typed = f" {code[:3]} {code[3:]} "
    assert leads_to(decider.post("code", {"code": typed})) == decider.path("case")


def test_the_session_cookie_ends_with_the_browser_and_is_out_of_reach_of_scripts(decider):
    response = decider.post("code", {"code": decider.code()})
    cookies = response.headers["set-cookie"]

    (session,) = [cookie for cookie in cookies if cookie.startswith("__Host-session")]
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
    assert "Max-Age" not in session


def test_a_wrong_code_says_how_many_tries_are_left_until_it_is_spent(decider):
    code = decider.code()
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        response = decider.post("code", {"code": wrong_for(code)})
        assert response.status_code == 400
        assert f"You have {left} left" in page(response)

    for typed in (wrong_for(code), code):
        response = decider.post("code", {"code": typed})
        assert heading(response) == "That code no longer works"
    assert leads_to(decider.post("code", hidden_of(response))) == decider.path("code")
    typed = decider.newest_code()
    assert leads_to(decider.post("code", {"code": typed})) == decider.path("case")


@pytest.mark.parametrize("typed", ["", "  ", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_cannot_be_a_code_costs_no_try(decider, typed):
    code = decider.code()
    for _ in range(6):
        assert decider.post("code", {"code": typed}).status_code == 400

    assert leads_to(decider.post("code", {"code": code})) == decider.path("case")


def test_a_code_of_ten_minutes_ago_is_replaced_and_not_taken(decider):
    code = decider.code()
    decider.wait(minutes=10)
    response = decider.post("code", {"code": code})

    assert heading(response) == "That code no longer works"
    assert hidden_of(response) == {"action": "send"}


def test_a_code_opens_one_session(decider):
    code = decider.code()
    decider.post("code", {"code": code})

    assert heading(decider.post("code", {"code": code})) == "That code no longer works"


def test_a_newer_code_is_said_to_end_the_older(decider):
    decider.code()
    response = decider.post("code", {"action": "send-again"})

    assert leads_to(response) == decider.path("code") + "?again=yes"
    assert "Older codes no longer work" in page(decider.get("code?again=yes"))


def test_a_sixth_code_within_the_hour_is_refused_and_the_fifth_still_works(decider):
    for _ in range(5):
        code = decider.code()
    response = decider.post("code", {"action": "send"})

    assert response.status_code == 429
    assert heading(response) == "No more codes for now"
    assert decider.stage.services.settings.office_phone in page(response)
    assert leads_to(decider.post("code", {"code": code})) == decider.path("case")
    decider.wait(hours=1)
    decider.code()


def test_a_session_unused_for_half_an_hour_leads_back_to_where_codes_are_sent(decider):
    decider.enter()
    decider.wait(minutes=30)

    assert leads_to(decider.get("case")) == decider.path() + "?ended=yes"
    assert "Your session has ended" in page(decider.get("?ended=yes"))


def test_a_session_can_be_extended_for_as_long_as_it_is_used(decider):
    decider.enter()
    for _ in range(3):
        decider.wait(minutes=25)
        assert leads_to(decider.post("extend?to=case")) == decider.path("case")

    assert "You will be signed out at 1:45pm" in page(decider.get("case"))


def test_extending_from_the_ruling_keeps_what_was_typed(decider):
    decider.declare()
    shown = page(decider.get("outcome"))
    assert '<form id="ruling"' in shown
    assert f'form="ruling" formaction="{decider.path("extend")}?to=outcome"' in shown

    extended = page(decider.post("extend?to=outcome", RULING | {"outcome": ""}))
    assert REASON in extended
    assert "There is a problem" not in extended


def test_a_session_is_extended_from_pages_of_ours_only(decider):
    decider.enter()

    assert decider.post("extend?to=//elsewhere.example.org").status_code == 400


@pytest.mark.parametrize("of", ["outcome", "extend?to=outcome"])
def test_a_ruling_sent_after_its_session_ended_is_kept_until_it_can_be_saved(decider, of):
    decider.declare()
    decider.wait(minutes=31)
    reason = 'A "long" reason,\nof <two> lines & more.'
    response = decider.post(of, RULING | {"reason": reason})

    assert response.status_code == 403
    assert heading(response) == "Your session ended"
    kept = {name: _unescaped(value) for name, value in hidden_of(response).items()}
    assert (kept["reason"], kept["outcome"]) == (reason, "review")

    response = decider.post("code", kept)
    assert heading(response)
    kept = {name: _unescaped(value) for name, value in hidden_of(response).items()}
    wrong = decider.post("code", kept | {"code": wrong_for(decider.newest_code())})
    kept = {name: _unescaped(value) for name, value in hidden_of(wrong).items()}
    response = decider.post("code", kept | {"code": decider.newest_code()})
    assert leads_to(response) == decider.path("check")
    shown = page(decider.get("check"))
    assert "A &#34;long&#34; reason,<br>of &lt;two&gt; lines &amp; more." in shown


def test_an_unfinished_ruling_comes_back_as_it_was_after_a_new_code(decider):
    decider.declare()
    decider.wait(minutes=31)
    response = decider.post("outcome", RULING | {"outcome": ""})
    decider.post("code", hidden_of(response))
    again = decider.post(
        "code", hidden_of(response) | {"action": "", "code": decider.newest_code()}
    )

    assert again.status_code == 400
    assert f'action="{decider.path("outcome")}"' in page(again)
    assert REASON in page(again)
    assert "Select what you have decided" in page(again)
    assert decider.get("case").status_code == 200


def test_a_ruling_is_kept_when_a_code_cannot_be_sent_or_checked(decider):
    decider.declare()
    decider.wait(minutes=31)
    kept = hidden_of(decider.post("outcome", RULING))
    mend = decider.lose("links", "send_code")
    response = decider.post("code", kept)
    mend()
    assert response.status_code == 503
    assert hidden_of(response)["reason"] == REASON

    decider.post("code", kept)
    mend = decider.lose("links", "open_session")
    response = decider.post("code", kept | {"action": "", "code": decider.newest_code()})
    mend()
    assert response.status_code == 503
    assert hidden_of(response)["reason"] == REASON


def test_codes_sent_and_typed_leave_the_case_where_it_was(decider):
    before = only_case(decider.stage.services)
    decider.enter()
    after = only_case(decider.stage.services)

    assert (before.state, before.decider) == (after.state, after.decider)


def _unescaped(value: str) -> str:
    for written, meant in (("&#34;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        value = value.replace(written, meant)
    return value
