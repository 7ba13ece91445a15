"""Links to follow a case: nobody learns from one whether there is a case, or who sent it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib import jobs
from chalicelib.adapters import keys
from chalicelib.domain import errors
from chalicelib.domain.audit import Act
from chalicelib.domain.links import CODE_LIFE, CODE_TRIES, FOLLOW_LIFE, Purpose, digest
from chalicelib.domain.people import Role
from tests.faults.harness import Faults
from tests.stage import Stage

pytestmark = pytest.mark.aws

UNKNOWN = "PR-22222222"
REFERRER = "priya@hospital.example.org"
HOME = "192.0.2.7"

Counted = Callable[[], object]


def follow(stage: Stage, reference: str, *, network: str = "") -> str:
    return stage.services.links.ask(reference, network=network, now=stage.clock())


def code_again(stage: Stage, token: str) -> None:
    stage.services.links.send_code(token, purpose=Purpose.FOLLOW, now=stage.clock())


def type_in(stage: Stage, token: str, typed: str, *, network: str = "") -> tuple[str, str]:
    opened, session = stage.services.links.open_session(
        token, typed, purpose=Purpose.FOLLOW, network=network, now=stage.clock()
    )
    return opened, session.reference


def refused(stage: Stage, token: str, typed: str = "000000") -> str:
    """What typing a wrong code is answered with."""
    try:
        type_in(stage, token, typed)
    except errors.CodeWrong as wrong:
        return f"{wrong.tries_left} left"
    except errors.CodeExpired:
        return "ended"
    raise AssertionError("the code was taken")


def codes(stage: Stage) -> list[str]:
    """The codes that went to the referrer, the oldest first."""
    texts = [email.text for email in stage.mailbox.to(REFERRER, subject="code")]
    found = [re.search(r"^(\d{3}) (\d{3})$", text, re.MULTILINE) for text in texts]
    return [match[1] + match[2] for match in found if match]


def wrong_for(code: str) -> str:
    return "000000" if code != "000000" else "111111"


@pytest.fixture
def reference(stage: Stage) -> str:
    """An undecided case's."""
    found = stage.submit().reference
    stage.deliver()
    return found


def test_a_code_goes_to_whoever_sent_the_referral_and_opens_a_session(stage: Stage, reference: str):
    token = follow(stage, reference)
    stage.answer()
    (code,) = codes(stage)
    opened, of = type_in(stage, token, code)
    link, session = stage.services.links.enter(
        token, opened, purpose=Purpose.FOLLOW, now=stage.clock()
    )
    assert (of, link.reference, session.role) == (reference, reference, Role.REFERRER)
    trail = stage.services.cases.cases.trail(reference)
    assert [(event.act, event.role) for event in trail][-2:] == [
        (Act.CODE_SENT, Role.REFERRER),
        (Act.CASE_OPENED, Role.REFERRER),
    ]


def test_a_link_to_follow_outlives_the_longest_session_by_an_hour(stage: Stage, reference: str):
    token = follow(stage, reference)
    link = stage.services.links.locate(token, purpose=Purpose.FOLLOW, now=stage.clock())
    assert link.expires_at - stage.clock() == FOLLOW_LIFE
    with pytest.raises(errors.LinkExpired):
        stage.services.links.locate(token, purpose=Purpose.FOLLOW, now=link.expires_at)
    for key in (keys.link(link.digest), keys.code(link.digest)):
        item = stage.table.get(key)
        assert item
        assert item["expires_epoch"] > stage.clock().timestamp()


def test_a_reference_that_nobody_has_sends_nothing_and_is_forgotten(stage: Stage):
    follow(stage, UNKNOWN)
    stage.answer()
    assert stage.mailbox.emails == []
    assert not stage.services.asks.waiting(now=stage.clock() + timedelta(days=1), limit=9)


def test_an_erased_case_sends_nothing(stage: Stage, reference: str):
    stage.table.update(keys.case(reference), "SET #state = :erased", {":erased": "erased"})
    follow(stage, reference)
    sent = len(stage.mailbox.emails)
    stage.answer()
    assert len(stage.mailbox.emails) == sent


def asked(stage: Stage, reference: str) -> Counted:
    return lambda: follow(stage, reference) and None


def asked_again(stage: Stage, reference: str) -> Counted:
    token = follow(stage, reference)
    return lambda: code_again(stage, token)


def tried(stage: Stage, reference: str) -> Counted:
    token = follow(stage, reference)
    stage.answer()
    return lambda: [refused(stage, token, "not it") for _ in range(CODE_TRIES + 2)]


@pytest.mark.parametrize("prepare", [asked, asked_again, tried])
def test_a_known_and_an_unknown_reference_cost_the_same_calls(
    stage: Stage, prepare: Callable[[Stage, str], Counted]
):
    # Counting begins with a client, so it is asked for before any is made.
    faults = Faults(stage.services.clients.session)
    reference = stage.submit().reference
    seen = []
    for each in (reference, UNKNOWN):
        act = prepare(stage, each)
        with faults.counting() as calls:
            answer = act()
        seen.append((list(calls), answer))
    assert seen[0] == seen[1]
    assert seen[0][0]


def test_wrong_codes_are_answered_alike_before_and_after_the_real_one_came(
    stage: Stage, reference: str
):
    known, unknown = follow(stage, reference), follow(stage, UNKNOWN)
    before = [refused(stage, token) for token in (known, unknown)]
    stage.answer()
    wrong = wrong_for(codes(stage)[0])
    after = [[refused(stage, token, wrong) for _ in range(5)] for token in (known, unknown)]
    assert before == ["4 left"] * 2
    assert after == [["3 left", "2 left", "1 left", "ended", "ended"]] * 2


def test_both_codes_end_at_the_same_moment(stage: Stage, reference: str):
    known, unknown = follow(stage, reference), follow(stage, UNKNOWN)
    stage.clock.advance(timedelta(minutes=3))
    stage.answer()
    stage.clock.advance(CODE_LIFE - timedelta(minutes=3, seconds=1))
    wrong = wrong_for(codes(stage)[0])
    assert [refused(stage, token, wrong) for token in (known, unknown)] == ["4 left"] * 2
    stage.clock.advance(timedelta(seconds=1))
    assert [refused(stage, token, wrong) for token in (known, unknown)] == ["ended"] * 2


def test_a_guess_at_the_decoy_never_succeeds_and_leaves_the_real_code_its_other_tries(
    stage: Stage, reference: str
):
    token = follow(stage, reference)
    for _ in range(CODE_TRIES - 1):
        refused(stage, token)
    stage.answer()
    assert type_in(stage, token, codes(stage)[0])[1] == reference


def test_an_ask_is_answered_once_whoever_is_told_of_it(stage: Stage, reference: str):
    token = follow(stage, reference)
    (waiting,) = stage.services.asks.waiting(now=stage.clock(), limit=9)
    ask = stage.services.asks.claim(waiting.ask_id, now=stage.clock())
    assert ask
    assert stage.services.asks.claim(waiting.ask_id, now=stage.clock()) is None
    stage.services.links.fulfil(ask, now=stage.clock())
    with pytest.raises(errors.StaleVersion):
        stage.services.links.fulfil(ask, now=stage.clock())
    stage.answer()
    (code,) = codes(stage)
    assert type_in(stage, token, code)[1] == reference


def test_of_two_codes_asked_for_at_once_only_the_newer_is_sent(stage: Stage, reference: str):
    token = follow(stage, reference)
    stage.clock.advance(timedelta(seconds=5))
    code_again(stage, token)
    stage.answer()
    (code,) = codes(stage)
    assert type_in(stage, token, code)[1] == reference


def test_a_newer_code_ends_the_older_one_and_starts_its_tries_anew(stage: Stage, reference: str):
    token = follow(stage, reference)
    stage.answer()
    for _ in range(CODE_TRIES):
        refused(stage, token, wrong_for(codes(stage)[0]))
    stage.clock.advance(timedelta(minutes=1))
    code_again(stage, token)
    stage.answer()
    older, newer = codes(stage)
    assert refused(stage, token, older) == "4 left" or older == newer
    assert type_in(stage, token, newer)[1] == reference


@pytest.mark.parametrize("is_known", [True, False])
def test_a_sixth_code_within_the_hour_is_refused_whoever_would_get_it(
    stage: Stage, reference: str, is_known: bool
):
    token = follow(stage, reference if is_known else UNKNOWN)
    for _ in range(4):
        stage.clock.advance(timedelta(minutes=1))
        code_again(stage, token)
    with pytest.raises(errors.TooManyCodes):
        code_again(stage, token)


def test_what_is_answered_after_its_code_ended_sends_nothing(stage: Stage, reference: str):
    follow(stage, reference)
    stage.clock.advance(CODE_LIFE)
    stage.answer()
    assert codes(stage) == []


def test_one_mailbox_gets_ten_codes_an_hour_and_nobody_is_told(stage: Stage, reference: str):
    tokens = []
    for _ in range(11):
        tokens.append(follow(stage, reference))
        stage.answer()
    assert len(codes(stage)) == 10
    assert refused(stage, tokens[-1]) == "4 left"


def test_a_network_may_look_up_thirty_references_an_hour(stage: Stage):
    for _ in range(30):
        follow(stage, UNKNOWN, network=HOME)
    with pytest.raises(errors.TooOften):
        follow(stage, UNKNOWN, network=HOME)
    follow(stage, UNKNOWN, network="192.0.2.8")


def test_a_network_may_try_a_hundred_codes_an_hour(stage: Stage):
    token = follow(stage, UNKNOWN)
    for _ in range(100):
        with pytest.raises((errors.CodeWrong, errors.CodeExpired)):
            type_in(stage, token, "000000", network=HOME)
    with pytest.raises(errors.TooOften):
        type_in(stage, token, "000000", network=HOME)


def test_a_network_may_ask_for_sixty_codes_an_hour(stage: Stage):
    links = stage.services.links
    for _ in range(60):
        with pytest.raises(errors.LinkUnknown):
            links.send_code("x" * 32, network=HOME, now=stage.clock())
    with pytest.raises(errors.TooOften):
        links.send_code("x" * 32, network=HOME, now=stage.clock())


def test_an_ask_that_cannot_be_answered_is_given_up_after_an_hour(
    stage: Stage, reference: str, caplog: pytest.LogCaptureFixture
):
    token = follow(stage, reference)
    stage.clock.advance(timedelta(hours=1))
    jobs.answer_asks(stage.services)
    assert codes(stage) == []
    assert "ask lapsed" in caplog.messages
    assert not stage.services.asks.waiting(now=stage.clock() + timedelta(days=1), limit=9)
    assert stage.services.links.links.read(digest(token))[0]
