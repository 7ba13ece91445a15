"""Where a case stands, for whoever referred it, and the copy of what they sent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from chalicelib.domain.cases import Disposal, Outcome
from chalicelib.domain.updates import OUTCOMES
from tests.stage import REASON, Stage
from tests.web.decider import Decider, leads_to
from tests.web.follower import WORDS, Follower
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws

CHILD = "Jordan Sample"
FINAL = [outcome for outcome in Outcome if outcome is not Outcome.MORE_INFORMATION]


@pytest.fixture
def follower(stage: Stage) -> Follower:
    """The referrer of the only case."""
    reference = stage.submit().reference
    stage.deliver()
    return Follower(stage, reference)


def links_of(shown: str) -> list[str]:
    return re.findall(r'<a [^>]*href="([^"]+)"', shown)


def test_a_case_that_waits_says_what_happens_next_and_what_can_be_done(follower: Follower):
    shown = page(follower.enter())
    assert "The Independent Chair reads your referral" in shown
    assert "due by 22 December 2026" in shown
    assert "You sent the referral" in shown
    assert "24 November 2026 at midday" in shown
    for of in ("information", "copy", "withdraw"):
        assert follower.path(of) in links_of(shown)


def test_the_page_shows_nothing_of_the_child(follower: Follower):
    assert CHILD not in page(follower.enter())


def test_a_late_decision_is_owned_up_to(follower: Follower):
    follower.wait(days=29)
    assert "We are sorry that it is late" in page(follower.enter())


def test_what_the_chair_asks_is_read_here_and_why_is_not(follower: Follower):
    Decider(follower.stage).ask()
    shown = page(follower.enter())
    assert heading(follower.get()) == "More information is needed"
    assert "The log." in shown
    assert REASON not in shown
    assert "The Independent Chair asked for more information" in shown


def test_an_answered_request_stands_with_its_answer(follower: Follower):
    Decider(follower.stage).ask()
    follower.enter()
    follower.supply()
    shown = page(follower.get())
    assert heading(follower.get()) == "Waiting for a decision"
    assert "The log." in shown
    assert WORDS in shown
    assert "You answered what was asked" in shown


@pytest.mark.parametrize("outcome", FINAL)
def test_the_outcome_is_read_with_what_follows_and_not_why(follower: Follower, outcome: Outcome):
    Decider(follower.stage).decide(outcome=outcome.value, other_action="A briefing.")
    shown = page(follower.enter())
    assert heading(follower.get()) == OUTCOMES[outcome].heading
    for words in OUTCOMES[outcome].next:
        assert words in shown
    assert REASON not in shown
    assert "A briefing." not in shown
    for of in ("information", "withdraw"):
        assert follower.path(of) not in links_of(shown)


def test_a_withdrawn_case_can_still_be_followed(follower: Follower):
    follower.enter()
    follower.withdraw()
    assert heading(follower.get()) == "You withdrew this referral"
    assert follower.path("information") not in links_of(page(follower.get()))
    assert CHILD in page(follower.get("copy"))


def test_the_copy_is_all_that_was_sent(follower: Follower):
    Decider(follower.stage).ask()
    follower.enter()
    follower.supply()
    shown = page(follower.get("copy"))
    for words in (CHILD, "Priya Example", "The family moved.", "The log.", WORDS):
        assert words in shown
    assert REASON not in shown
    for anchor in re.findall(r'href="#([\w-]+)"', shown):
        assert f'id="{anchor}"' in shown


def test_the_copy_is_downloaded_as_a_file_named_by_its_reference_alone(follower: Follower):
    follower.enter()
    follower.supply()
    response = follower.get("copy/download")
    disposition = str(response.headers["content-disposition"])
    assert disposition == f'attachment; filename="{follower.reference}.html"'
    file = page(response)
    for words in (CHILD, "Priya Example", WORDS, "Newham Safeguarding Children Partnership"):
        assert words in file
    assert '<html lang="en-GB">' in file
    assert "<script" not in file
    assert not re.search(r'(?:src|href)="', file)


def test_reading_the_copy_stands_on_the_trail_once_for_each_session(follower: Follower):
    follower.enter()
    for of in ("copy", "copy", "copy/download"):
        follower.get(of)
    assert follower.acts.count("copy-read") == 1
    follower.enter()
    follower.get("copy")
    assert follower.acts.count("copy-read") == 2


@pytest.mark.parametrize("of", ["", "information", "withdraw", "done"])
def test_reading_a_page_changes_nothing(follower: Follower, of: str):
    follower.enter()
    follower.supply()
    before = (follower.case, follower.acts)
    for method in ("GET", "HEAD", "GET"):
        follower.get(of, method=method)
    assert (follower.case, follower.acts) == before


@pytest.mark.parametrize("of", ["", "copy", "information", "withdraw", "done"])
def test_every_page_says_when_its_session_ends_and_lets_it_be_put_off(follower: Follower, of: str):
    follower.enter()
    follower.supply()
    shown = page(follower.get(of))
    assert "You will be signed out at 12:30pm" in shown
    (extend,) = re.findall(r' action="([^"]+/extend\?to=[\w-]+)"', shown)
    follower.wait(minutes=20)
    assert leads_to(follower.send(extend)) == follower.path(of)
    follower.wait(minutes=20)
    assert follower.get(of).status_code == 200


def test_an_extension_from_no_page_of_ours_is_refused(follower: Follower):
    follower.enter()
    for to in ("", "//elsewhere.example.org", "leave"):
        assert follower.post(f"extend?to={to}").status_code == 400


def test_the_done_page_is_of_no_use_before_anything_is_done(follower: Follower):
    follower.enter()
    assert leads_to(follower.get("done")) == follower.path()


def test_an_erased_case_is_gone_for_its_referrer_too(follower: Follower):
    follower.enter()
    follower.withdraw()
    services = follower.stage.services
    now = follower.stage.clock() + timedelta(minutes=1)
    services.cases.erase(
        follower.reference, disposal=Disposal.ERASURE_REQUEST, operator="op", now=now
    )
    for of in ("", "copy", "information"):
        response = follower.get(of)
        assert response.status_code == 410
        assert CHILD not in response.body.decode()
    assert follower.get("code").status_code == 200


def test_where_aws_is_away_the_page_says_so(follower: Follower):
    follower.enter()
    mend = follower.lose("updates", "read", "copy")
    for of in ("", "copy", "copy/download"):
        assert follower.get(of).status_code == 503
    mend()
    assert follower.get().status_code == 200


def test_the_receipt_says_where_to_follow_the_case(follower: Follower):
    (receipt,) = follower.stage.mailbox.to("priya@hospital.example.org", subject="received")
    assert "https://referrals.example.org/referral\n" in receipt.text
    assert follower.reference in receipt.text
