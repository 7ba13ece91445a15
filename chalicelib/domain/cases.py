"""A case: what a referral becomes, the states it moves through, and its trail.

The state is closed and every move is one arrow of ``ARROWS``. What a case holds here is plain and
never personal; the referral itself is a sealed document that ``document`` points to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain import audit, errors
from chalicelib.domain.forms.questions import Choice
from chalicelib.domain.people import Role


class State(StrEnum):
    """Where a case stands."""

    AWAITING_DECISION = "awaiting-decision"
    AWAITING_INFORMATION = "awaiting-information"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class Step(StrEnum):
    """What the referrer may do to an open case."""

    SUPPLY = "supply"
    WITHDRAW = "withdraw"


class Disposal(StrEnum):
    """Why a case may be erased. Closed and plain: it outlives whatever was sealed."""

    RETENTION_ENDED = "retention-ended"
    ERASURE_REQUEST = "erasure-request"
    COURT_ORDER = "court-order"
    NOT_A_REFERRAL = "not-a-referral"


class Outcome(Choice):
    """What a decision-maker may conclude. MORE_INFORMATION decides nothing yet."""

    REVIEW = (
        "review",
        "Start a local child safeguarding practice review",
        "The criteria are met, and a review could find improvements to make.",
    )
    LEARNING_REVIEW = (
        "learning-review",
        "Start a multi-agency learning review",
        "The criteria are not met, and agencies could still learn from the case together.",
    )
    OTHER_ACTION = ("other-action", "Other action", "You will be asked which.")
    NO_REVIEW = ("no-review", "No review", "No review and no other action by the partnership.")
    MORE_INFORMATION = (
        "more-information",
        "More information is needed before I can decide",
        "You will be asked what. The case stays open and this link keeps working.",
    )


OPEN = (State.AWAITING_DECISION, State.AWAITING_INFORMATION)

ARROWS: dict[tuple[State, Outcome | Step], State] = {
    **{
        (state, outcome): State.AWAITING_INFORMATION
        if outcome is Outcome.MORE_INFORMATION
        else State.DECIDED
        for state in OPEN
        for outcome in Outcome
    },
    **{(state, Step.SUPPLY): State.AWAITING_DECISION for state in OPEN},
    **{(state, Step.WITHDRAW): State.WITHDRAWN for state in OPEN},
}


@dataclass(frozen=True)
class Document:
    """Where the sealed referral lies: object key, SHA-256 of the sealed bytes, their number."""

    key: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Case:
    """One case. ``version`` counts its writes; ``events`` and ``last_digest`` end its trail.

    ``nonce`` names the ruling or the withdrawal that was recorded last, so that sending it again is
    known. ``supplied`` counts what the referrer supplied after sending. ``link`` is the digest of
    the link that was issued last; ``held_at`` is set while a legal hold keeps the case from being
    erased. ``is_test`` marks an automatic check's, which is about nobody.
    """

    reference: str
    case_id: str
    version: int
    state: State
    received_at: datetime
    decision_due: date
    agency: str
    document: Document
    decider: Role = Role.DECISION_MAKER
    events: int = 0
    last_digest: str = audit.BEFORE_THE_FIRST
    outcome: Outcome | None = None
    decided_at: datetime | None = None
    decided_by: Role | None = None
    withdrawn_at: datetime | None = None
    supplied: int = 0
    nonce: str = ""
    link: str = ""
    held_at: datetime | None = None
    is_test: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a decision may still be made, information supplied, the referral withdrawn."""
        return self.state in OPEN

    def ensure_open(self) -> None:
        """Raise AlreadyDecided or AlreadyWithdrawn where nothing may follow any more."""
        if self.withdrawn_at:
            raise errors.AlreadyWithdrawn(at=self.withdrawn_at)
        if self.decided_at and self.decided_by:
            raise errors.AlreadyDecided(at=self.decided_at, role=self.decided_by)

    def decide(self, outcome: Outcome, *, role: Role, at: datetime, nonce: str) -> Case:
        """The case after ``role`` concluded ``outcome``. Raises what ``ensure_open`` raises."""
        self.ensure_open()
        state = ARROWS[self.state, outcome]
        if state is not State.DECIDED:
            return replace(self, state=state, nonce=nonce)
        return replace(
            self, state=state, outcome=outcome, decided_at=at, decided_by=role, nonce=nonce
        )

    def supply(self) -> Case:
        """The case after its referrer supplied information, asked for or not."""
        self.ensure_open()
        return replace(self, state=ARROWS[self.state, Step.SUPPLY], supplied=self.supplied + 1)

    def withdraw(self, *, at: datetime, nonce: str) -> Case:
        """The case after its referrer took the referral back."""
        self.ensure_open()
        return replace(self, state=ARROWS[self.state, Step.WITHDRAW], withdrawn_at=at, nonce=nonce)

    def pass_to(self, role: Role) -> Case:
        """The case after its decider stepped aside for ``role``."""
        self.ensure_open()
        return replace(self, decider=role)

    def hold(self, *, at: datetime) -> Case:
        """The case under a legal hold. Raises OnHold where it is already."""
        self._ensure_free()
        return replace(self, held_at=at)

    def lift_hold(self) -> Case:
        """The case without its legal hold. Raises NotOnHold."""
        if not self.held_at:
            raise errors.NotOnHold
        return replace(self, held_at=None)

    def erase(self) -> Case:
        """The tombstone of the case. Raises Undecided or OnHold where it must be kept."""
        if self.is_open and not self.is_test:
            raise errors.Undecided
        self._ensure_free()
        return replace(self, state=State.ERASED)

    def _ensure_free(self) -> None:
        if self.held_at:
            raise errors.OnHold

    def record(
        self, act: audit.Act, *, role: Role, at: datetime, subject: str = "", actor: str = ""
    ) -> tuple[Case, audit.Event]:
        """The case with one more event on its trail, and that event."""
        event = audit.next_event(
            self.reference,
            after=self.events,
            previous=self.last_digest,
            act=act,
            role=role,
            at=at,
            subject=subject,
            actor=actor,
        )
        return replace(self, events=event.number, last_digest=event.digest), event
