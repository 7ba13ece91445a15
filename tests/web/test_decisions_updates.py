"""What a decision-maker sees of what the referrer does meanwhile."""

from __future__ import annotations

import re

import pytest

from chalicelib.domain.cases import State
from tests.stage import REASON, Stage
from tests.web.decider import RULING, Decider, hidden_of, leads_to, nonce_of
from tests.web.follower import WORDS, Follower
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws


@pytest.fixture
def people(stage: Stage) -> tuple[Decider, Follower]:
    """The chair with their link, and the referrer with their session open."""
    reference = stage.submit().reference
    stage.deliver()
    follower = Follower(stage, reference)
    follower.enter()
    return Decider(stage), follower


def checked(shown: bytes) -> dict[str, str]:
    """The hidden fields of a check page's form."""
    found = re.findall(r'name="(nonce|supplied)" value="([\w-]+)"', shown.decode())
    return dict(found)


def test_the_case_page_shows_what_was_supplied_the_newest_last(people):
    decider, follower = people
    follower.supply("First words.")
    follower.supply("Second words.")
    decider.enter()
    shown = page(decider.get("case"))
    assert shown.index("First words.") < shown.index("Second words.")
    assert "Added on 24 November 2026 at midday" in shown
    assert 'href="#supplied"' in shown


def test_an_answer_brings_the_request_and_the_answer_together(people):
    decider, follower = people
    decider.ask()
    follower.supply()
    decider.stage.deliver()
    again = Decider(decider.stage)
    assert again.link == decider.link
    again.enter()
    shown = page(again.get("case"))
    assert "The log." in shown
    assert "Answered on" in shown
    assert WORDS in shown
    assert heading(again.decide()) == "Decision recorded"


def test_a_decision_written_before_information_came_is_checked_again(people):
    decider, follower = people
    decider.declare()
    before = checked(decider.write().body)
    follower.supply()

    response = decider.post("check", before)
    assert response.status_code == 409
    shown = page(response)
    assert "Nothing was recorded." in shown
    assert "The referrer added information after you began to write" in shown
    assert WORDS in shown
    assert REASON in shown
    assert follower.case.decided_at is None
    assert leads_to(decider.post("check", checked(response.body))) == decider.path("done")
    assert follower.case.state is State.DECIDED


def test_the_check_page_shows_at_once_what_came_while_a_decision_was_written(people):
    decider, follower = people
    decider.declare()
    form = hidden_of(decider.get("outcome"))
    follower.supply()
    assert leads_to(decider.post("outcome", RULING | form)) == decider.path("check")
    response = decider.get("check")
    assert WORDS in page(response)
    assert "Nothing was recorded." not in page(response)
    assert leads_to(decider.post("check", checked(response.body))) == decider.path("done")


def test_information_read_before_writing_is_not_news(people):
    decider, follower = people
    follower.supply()
    decider.declare()
    form = hidden_of(decider.get("outcome"))
    decider.post("outcome", RULING | form)
    shown = page(decider.get("check"))
    assert "after you began to write" not in shown
    assert WORDS not in shown


def test_words_kept_over_the_end_of_a_session_are_still_known_to_be_older(people):
    decider, follower = people
    decider.declare()
    written = RULING | hidden_of(decider.get("outcome"))
    decider.wait(minutes=31)
    ended = decider.post("outcome", written)
    follower.ask()
    follower.post("code", {"code": follower.newest_code()})
    follower.supply()
    response = decider.post("code", hidden_of(ended))
    typed = hidden_of(response) | {"code": decider.newest_code()}
    assert leads_to(decider.post("code", typed)) == decider.path("check")
    assert WORDS in page(decider.get("check"))


@pytest.mark.parametrize("seen", ["", "x", "-1", "1e9", "99999999"])
def test_how_much_was_seen_is_a_number_of_ours(people, seen: str):
    decider, _ = people
    decider.declare()
    assert decider.post("outcome", RULING | {"supplied": seen}).status_code == 400
    nonce = nonce_of(decider.write())
    assert decider.post("check", {"nonce": nonce, "supplied": seen}).status_code == 400


def test_a_chair_in_the_middle_of_writing_is_told_of_a_withdrawal_and_keeps_the_words(people):
    decider, follower = people
    decider.declare()
    follower.withdraw()
    for of, fields in (("outcome", RULING), ("extend?to=outcome", RULING)):
        response = decider.post(of, fields)
        assert response.status_code == 410
        assert heading(response) == "This referral was withdrawn"
        assert REASON in page(response)
        assert "Copy it now" in page(response)
    assert follower.case.state is State.WITHDRAWN


def test_a_chair_about_to_confirm_is_told_of_a_withdrawal_and_keeps_the_words(people):
    decider, follower = people
    decider.declare()
    form = checked(decider.write().body)
    follower.withdraw()
    for response in (decider.get("check"), decider.post("check", form)):
        assert response.status_code == 410
        assert REASON in page(response)
    decider.wait(minutes=31)
    assert leads_to(decider.post("check", form)) == decider.path() + "?ended=yes"
    assert REASON not in page(decider.get())


@pytest.mark.parametrize("of", ["", "code", "case", "interest", "step-aside", "outcome", "done"])
def test_every_page_of_a_withdrawn_case_says_so(people, of: str):
    decider, follower = people
    decider.declare()
    follower.withdraw()
    response = decider.get(of)
    assert response.status_code == 410
    assert heading(response) == "This referral was withdrawn"
    assert "24 November 2026 at midday" in page(response)


@pytest.mark.parametrize("of, fields", [("step-aside", {}), ("interest", {"interest": "no"})])
def test_nothing_can_be_done_on_a_withdrawn_case(people, of: str, fields: dict[str, str]):
    decider, follower = people
    decider.enter()
    follower.withdraw()
    before = follower.acts
    assert decider.post(of, fields).status_code == 410
    assert follower.acts == before


def test_the_decider_is_told_by_the_same_link(people):
    decider, follower = people
    follower.supply()
    decider.stage.deliver()
    assert Decider(decider.stage).link == decider.link


def test_asking_says_where_the_referrer_reads_the_words(people):
    decider, _ = people
    decider.declare()
    assert "The referrer reads your words on their page, after typing a code" in page(
        decider.get("outcome")
    )
    shown = page(decider.write(outcome="more-information", information="The log."))
    assert "They read what you ask on their page, after typing a code" in shown
