"""E-mails: their kinds, what each says, and what is known of their fate.

A message is stored with the change that causes it and sent afterwards, at least once. Its status
is computed from moments, so that late, repeated or swapped reports cannot make it lie.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.cases import Outcome
from chalicelib.domain.people import Role
from chalicelib.domain.references import is_reference
from chalicelib.domain.updates import OUTCOMES, Standing

LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(hours=12)


class Kind(StrEnum):
    """The e-mails that the service writes. Each is a folder of ``templates/email/``."""

    RECEIPT = "receipt"
    REFERRAL_RECEIVED = "referral-received"
    DECISION_REQUEST = "decision-request"
    CODE = "code"
    DRAFT_SAVED = "draft-saved"
    DRAFT_EXPIRING = "draft-expiring"
    DECISION_WAITING = "decision-waiting"
    DECISION_RECORDED = "decision-recorded"
    OUTCOME = "outcome"
    INFORMATION_NEEDED = "information-needed"
    INFORMATION_SUPPLIED = "information-supplied"
    UPDATE_RECEIVED = "update-received"
    REFERRAL_WITHDRAWN = "referral-withdrawn"
    ATTACHMENT_REFUSED = "attachment-refused"
    CONFLICT_DECLARED = "conflict-declared"
    NOT_DELIVERED = "not-delivered"


class Status(StrEnum):
    """What is known of a message, the weightiest fact first."""

    COMPLAINED = "complained"
    BOUNCED = "bounced"
    DELIVERED = "delivered"
    FAILED = "failed"
    LAPSED = "lapsed"
    SENT = "sent"
    QUEUED = "queued"


class Report(StrEnum):
    """What a mail provider may report of a message it took."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Content(BaseModel):
    """What an e-mail's templates may use, beside the settings. No personal data belongs here.

    A draft has no reference yet, and what is written on one has it empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    reference: str = ""


class Receipt(Content):
    """To the referrer, at once: we have it, and what happens next."""

    received_at: datetime
    decision_due: date


class ReferralReceived(Content):
    """To the office, at once."""

    received_at: datetime
    decision_due: date
    agency: str


class DecisionRequest(Content):
    """To the decision-maker: a case waits. ``url`` is the full locator link."""

    agency: str
    received_at: datetime
    decision_due: date
    url: str
    expires_at: datetime
    is_deputy: bool = False


class CodeContent(Content):
    """To whoever holds the link: the code to type, and until when it works."""

    code: str
    expires_at: datetime


class DraftSaved(Content):
    """To the referrer: how to come back to a referral that is not sent. ``url`` is its link."""

    url: str
    started_at: datetime
    expires_at: datetime


class DraftExpiring(DraftSaved):
    """To the referrer, some days before their referral goes."""


class DecisionWaiting(Content):
    """To the office, when a decision has not come for some working days."""

    received_at: datetime
    decision_due: date
    decider: str


class DecisionRecorded(Content):
    """To the decision-maker and the office: what was recorded, when and by which role."""

    outcome: Outcome
    decided_at: datetime
    decided_by: str


class OutcomeContent(Content):
    """To the referrer: the outcome and what follows, never the reason."""

    outcome: Outcome

    @property
    def standing(self) -> Standing:
        """The outcome in the words of the referrer's page."""
        return OUTCOMES[self.outcome]


class InformationNeeded(Content):
    """To the referrer: the decision-maker needs to know more. What, stands on their page."""


class InformationSupplied(Content):
    """To the decision-maker: the referrer answered, or added to the case. ``url`` is their link."""

    asked: bool
    decision_due: date
    url: str


class UpdateReceived(Content):
    """To the office: information came. ``told`` is who else was told, by role, or empty."""

    asked: bool
    told: str


class ReferralWithdrawn(Content):
    """To the office, and to the decision-maker: there is nothing to be decided any more."""

    withdrawn_at: datetime
    had_link: bool


class AttachmentRefused(Content):
    """To the referrer: a file of theirs was not kept. Which, and why, stands on their page."""


class ConflictDeclared(Content):
    """To the office: the decision-maker stepped aside. ``passed_to`` is empty with no deputy."""

    declared_by: str
    passed_to: str


class NotDelivered(Content):
    """To the office: an e-mail on this case did not arrive."""

    kind: Kind
    recipient: str
    has_deputy: bool


CONTENTS: dict[Kind, type[Content]] = {
    Kind.RECEIPT: Receipt,
    Kind.REFERRAL_RECEIVED: ReferralReceived,
    Kind.DECISION_REQUEST: DecisionRequest,
    Kind.CODE: CodeContent,
    Kind.DRAFT_SAVED: DraftSaved,
    Kind.DRAFT_EXPIRING: DraftExpiring,
    Kind.DECISION_WAITING: DecisionWaiting,
    Kind.DECISION_RECORDED: DecisionRecorded,
    Kind.OUTCOME: OutcomeContent,
    Kind.INFORMATION_NEEDED: InformationNeeded,
    Kind.INFORMATION_SUPPLIED: InformationSupplied,
    Kind.UPDATE_RECEIVED: UpdateReceived,
    Kind.REFERRAL_WITHDRAWN: ReferralWithdrawn,
    Kind.ATTACHMENT_REFUSED: AttachmentRefused,
    Kind.CONFLICT_DECLARED: ConflictDeclared,
    Kind.NOT_DELIVERED: NotDelivered,
}

# Worth sending only while nobody has decided.
ONLY_WHILE_UNDECIDED = frozenset(
    {Kind.DECISION_WAITING, Kind.DECISION_REQUEST, Kind.INFORMATION_SUPPLIED}
)

# Worth sending only while its draft was not sent.
ONLY_WHILE_UNSENT = frozenset({Kind.DRAFT_SAVED, Kind.DRAFT_EXPIRING})

# Worth sending only when its draft has no longer to live than this: saving a draft puts it off.
BEFORE_THE_END = {Kind.DRAFT_EXPIRING: timedelta(days=7)}


class Letter(BaseModel):
    """What is sealed of a message: whom it goes to, by name and address, and what it says."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    email: str
    content: dict[str, object]


@dataclass(frozen=True)
class Message:
    """A message as stored. ``letter`` is the sealed Letter; the rest is plain and not personal.

    ``reference`` is that of the case it belongs to, or the id of the draft. ``not_before`` is when
    it first should go out, ``due_at`` when the next try is due.
    """

    reference: str
    message_id: str
    kind: Kind
    role: Role
    letter: bytes
    queued_at: datetime
    not_before: datetime
    due_at: datetime
    lapses_at: datetime | None = None
    attempts: int = 0
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    bounced_at: datetime | None = None
    complained_at: datetime | None = None
    failed_at: datetime | None = None
    lapsed_at: datetime | None = None

    @property
    def status(self) -> Status:
        """The weightiest fact known."""
        facts = (
            (Status.COMPLAINED, self.complained_at),
            (Status.BOUNCED, self.bounced_at),
            (Status.DELIVERED, self.delivered_at),
            (Status.FAILED, self.failed_at),
            (Status.LAPSED, self.lapsed_at),
            (Status.SENT, self.sent_at),
        )
        return next((status for status, moment in facts if moment), Status.QUEUED)

    @property
    def is_of_draft(self) -> bool:
        """Whether it was written on a draft, before there was a case."""
        return not is_reference(self.reference)

    def put_off_until(self, expires_at: datetime | None, *, now: datetime) -> datetime | None:
        """Until when it waits because its draft lives on, or None where it is to go out."""
        before = BEFORE_THE_END.get(self.kind)
        if before is None or expires_at is None or now >= expires_at - before:
            return None
        return expires_at - before

    def has_lapsed(self, *, unsent: bool = False, undecided: bool, now: datetime) -> bool:
        """Whether sending it now would say something no longer true or no longer useful."""
        too_late = self.lapses_at is not None and now >= self.lapses_at
        was_sent = self.kind in ONLY_WHILE_UNSENT and not unsent
        return too_late or was_sent or (self.kind in ONLY_WHILE_UNDECIDED and not undecided)

    def again(self, *, now: datetime) -> Message:
        """The message as if it had not been sent yet, due at once."""
        return replace(
            self,
            not_before=now,
            due_at=now,
            attempts=0,
            sent_at=None,
            delivered_at=None,
            bounced_at=None,
            complained_at=None,
            failed_at=None,
            lapsed_at=None,
        )

    def gives_up(self, *, now: datetime) -> bool:
        """Whether the tries have gone on for long enough."""
        return now - self.not_before >= GIVE_UP_AFTER


def wait_after(attempts: int) -> timedelta:
    """How long to wait after the ``attempts``-th failed try (1, 2, …)."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(attempts - 1, 10)
    return min(doubled, LONGEST_WAIT)
