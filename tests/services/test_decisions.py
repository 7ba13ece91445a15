"""The decision by emailed link, on the local AWS."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain import errors, links
from chalicelib.domain.cases import Outcome, State
from chalicelib.domain.messages import Kind
from chalicelib.domain.people import Role
from chalicelib.services.cases import rulings
from tests import factories
from tests import stage as stages
from tests.stage import REASON, Stage, ruling

pytestmark = pytest.mark.aws


@pytest.fixture
def referred(stage: Stage) -> Stage:
    """A stage on which one referral was sent and its mail delivered."""
    stage.submit()
    stage.deliver()
    return stage


def only_case(stage: Stage):
    (case,) = stage.services.cases.page().cases
    return case


def wrong_for(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def test_the_whole_referral_is_read_after_a_code(referred: Stage):
    link, session = referred.session()
    reading = referred.services.decisions.read(link, session, now=referred.clock())
    assert reading.referral.answers() == factories.answers_from()
    acts = [e.act.value for e in referred.services.cases.cases.trail(reading.case.reference)]
    assert acts[-2:] == ["code-sent", "case-opened"]


def test_without_a_session_nothing_is_read(referred: Stage):
    link = referred.link()
    for session in ("", "x" * 32):
        with pytest.raises(errors.SessionNeeded):
            referred.services.decisions.read(link, session, now=referred.clock())


def test_a_session_serves_its_own_link_only(stage: Stage):
    stage.submit()
    stage.deliver()
    _, session = stage.session()
    stage.submit()
    stage.deliver()
    with pytest.raises(errors.SessionNeeded):
        stage.services.decisions.read(stage.link(), session, now=stage.clock())


def test_a_link_that_was_never_issued_is_unknown(referred: Stage):
    with pytest.raises(errors.LinkUnknown):
        referred.services.links.locate("x" * 32, now=referred.clock())


def test_a_code_works_once(referred: Stage):
    code = referred.code()
    referred.services.links.open_session(referred.link(), code, now=referred.clock())
    with pytest.raises(errors.CodeExpired):
        referred.services.links.open_session(referred.link(), code, now=referred.clock())


def test_a_code_works_for_ten_minutes(referred: Stage):
    code = referred.code()
    referred.clock.advance(links.CODE_LIFE)
    with pytest.raises(errors.CodeExpired):
        referred.services.links.open_session(referred.link(), code, now=referred.clock())


def test_a_newer_code_ends_the_older_one(referred: Stage):
    first = referred.code()
    referred.clock.advance(timedelta(minutes=1))
    second = referred.code()
    assert first != second
    with pytest.raises(errors.CodeWrong):
        referred.services.links.open_session(referred.link(), first, now=referred.clock())
    referred.services.links.open_session(referred.link(), second, now=referred.clock())


def test_five_tries_end_a_code_even_for_the_right_one(referred: Stage):
    code = referred.code()
    wrong = wrong_for(code)
    left = []
    for _ in range(4):
        with pytest.raises(errors.CodeWrong) as caught:
            referred.services.links.open_session(referred.link(), wrong, now=referred.clock())
        left.append(caught.value.tries_left)
    assert left == [4, 3, 2, 1]
    for typed in (wrong, code):
        with pytest.raises(errors.CodeExpired):
            referred.services.links.open_session(referred.link(), typed, now=referred.clock())


def test_guesses_at_the_same_time_all_count(referred: Stage):
    code = referred.code()
    link, wrong = referred.link(), wrong_for(code)

    def guess(_: int) -> str:
        try:
            referred.services.links.open_session(link, wrong, now=referred.clock())
        except errors.ServiceError as error:
            return type(error).__name__
        return "opened"

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(guess, range(16)))
    assert results.count("CodeWrong") == 4
    assert results.count("CodeExpired") == 12


def test_the_right_code_typed_in_many_tabs_opens_one_session(referred: Stage):
    code, link = referred.code(), referred.link()

    def open_(_: int) -> bool:
        try:
            referred.services.links.open_session(link, code, now=referred.clock())
        except errors.CodeExpired:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(open_, range(4))).count(True) == 1


def test_a_sixth_code_within_the_hour_is_not_sent(referred: Stage):
    for _ in range(5):
        referred.services.links.send_code(referred.link(), now=referred.clock())
    with pytest.raises(errors.TooManyCodes):
        referred.services.links.send_code(referred.link(), now=referred.clock())
    referred.clock.advance(timedelta(hours=1))
    referred.services.links.send_code(referred.link(), now=referred.clock())


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.MORE_INFORMATION])
def test_a_decision_is_recorded_and_told(referred: Stage, outcome: Outcome):
    link, session, nonce = referred.pending(outcome)
    referred.services.decisions.confirm(link, session, nonce, now=referred.clock())
    referred.deliver()
    case = only_case(referred)
    assert (case.state, case.outcome) == (State.DECIDED, outcome)
    assert (case.decided_by, case.decided_at) == (Role.DECISION_MAKER, referred.clock())
    sent = referred.sent(case.reference)
    assert sent[Kind.OUTCOME] == ["sent"]
    assert sent[Kind.DECISION_RECORDED] == ["sent", "sent"]
    assert referred.services.cases.first_broken_event(case.reference) is None
    for email in referred.mailbox.emails:
        assert REASON not in email.text + email.html + email.subject


def test_the_reason_is_sealed_and_opens_under_the_case(referred: Stage):
    link, session, nonce = referred.pending()
    referred.services.decisions.confirm(link, session, nonce, now=referred.clock())
    reference = only_case(referred).reference
    (stored,) = referred.services.cases.cases.rulings(reference)
    assert REASON.encode() not in stored.sealed
    decisions = referred.services.decisions
    file = decisions.cases.read(reference)
    key = decisions.vault.open_key(file.key.case_id, file.key.wrapped)
    ((_, form),) = rulings(decisions.cases, reference, key)
    assert form.reason == REASON


def test_the_same_nonce_again_gives_the_same_answer(referred: Stage):
    link, session, nonce = referred.pending()
    confirm = referred.services.decisions.confirm
    first = confirm(link, session, nonce, now=referred.clock())
    again = confirm(link, session, nonce, now=referred.clock.advance(timedelta(minutes=1)))
    assert (first.decided_at, first.outcome) == (again.decided_at, again.outcome)
    assert len(referred.services.cases.cases.rulings(first.reference)) == 1


def test_any_other_decision_is_told_when_and_by_which_role(referred: Stage):
    link, session, nonce = referred.pending()
    confirm = referred.services.decisions.confirm
    confirm(link, session, nonce, now=referred.clock())
    with pytest.raises(errors.AlreadyDecided) as caught:
        confirm(link, session, "another-nonce", now=referred.clock())
    assert (caught.value.at, caught.value.role) == (referred.clock(), Role.DECISION_MAKER)


def test_words_changed_after_the_check_are_not_confirmed(referred: Stage):
    link, session, nonce = referred.pending()
    decisions = referred.services.decisions
    decisions.write(link, session, ruling(Outcome.NO_REVIEW), now=referred.clock())
    with pytest.raises(errors.WordsChanged):
        decisions.confirm(link, session, nonce, now=referred.clock())
    assert only_case(referred).decided_at is None


def test_32_concurrent_decisions_give_one_winner(referred: Stage):
    """In 32 tabs of one session, 32 rulings are written and confirmed at the same time."""
    link, session = referred.session()
    decisions = referred.services.decisions
    decisions.declare_no_conflict(link, session, now=referred.clock())
    final = [outcome for outcome in Outcome if outcome is not Outcome.MORE_INFORMATION]

    def decide(number: int) -> Outcome | str:
        outcome = final[number % len(final)]
        try:
            decisions.write(link, session, ruling(outcome), now=referred.clock())
            nonce = decisions.pending(link, session, now=referred.clock()).nonce
            return decisions.confirm(link, session, nonce, now=referred.clock()).outcome or ""
        except errors.ServiceError as error:
            return type(error).__name__

    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(decide, range(32)))
    case = only_case(referred)
    (stored,) = decisions.cases.rulings(case.reference)
    # Two tabs may have read the same nonce: then both are told of the one decision.
    told = {result for result in results if isinstance(result, Outcome)}
    assert told == {stored.outcome} == {case.outcome}
    losers = {result for result in results if not isinstance(result, Outcome)}
    assert losers <= {"AlreadyDecided", "LinkSpent", "WordsChanged"}
    assert_decided_once(referred)


def test_one_decision_confirmed_32_times_at_once_is_one_decision(referred: Stage):
    link, session, nonce = referred.pending()
    decisions = referred.services.decisions

    def confirm(number: int) -> str:
        given = nonce if number % 2 else f"other-{number}"
        try:
            decisions.confirm(link, session, given, now=referred.clock())
        except errors.ServiceError as error:
            return type(error).__name__
        return "decided"

    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(confirm, range(32)))
    assert results.count("decided") == 16
    assert_decided_once(referred)


def assert_decided_once(stage: Stage) -> None:
    case = only_case(stage)
    sent = stage.sent(case.reference)
    assert (len(sent[Kind.OUTCOME]), len(sent[Kind.DECISION_RECORDED])) == (1, 2)
    acts = [e.act.value for e in stage.services.cases.cases.trail(case.reference)]
    assert acts.count("decision-recorded") == 1
    assert stage.services.cases.first_broken_event(case.reference) is None


def test_asking_for_information_keeps_the_link_and_the_case_open(referred: Stage):
    link, session, nonce = referred.pending(Outcome.MORE_INFORMATION)
    decisions = referred.services.decisions
    decisions.confirm(link, session, nonce, now=referred.clock())
    referred.deliver()
    case = only_case(referred)
    assert case.state is State.AWAITING_INFORMATION
    assert referred.sent(case.reference)[Kind.INFORMATION_NEEDED] == ["sent"]
    reading = decisions.read(link, session, now=referred.clock())
    ((stored, form),) = reading.requests
    assert (stored.role, form.information) == (Role.DECISION_MAKER, "The school's log.")
    decisions.write(link, session, ruling(Outcome.REVIEW), now=referred.clock())
    nonce = decisions.pending(link, session, now=referred.clock()).nonce
    assert decisions.confirm(link, session, nonce, now=referred.clock()).state is State.DECIDED


def test_a_conflict_passes_the_case_to_the_deputy(referred: Stage):
    link, session = referred.session()
    decisions = referred.services.decisions
    decisions.step_aside(link, session, now=referred.clock())
    decisions.step_aside(link, session, now=referred.clock())
    with pytest.raises(errors.LinkSpent):
        decisions.read(link, session, now=referred.clock())
    referred.deliver()
    assert only_case(referred).decider is Role.DEPUTY
    assert referred.sent(only_case(referred).reference)[Kind.CONFLICT_DECLARED] == ["sent"]
    deputy_link, deputy_session, nonce = referred.pending(role="deputy")
    decided = decisions.confirm(deputy_link, deputy_session, nonce, now=referred.clock())
    assert decided.decided_by is Role.DEPUTY


def test_the_one_who_stepped_aside_cannot_decide(referred: Stage):
    link, session, nonce = referred.pending()
    referred.services.decisions.step_aside(link, session, now=referred.clock())
    with pytest.raises(errors.LinkSpent):
        referred.services.decisions.confirm(link, session, nonce, now=referred.clock())
    assert only_case(referred).decided_at is None


def test_without_a_deputy_a_conflict_is_told_to_the_office(aws: dict[str, str]):
    stage = stages.build(aws, DEPUTY_EMAIL="", DEPUTY_NAME="")
    stage.submit()
    stage.deliver()
    link, session = stage.session()
    stage.services.decisions.step_aside(link, session, now=stage.clock())
    stage.deliver()
    case = only_case(stage)
    assert (case.decider, case.decided_at) == (Role.OFFICE, None)
    assert stage.sent(case.reference)[Kind.CONFLICT_DECLARED] == ["sent"]


def test_an_expired_link_is_asked_for_again(referred: Stage):
    old = referred.link()
    referred.clock.advance(timedelta(days=28))
    with pytest.raises(errors.LinkExpired):
        referred.services.links.locate(old, now=referred.clock())
    referred.services.links.renew(old, now=referred.clock())
    with pytest.raises(errors.LinkSuperseded):
        referred.services.links.renew(old, now=referred.clock())
    referred.deliver()
    assert referred.link() != old
    referred.services.links.locate(referred.link(), now=referred.clock())


def test_a_live_link_is_not_replaced_when_it_is_asked_for_again(referred: Stage):
    before = len(referred.services.cases.cases.messages(only_case(referred).reference))
    referred.services.links.renew(referred.link(), now=referred.clock())
    referred.services.links.locate(referred.link(), now=referred.clock())
    after = len(referred.services.cases.cases.messages(only_case(referred).reference))
    assert before == after


def test_a_spent_link_says_when_it_was_decided_and_by_which_role(referred: Stage):
    link, session, nonce = referred.pending()
    referred.services.decisions.confirm(link, session, nonce, now=referred.clock())
    with pytest.raises(errors.LinkSpent) as caught:
        referred.services.links.locate(link, now=referred.clock())
    assert caught.value.decided_at == referred.clock()
    assert caught.value.decided_by == "Independent Chair"


def test_a_session_ends_when_nobody_uses_it(referred: Stage):
    link, session = referred.session()
    referred.clock.advance(links.SESSION_IDLE - timedelta(minutes=1))
    referred.services.decisions.read(link, session, now=referred.clock())
    referred.clock.advance(links.SESSION_IDLE - timedelta(minutes=1))
    referred.services.decisions.read(link, session, now=referred.clock())
    referred.clock.advance(links.SESSION_IDLE)
    with pytest.raises(errors.SessionNeeded):
        referred.services.decisions.read(link, session, now=referred.clock())


def test_a_swapped_or_replayed_seal_is_refused(stage: Stage):
    """What one case sealed opens in no other case, place or version."""
    first, second = stage.submit(), stage.submit()
    cases, vault = stage.services.cases.cases, stage.services.decisions.vault
    one, other = cases.read(first.reference), cases.read(second.reference)
    key = vault.open_key(one.key.case_id, one.key.wrapped)
    sealed = stage.services.decisions.documents.get(one.case.document)
    for place in ("document/other/1", f"document/{one.case.case_id}/2", "letter/x/1"):
        with pytest.raises(errors.Tampered):
            key.unseal(place, sealed)
    with pytest.raises(errors.Tampered):
        vault.open_key(other.key.case_id, one.key.wrapped)
    with pytest.raises(errors.Tampered):
        stage.services.decisions.documents.get(replace(one.case.document, sha256="0" * 64))
