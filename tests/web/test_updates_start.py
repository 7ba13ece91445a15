"""The way to a followed case: reference, code, and out again."""

from __future__ import annotations

import re

import pytest
from chalice.test import HTTPResponse

from tests.stage import Stage
from tests.web.decider import leads_to
from tests.web.follower import EMAIL, Follower
from tests.web.referrer import problems_of, value_of
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws

UNKNOWN = "PR-22222222"


@pytest.fixture
def follower(stage: Stage) -> Follower:
    """The referrer of the only case."""
    reference = stage.submit().reference
    stage.deliver()
    return Follower(stage, reference)


def test_a_referral_is_followed_by_reference_and_code(follower: Follower):
    shown = follower.enter()
    assert heading(shown) == "Waiting for a decision"
    assert follower.reference in page(shown)


@pytest.mark.parametrize("style", [str, str.lower, lambda r: r.replace("-", " "), lambda r: r[3:]])
def test_a_reference_is_understood_however_it_is_typed(follower: Follower, style):
    follower.open("/referral")
    response = follower.send("/referral", {"reference": f" {style(follower.reference)} "})
    assert leads_to(response) == follower.path("code")


@pytest.mark.parametrize(
    "typed, problem",
    [
        ("", "Enter your reference"),
        (" - ", "Enter your reference"),
        ("PR-23456780", "Enter the reference as it stands in our email"),
        ("Jordan Sample", "Enter the reference as it stands in our email"),
    ],
)
def test_what_can_be_no_reference_is_an_error_of_the_form(stage: Stage, typed: str, problem: str):
    follower = Follower(stage, UNKNOWN)
    follower.open("/referral")
    response = follower.send("/referral", {"reference": typed})
    assert response.status_code == 400
    ((anchor, message),) = problems_of(response)
    assert anchor == "reference"
    assert message.startswith(problem)
    assert value_of(response, "reference") == typed
    assert stage.mailbox.emails == []


def shape(response: HTTPResponse, reference: str) -> tuple[int, str, list[str]]:
    """An answer without what is random in it."""
    body = re.sub(r'value="[\w-]{20,}"', "", response.body.decode()).replace(reference, "REF")
    names = sorted(name for name in response.headers if name != "date")
    return response.status_code, body, names


def test_an_unknown_reference_is_answered_like_a_known_one(follower: Follower):
    stranger = Follower(follower.stage, UNKNOWN)
    answers = []
    for somebody in (follower, stranger):
        somebody.open("/referral")
        seen = [somebody.ask(), somebody.get("code")]
        seen += [somebody.post("code", {"code": "000000"}) for _ in range(6)]
        seen += [somebody.post("code", {"action": "send-again"}), somebody.get("code")]
        seen += [somebody.get(), somebody.get("copy"), somebody.get("information")]
        answers.append([shape(each, somebody.reference) for each in seen])
    assert answers[0] == answers[1]
    assert [status for status, _, _ in answers[0]][:4] == [303, 200, 400, 400]
    assert all(email.to_email == EMAIL for email in follower.stage.mailbox.to(EMAIL))


def test_only_the_referrers_own_address_gets_a_code(follower: Follower):
    follower.stage.mailbox.emails.clear()
    follower.ask()
    Follower(follower.stage, UNKNOWN).ask()
    assert [email.to_email for email in follower.stage.mailbox.emails] == [EMAIL]


def test_a_wrong_code_opens_nothing(follower: Follower):
    follower.ask()
    code = follower.newest_code()
    wrong = "000000" if code != "000000" else "111111"
    response = follower.post("code", {"code": wrong})
    assert response.status_code == 400
    assert "You have 4 tries left" in page(response)
    assert leads_to(follower.get()) == follower.path("code")


@pytest.mark.parametrize("of", ["", "copy", "copy/download", "information", "withdraw", "done"])
def test_without_a_code_no_page_is_shown(follower: Follower, of: str):
    assert leads_to(follower.get(of)) == f"/referral?reference={follower.reference}"
    follower.ask()
    assert leads_to(follower.get(of)) == follower.path("code")


@pytest.mark.parametrize("of", ["", "code", "copy", "information"])
def test_an_address_with_no_reference_in_it_is_not_found(stage: Stage, of: str):
    for wrong in ("PR-23456780", "pr-22222222", "cases"):
        assert Follower(stage, wrong).get(of).status_code == 404


def test_a_known_reference_is_filled_in_where_the_way_begins(stage: Stage):
    somebody = Follower(stage, UNKNOWN)
    assert value_of(somebody.open(f"/referral?reference={UNKNOWN}"), "reference") == UNKNOWN
    assert value_of(somebody.open("/referral?reference=<script>"), "reference") == ""


def test_signing_out_ends_the_session_everywhere(follower: Follower):
    follower.enter()
    stolen = dict(follower.visitor.cookies)
    assert leads_to(follower.post("leave")) == "/referral?left=yes"
    assert "You have signed out" in page(follower.open("/referral?left=yes"))
    assert leads_to(follower.get()) == f"/referral?reference={follower.reference}"
    follower.visitor.cookies = stolen
    assert leads_to(follower.get()) == follower.path("code") + "?ended=yes"


def test_a_session_that_ended_leads_to_a_new_code(follower: Follower):
    follower.enter()
    follower.wait(minutes=31)
    assert leads_to(follower.get()) == follower.path("code") + "?ended=yes"
    assert heading(follower.get("code?ended=yes")) == "Your session ended"
    assert leads_to(follower.post("code", {"action": "send"})) == follower.path("code")
    code = follower.newest_code()
    assert leads_to(follower.post("code", {"code": code})) == follower.path()
    assert follower.get().status_code == 200


def test_the_next_day_the_way_begins_anew(follower: Follower):
    follower.enter()
    follower.wait(hours=14)
    assert leads_to(follower.get()) == "/referral?ended=yes"
    assert "Your session has ended" in page(follower.open("/referral?ended=yes"))
    assert leads_to(follower.get("code")) == f"/referral?reference={follower.reference}"


def test_two_cases_can_be_followed_in_one_browser(follower: Follower):
    follower.enter()
    second = Follower(follower.stage, follower.stage.submit().reference)
    follower.stage.deliver()
    second.visitor = follower.visitor
    second.enter()
    assert follower.reference in page(follower.get())
    assert second.reference in page(second.get())
    second.post("leave")
    assert follower.get().status_code == 200
    assert second.get().status_code == 303


def test_cookies_of_one_case_open_no_other(follower: Follower):
    other = Follower(follower.stage, follower.stage.submit().reference)
    other.enter()
    other.withdraw()
    follower.enter()
    mine, others = follower.reference.lower(), other.reference.lower()
    other.visitor.cookies = {
        name.replace(mine, others): value for name, value in follower.visitor.cookies.items()
    }
    assert "withdrew" not in page(other.get())


def test_fields_that_no_page_of_ours_sends_are_refused(follower: Follower):
    follower.enter()
    for path in ("/referral", follower.path("code"), follower.path("leave")):
        assert follower.send(path, {"reference": "x", "admin": "yes"}).status_code == 400
    assert follower.get().status_code == 200


def test_a_form_of_which_nothing_was_written_is_refused_with_and_without_a_code(follower: Follower):
    alone = {"nonce": "n" * 20}
    follower.open("/referral")
    assert follower.post("code", alone).status_code == 400
    follower.ask()
    assert follower.post("code", alone | {"code": follower.newest_code()}).status_code == 400
