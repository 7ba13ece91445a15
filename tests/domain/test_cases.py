"""The states of a case: one test an arrow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.audit import Act, first_broken
from chalicelib.domain.cases import ARROWS, OPEN, Case, Document, Outcome, State, Step
from chalicelib.domain.people import Role

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
CASE = Case(
    reference="PR-22222222",
    case_id="c" * 32,
    version=0,
    state=State.AWAITING_DECISION,
    received_at=NOON,
    decision_due=date(2026, 12, 22),
    agency="Health",
    document=Document("key", "sha", 1),
)
FINAL = [outcome for outcome in Outcome if outcome is not Outcome.MORE_INFORMATION]


@pytest.mark.parametrize("state", [State.AWAITING_DECISION, State.AWAITING_INFORMATION])
@pytest.mark.parametrize("outcome", FINAL)
def test_a_final_outcome_decides_an_open_case(state: State, outcome: Outcome):
    case = replace(CASE, state=state)
    decided = case.decide(outcome, role=Role.DEPUTY, at=NOON, nonce="n")
    assert (decided.state, decided.outcome) == (State.DECIDED, outcome)
    assert (decided.decided_at, decided.decided_by, decided.nonce) == (NOON, Role.DEPUTY, "n")


@pytest.mark.parametrize("state", [State.AWAITING_DECISION, State.AWAITING_INFORMATION])
def test_asking_for_information_leaves_the_case_open(state: State):
    case = replace(CASE, state=state)
    asked = case.decide(Outcome.MORE_INFORMATION, role=Role.DECISION_MAKER, at=NOON, nonce="n")
    assert asked.state is State.AWAITING_INFORMATION
    assert asked.decided_at is None
    asked.ensure_open()


@pytest.mark.parametrize("state", OPEN)
def test_information_supplied_brings_the_case_back_to_its_decider(state: State):
    supplied = replace(CASE, state=state).supply()
    assert (supplied.state, supplied.supplied) == (State.AWAITING_DECISION, 1)
    assert supplied.supply().supplied == 2


@pytest.mark.parametrize("state", OPEN)
def test_an_open_case_is_withdrawn(state: State):
    withdrawn = replace(CASE, state=state).withdraw(at=NOON, nonce="n")
    assert (withdrawn.state, withdrawn.withdrawn_at) == (State.WITHDRAWN, NOON)
    assert withdrawn.nonce == "n"
    assert not withdrawn.is_open
    assert withdrawn.erase().state is State.ERASED


@pytest.mark.parametrize("move", [*Outcome, *Step])
@pytest.mark.parametrize("state", [state for state in State if state not in OPEN])
def test_no_arrow_leaves_a_case_that_is_not_open(state: State, move: Outcome | Step):
    assert (state, move) not in ARROWS


def test_every_open_state_has_an_arrow_for_every_move():
    assert set(ARROWS) == {(state, move) for state in OPEN for move in (*Outcome, *Step)}


def test_after_a_withdrawal_nothing_follows():
    withdrawn = CASE.withdraw(at=NOON, nonce="n")
    for act in (
        lambda: withdrawn.decide(Outcome.REVIEW, role=Role.DEPUTY, at=NOON, nonce="m"),
        lambda: withdrawn.withdraw(at=NOON, nonce="m"),
        lambda: withdrawn.pass_to(Role.DEPUTY),
        withdrawn.supply,
    ):
        with pytest.raises(errors.AlreadyWithdrawn) as caught:
            act()
        assert caught.value.at == NOON


def test_after_a_decision_nothing_is_supplied_or_withdrawn():
    decided = CASE.decide(Outcome.REVIEW, role=Role.DECISION_MAKER, at=NOON, nonce="n")
    with pytest.raises(errors.AlreadyDecided):
        decided.supply()
    with pytest.raises(errors.AlreadyDecided):
        decided.withdraw(at=NOON, nonce="m")


def test_an_open_case_is_not_erased():
    for state in OPEN:
        with pytest.raises(errors.Undecided):
            replace(CASE, state=state).erase()


@pytest.mark.parametrize("outcome", list(Outcome))
def test_no_arrow_leaves_a_decided_case(outcome: Outcome):
    assert (State.DECIDED, outcome) not in ARROWS
    decided = CASE.decide(Outcome.REVIEW, role=Role.DECISION_MAKER, at=NOON, nonce="n")
    with pytest.raises(errors.AlreadyDecided) as caught:
        decided.decide(outcome, role=Role.DEPUTY, at=NOON + timedelta(1), nonce="other")
    assert (caught.value.at, caught.value.role) == (NOON, Role.DECISION_MAKER)


def test_a_decided_case_is_not_passed_on():
    decided = CASE.decide(Outcome.REVIEW, role=Role.DECISION_MAKER, at=NOON, nonce="n")
    with pytest.raises(errors.AlreadyDecided):
        decided.pass_to(Role.DEPUTY)
    assert CASE.pass_to(Role.DEPUTY).decider is Role.DEPUTY


def test_what_is_recorded_extends_the_trail():
    case, first = CASE.record(Act.REFERRAL_SUBMITTED, role=Role.REFERRER, at=NOON)
    case, second = case.record(Act.LINK_ISSUED, role=Role.SERVICE, at=NOON, subject="abc")
    assert (case.events, case.last_digest) == (2, second.digest)
    assert first_broken([first, second]) is None
