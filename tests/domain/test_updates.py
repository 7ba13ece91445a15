"""The words in which a referrer follows their case, and what they may add to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.cases import Outcome, State
from chalicelib.domain.forms.parsing import Invalid, parse
from chalicelib.domain.people import Role
from chalicelib.domain.updates import (
    OUTCOMES,
    Standing,
    SupplyForm,
    WithdrawalForm,
    history,
    standing,
)
from tests.domain.test_cases import CASE, NOON

CHAIR = "Independent Chair"
TODAY = date(2026, 11, 24)


def words(found: Standing) -> str:
    return " ".join((found.heading, *found.next))


def test_a_case_that_waits_says_who_decides_and_by_when():
    found = standing(CASE, decider=CHAIR, today=TODAY)
    assert found.heading == "Waiting for a decision"
    assert "The Independent Chair reads your referral" in words(found)
    assert "due by 22 December 2026" in words(found)
    assert "You do not need to do anything now" in words(found)


@pytest.mark.parametrize("days, late", [(0, False), (1, True)])
def test_a_late_decision_is_said_to_be_late_from_the_day_after(days: int, late: bool):
    today = CASE.decision_due + timedelta(days)
    assert ("sorry that it is late" in words(standing(CASE, decider=CHAIR, today=today))) is late


def test_a_request_for_information_says_where_to_answer_it():
    asked = replace(CASE, state=State.AWAITING_INFORMATION)
    found = standing(asked, decider=CHAIR, today=TODAY)
    assert found.heading == "More information is needed"
    assert "answer it here" in words(found)
    assert "goes back to the Independent Chair" in words(found)


def test_a_withdrawn_case_says_that_nobody_will_decide():
    found = standing(CASE.withdraw(at=NOON, nonce="n"), decider=CHAIR, today=TODAY)
    assert found.heading == "You withdrew this referral"
    assert "Nobody will decide on it now" in words(found)


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.MORE_INFORMATION])
def test_a_decided_case_says_what_follows_and_not_why(outcome: Outcome):
    decided = CASE.decide(outcome, role=Role.DECISION_MAKER, at=NOON, nonce="n")
    found = standing(decided, decider=CHAIR, today=TODAY)
    assert found is OUTCOMES[outcome]
    assert len(found.next) == 2


def test_every_outcome_has_public_words_of_its_own():
    assert set(OUTCOMES) == set(Outcome)
    assert len({found.heading for found in OUTCOMES.values()}) == len(Outcome)


def test_the_history_of_a_case_is_told_in_its_order():
    case = replace(CASE, received_at=NOON).withdraw(at=NOON + timedelta(4), nonce="n")
    found = history(
        case,
        asked=[(NOON + timedelta(2), CHAIR)],
        supplied=[(NOON + timedelta(1), False), (NOON + timedelta(3), True)],
    )
    assert [moment.words for moment in found] == [
        "You sent the referral",
        "You added information",
        "The Independent Chair asked for more information",
        "You answered what was asked",
        "You withdrew the referral",
    ]


def test_the_history_ends_with_the_decision():
    case = CASE.decide(Outcome.REVIEW, role=Role.DEPUTY, at=NOON + timedelta(1), nonce="n")
    *_, last = history(case, asked=(), supplied=())
    assert last.words == "The decision was recorded"


@pytest.mark.parametrize(
    "form, name, message",
    [
        (SupplyForm, "information", "Enter what you want to tell us"),
        (WithdrawalForm, "reason", "Enter why you want to withdraw this referral"),
    ],
)
def test_words_must_be_given(form: type[SupplyForm | WithdrawalForm], name: str, message: str):
    for typed in ("", "  \r\n "):
        with pytest.raises(Invalid) as caught:
            parse(form, {name: [typed]}, today=TODAY)
        assert [problem.message for problem in caught.value.problems] == [message]
    assert getattr(parse(form, {name: ["Words"]}, today=TODAY), name) == "Words"
