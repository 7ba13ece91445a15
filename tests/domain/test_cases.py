"""The states of a case: one test an arrow."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.audit import Act, first_broken
from chalicelib.domain.cases import ARROWS, Case, Document, Outcome, State
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
    asked.ensure_undecided()


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
