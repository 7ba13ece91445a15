"""What a referrer does after sending, on the local AWS."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.audit import Act
from chalicelib.domain.cases import Outcome, State
from chalicelib.domain.messages import Kind
from chalicelib.domain.updates import Writing
from tests import factories
from tests.followers import REASON, WORDS, Follower, ask, decide, follower
from tests.stage import Stage, ruling

pytestmark = pytest.mark.aws

CHAIR = "decision_maker"


@pytest.fixture
def referrer(stage: Stage) -> Follower:
    reference = stage.submit().reference
    stage.deliver()
    return follower(stage, reference)


def refuses(act: Callable[[], object], error: type[errors.ServiceError]) -> bool:
    try:
        act()
    except error:
        return True
    return False


def test_a_referrer_reads_where_the_case_stands(referrer: Follower):
    following = referrer.read()
    assert following.case.state is State.AWAITING_DECISION
    assert (following.requests, following.supplied) == ((), ())


def test_what_was_asked_is_read_and_the_answer_brings_the_case_back(referrer: Follower):
    link, session = ask(referrer)
    ((asked, form),) = referrer.read().requests
    assert form.information == "The school's log."

    referrer.supply()
    (supplied,) = referrer.read().supplied
    assert (supplied.words, supplied.answers, supplied.number) == (WORDS, asked.number, 1)
    assert referrer.case.state is State.AWAITING_DECISION
    assert referrer.acts[-1] is Act.INFORMATION_SUPPLIED
    now = referrer.stage.clock()
    reading = referrer.stage.services.decisions.read(link, session, now=now)
    assert [each.words for each in reading.supplied] == [WORDS]
    assert [each.number for each, _ in reading.requests] == [asked.number]


def test_information_is_added_unasked_before_a_decision(referrer: Follower):
    referrer.supply("First.")
    referrer.supply("Second.")
    found = [(each.number, each.words, each.answers) for each in referrer.read().supplied]
    assert found == [(1, "First.", 0), (2, "Second.", 0)]
    assert referrer.case.state is State.AWAITING_DECISION
    assert referrer.acts[-2:] == [Act.INFORMATION_ADDED] * 2
    assert referrer.stage.services.cases.first_broken_event(referrer.reference) is None


def test_decider_and_office_are_told_and_nobody_is_told_what(referrer: Follower):
    stage = referrer.stage
    before = stage.link()
    referrer.supply()
    stage.deliver()
    assert stage.link() == before
    sent = stage.sent(referrer.reference)
    assert sent[Kind.INFORMATION_SUPPLIED] == sent[Kind.UPDATE_RECEIVED] == ["sent"]
    (told,) = stage.mailbox.to(stage.person(CHAIR), subject="added information")
    assert f"/decisions/{before}" in told.text
    for email in stage.mailbox.emails:
        assert WORDS not in email.text + email.html + email.subject


def test_a_decider_whose_link_is_past_its_date_gets_a_new_one(referrer: Follower):
    stage = referrer.stage
    old = stage.link()
    stage.clock.advance(timedelta(days=28))
    late = follower(stage, referrer.reference)
    late.supply()
    stage.deliver()
    assert stage.link() != old
    stage.services.links.locate(stage.link(), now=stage.clock())
    with pytest.raises(errors.LinkSuperseded):
        stage.services.links.locate(old, now=stage.clock())
    assert referrer.acts[-2:] == [Act.INFORMATION_ADDED, Act.LINK_ISSUED]


def test_where_nobody_holds_a_link_the_office_alone_is_told(referrer: Follower):
    stage = referrer.stage
    stage.services.links.revoke(referrer.reference, operator="op", now=stage.clock())
    referrer.supply()
    stage.deliver()
    sent = stage.sent(referrer.reference)
    assert sent[Kind.UPDATE_RECEIVED] == ["sent"]
    assert Kind.INFORMATION_SUPPLIED not in sent
    (told,) = stage.mailbox.to(stage.person("office"), subject="added information")
    assert "Nobody holds a working link" in told.text


def test_the_same_nonce_supplies_once(referrer: Follower):
    for _ in range(3):
        referrer.supply(nonce="one")
    assert referrer.case.supplied == 1
    assert len(referrer.read().supplied) == 1


def test_a_double_click_at_the_same_moment_supplies_once(referrer: Follower):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: referrer.supply(nonce="one"), range(6)))
    assert len(referrer.read().supplied) == 1
    assert len(referrer.stage.sent(referrer.reference)[Kind.UPDATE_RECEIVED]) == 1


def test_a_late_retry_gives_the_same_answer_even_after_the_decision(referrer: Follower):
    referrer.supply(nonce="one")
    decide(referrer)
    assert referrer.supply(nonce="one").supplied == 1
    with pytest.raises(errors.AlreadyDecided):
        referrer.supply(nonce="two")


def test_a_withdrawal_ends_the_case_and_the_deciders_link(referrer: Follower):
    stage = referrer.stage
    link, session, nonce = stage.pending()
    referrer.withdraw()
    assert (referrer.case.state, referrer.case.withdrawn_at) == (State.WITHDRAWN, stage.clock())
    assert referrer.acts[-1] is Act.REFERRAL_WITHDRAWN
    now, decisions = stage.clock(), stage.services.decisions
    for act in (
        lambda: stage.services.links.locate(link, now=now),
        lambda: decisions.read(link, session, now=now),
        lambda: decisions.confirm(link, session, nonce, now=now),
        lambda: decisions.write(link, session, ruling(Outcome.REVIEW), now=now),
        lambda: decisions.step_aside(link, session, now=now),
        lambda: stage.services.links.reissue(referrer.reference, operator="op", now=now),
    ):
        assert refuses(act, errors.AlreadyWithdrawn)


def test_office_and_decider_are_told_of_a_withdrawal_and_nobody_is_told_why(referrer: Follower):
    stage = referrer.stage
    referrer.withdraw()
    stage.clock.advance(timedelta(days=30))
    stage.deliver()
    sent = stage.sent(referrer.reference)
    assert sent[Kind.REFERRAL_WITHDRAWN] == ["sent", "sent"]
    assert sent[Kind.DECISION_WAITING] == ["lapsed"]
    for person in (CHAIR, "office"):
        assert len(stage.mailbox.to(stage.person(person), subject="was withdrawn")) == 1
    for email in stage.mailbox.emails:
        assert REASON not in email.text + email.html + email.subject


def test_the_reason_is_kept_sealed_beside_its_event(referrer: Follower):
    referrer.withdraw()
    cases = referrer.stage.services.cases
    (kept,) = cases.cases.reasons(referrer.reference)
    assert REASON.encode() not in kept.sealed
    opened = cases.unseal(
        referrer.reference, reason="Asked by the office", operator="op", now=referrer.stage.clock()
    )
    assert opened.reasons[kept.number] == REASON


def test_withdrawing_again_is_the_same_withdrawal_or_refused(referrer: Follower):
    referrer.withdraw(nonce="one")
    referrer.withdraw(nonce="one")
    assert referrer.acts.count(Act.REFERRAL_WITHDRAWN) == 1
    with pytest.raises(errors.AlreadyWithdrawn):
        referrer.withdraw(nonce="two")
    with pytest.raises(errors.AlreadyWithdrawn):
        referrer.supply()


def test_after_the_decision_nothing_is_added_or_withdrawn(referrer: Follower):
    decide(referrer)
    for act in (referrer.supply, referrer.withdraw):
        with pytest.raises(errors.AlreadyDecided):
            act()
    assert referrer.read().case.outcome is Outcome.REVIEW


def test_what_was_typed_is_kept_until_it_is_sent(referrer: Follower):
    now = referrer.stage.clock()
    tokens = (referrer.token, referrer.session)
    for writing in Writing:
        begun = referrer.updates.begin(*tokens, writing, now=now)
        assert begun.words == ""
        referrer.updates.keep(*tokens, writing, f"Half of {writing}", nonce=begun.nonce, now=now)
        again = referrer.updates.begin(*tokens, writing, now=now)
        assert (again.words, again.nonce) == (f"Half of {writing}", begun.nonce)
    referrer.supply(nonce=begun.nonce)
    assert referrer.updates.begin(*tokens, Writing.INFORMATION, now=now).words == ""
    assert referrer.updates.begin(*tokens, Writing.WITHDRAWAL, now=now).words == "Half of withdraw"


def test_words_that_were_not_sent_are_forgotten_with_time(referrer: Follower):
    now = referrer.stage.clock()
    tokens, writing = (referrer.token, referrer.session), Writing.INFORMATION
    referrer.updates.keep(*tokens, writing, "Half", nonce="one", now=now)
    referrer.stage.clock.advance(timedelta(days=30))
    late = follower(referrer.stage, referrer.reference)
    begun = referrer.updates.begin(late.token, late.session, writing, now=referrer.stage.clock())
    assert (begun.words, begun.nonce == "one") == ("", False)


def test_no_form_is_begun_or_kept_after_the_end(referrer: Follower):
    referrer.withdraw()
    now, tokens = referrer.stage.clock(), (referrer.token, referrer.session)
    for writing in Writing:
        with pytest.raises(errors.AlreadyWithdrawn):
            referrer.updates.begin(*tokens, writing, now=now)
        with pytest.raises(errors.AlreadyWithdrawn):
            referrer.updates.keep(*tokens, writing, "Half", nonce="one", now=now)


def race(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    def run(act: Callable[[], object]) -> str:
        try:
            act()
        except errors.ServiceError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(run, (first, second)))


@pytest.mark.parametrize("_", range(3))
def test_supplying_and_deciding_at_once_never_decides_over_unseen_words(referrer: Follower, _: int):
    stage = referrer.stage
    link, session, nonce = stage.pending()

    def confirm() -> None:
        stage.services.decisions.confirm(link, session, nonce, now=stage.clock())

    supplied, confirmed = race(referrer.supply, confirm)
    assert (supplied, confirmed) in {("done", "InformationAdded"), ("AlreadyDecided", "done")}
    assert referrer.case.supplied == (1 if supplied == "done" else 0)


@pytest.mark.parametrize("_", range(3))
def test_withdrawing_and_deciding_at_once_gives_one_end(referrer: Follower, _: int):
    stage = referrer.stage
    link, session, nonce = stage.pending()

    def confirm() -> None:
        stage.services.decisions.confirm(link, session, nonce, now=stage.clock())

    results = race(referrer.withdraw, confirm)
    assert results in (["done", "AlreadyWithdrawn"], ["AlreadyDecided", "done"])
    assert referrer.case.is_open is False
    assert stage.services.cases.first_broken_event(referrer.reference) is None


def test_supplying_and_withdrawing_at_once_loses_nothing(referrer: Follower):
    supplied, withdrawn = race(referrer.supply, referrer.withdraw)
    assert withdrawn == "done"
    assert supplied in ("done", "AlreadyWithdrawn")
    assert referrer.case.state is State.WITHDRAWN
    assert len(referrer.read().supplied) == referrer.case.supplied


def test_a_ruling_written_before_information_came_is_not_confirmed_unseen(referrer: Follower):
    stage = referrer.stage
    link, session, nonce = stage.pending()
    decisions, now = stage.services.decisions, stage.clock()
    referrer.supply()
    with pytest.raises(errors.InformationAdded):
        decisions.confirm(link, session, nonce, now=now)
    draft = decisions.pending(link, session, now=now)
    assert [each.words for each in draft.added] == [WORDS]
    assert draft.form == ruling(Outcome.REVIEW)
    decided = decisions.confirm(link, session, nonce, seen=draft.case.supplied, now=now)
    assert decided.state is State.DECIDED


def test_words_begun_before_information_came_are_known_to_be_older(referrer: Follower):
    stage = referrer.stage
    link, session = stage.session()
    decisions, now = stage.services.decisions, stage.clock()
    decisions.declare_no_conflict(link, session, now=now)
    seen = decisions.pending(link, session, now=now).seen
    referrer.supply()
    decisions.write(link, session, ruling(Outcome.REVIEW), seen=seen, now=now)
    draft = decisions.pending(link, session, now=now)
    assert [each.number for each in draft.added] == [1]
    with pytest.raises(errors.InformationAdded):
        decisions.confirm(link, session, draft.nonce, now=now)


def test_what_was_written_can_be_read_after_a_withdrawal_while_the_session_lasts(
    referrer: Follower,
):
    stage = referrer.stage
    link, session, _ = stage.pending()
    referrer.withdraw()
    decisions = stage.services.decisions
    draft = decisions.pending(link, session, now=stage.clock(), ended=True)
    assert draft.form == ruling(Outcome.REVIEW)


def test_the_copy_is_all_that_was_sent_and_reading_it_stands_on_the_trail_once(
    referrer: Follower,
):
    referrer.supply()
    for _ in range(2):
        copy = referrer.copy()
    assert copy.referral.answers() == factories.answers_from()
    assert [each.words for each in copy.following.supplied] == [WORDS]
    assert referrer.acts.count(Act.COPY_READ) == 1
    other = follower(referrer.stage, referrer.reference)
    other.copy()
    assert referrer.acts.count(Act.COPY_READ) == 2
    assert referrer.stage.services.cases.first_broken_event(referrer.reference) is None


def test_without_a_session_nothing_is_read_or_done(referrer: Follower):
    referrer.session = "x" * 32
    for act in (referrer.read, referrer.copy, referrer.supply, referrer.withdraw):
        with pytest.raises(errors.SessionNeeded):
            act()
    assert referrer.case.is_open
    assert referrer.case.supplied == 0


def test_a_deciders_session_opens_no_page_of_the_referrer(referrer: Follower):
    link, session = referrer.stage.session()
    with pytest.raises(errors.LinkUnknown):
        referrer.updates.read(link, session, now=referrer.stage.clock())


def test_whoever_leaves_has_no_session_any_more(referrer: Follower):
    now = referrer.stage.clock()
    for _ in range(2):
        referrer.updates.leave(referrer.token, referrer.session, now=now)
    referrer.updates.leave("x" * 32, referrer.session, now=now)
    with pytest.raises(errors.SessionNeeded):
        referrer.read()
