"""What a referrer can do after sending, and the words in which they follow their case.

Every state and outcome has its public words here, for the referrer's page and for the e-mails.
None says why a decision was made: that is told by people, not by pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from chalicelib.domain.calendar import write_date
from chalicelib.domain.cases import Case, Outcome, State
from chalicelib.domain.forms.questions import Ask, Question
from chalicelib.domain.forms.texts import FreeText, LongText


class SupplyForm(Question):
    """Information that the referrer supplies after sending, asked for or not."""

    information: Annotated[
        LongText,
        Ask(
            "What do you want to tell us?",
            empty="Enter what you want to tell us",
            subject="What you want to tell us",
            row="Information",
            hint="Write facts, and say how you know them. If you add files, say what they are.",
        ),
    ]


class WithdrawalForm(Question):
    """Why the referrer takes the referral back."""

    reason: Annotated[
        FreeText,
        Ask(
            "Why do you want to withdraw this referral?",
            empty="Enter why you want to withdraw this referral",
            subject="Your reason",
            row="Your reason",
            hint="The office keeps your reason with the case. Our emails do not repeat it.",
        ),
    ]


class Writing(StrEnum):
    """What a referrer may write after sending. The value is the address of its page."""

    INFORMATION = "information"
    WITHDRAWAL = "withdraw"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands, in public words: a heading, and what happens next."""

    heading: str
    next: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a case's public history."""

    at: datetime
    words: str


OUTCOMES: dict[Outcome, Standing] = {
    Outcome.REVIEW: Standing(
        "A local child safeguarding practice review will start",
        (
            "The partnership plans the review and chooses somebody to lead it. The office will "
            "contact you about your agency’s part in it.",
            "Keep your agency’s files on the child and the family safe. The review may need them.",
        ),
    ),
    Outcome.LEARNING_REVIEW: Standing(
        "A multi-agency learning review will start",
        (
            "The criteria for a local child safeguarding practice review are not met, and agencies "
            "can still learn from the case together. The office will tell you when they meet and "
            "how you can take part.",
            "Keep your agency’s files on the child and the family safe. The review may need them.",
        ),
    ),
    Outcome.OTHER_ACTION: Standing(
        "No review will start, and other action will be taken",
        (
            "The partnership arranges the action. The office will contact you if you or your "
            "agency have a part in it.",
            "Keep following your agency’s own procedures for the child and the family.",
        ),
    ),
    Outcome.NO_REVIEW: Standing(
        "No review will start",
        (
            "The partnership takes no further action on this referral. You do not need to do "
            "anything.",
            "If something new comes to light, you can refer the case again.",
        ),
    ),
    Outcome.MORE_INFORMATION: Standing(
        "More information is needed",
        ("You can read what is needed on this page, and answer it here.",),
    ),
}


def standing(case: Case, *, decider: str, today: date) -> Standing:
    """Where ``case`` stands for its referrer; ``decider`` is how pages name who decides."""
    if case.state is State.AWAITING_DECISION:
        return Standing("Waiting for a decision", _until_decided(case, decider, today))
    if case.state is State.AWAITING_INFORMATION:
        return Standing(
            OUTCOMES[Outcome.MORE_INFORMATION].heading,
            (
                *OUTCOMES[Outcome.MORE_INFORMATION].next,
                f"When you have answered, the case goes back to the {decider}, who then decides.",
            ),
        )
    if case.state is State.WITHDRAWN:
        return Standing(
            "You withdrew this referral",
            (
                f"We have told the office and the {decider}. Nobody will decide on it now.",
                "If you change your mind, you can refer the case again.",
            ),
        )
    assert case.outcome is not None  # noqa: S101 - a decided case has one, an erased one no reader
    return OUTCOMES[case.outcome]


def _until_decided(case: Case, decider: str, today: date) -> tuple[str, ...]:
    due = write_date(case.decision_due)
    reading = f"The {decider} reads your referral and decides what should happen."
    if today > case.decision_due:
        return (
            reading,
            f"The decision was due by {due}. We are sorry that it is late. You can phone the "
            "office to ask about it.",
        )
    return (
        f"{reading} The decision is due by {due}.",
        "You do not need to do anything now. We will email you when there is news.",
    )


def history(
    case: Case, *, asked: Iterable[tuple[datetime, str]], supplied: Iterable[tuple[datetime, bool]]
) -> tuple[Moment, ...]:
    """What happened to a case, the oldest first.

    ``asked`` are the requests for information with the label of whoever asked; ``supplied`` what
    the referrer supplied, with whether it had been asked for.
    """
    moments = [
        Moment(case.received_at, "You sent the referral"),
        *(Moment(at, f"The {label} asked for more information") for at, label in asked),
        *(
            Moment(at, "You answered what was asked" if was_asked else "You added information")
            for at, was_asked in supplied
        ),
    ]
    if case.withdrawn_at:
        moments.append(Moment(case.withdrawn_at, "You withdrew the referral"))
    if case.decided_at:
        moments.append(Moment(case.decided_at, "The decision was recorded"))
    return tuple(sorted(moments, key=lambda moment: moment.at))
