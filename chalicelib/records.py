"""The records that cross from the use cases to the adapters and back: plain, frozen, whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.attachments import Attachment
from chalicelib.domain.audit import Event
from chalicelib.domain.cases import Case, Outcome
from chalicelib.domain.drafts import Browsers
from chalicelib.domain.links import Code, Link, Session
from chalicelib.domain.messages import Message
from chalicelib.domain.people import Role
from chalicelib.domain.updates import Writing

ASK_LIFE = timedelta(hours=1)


@dataclass(frozen=True)
class StoredDraft:
    """A draft by the id of its case. Once sent, ``sealed`` is empty and the rest is set.

    ``browsers`` are those that may open it, each by the digest of its secret. Once the referrer
    has confirmed an e-mail address, ``contact`` holds it sealed and ``mailbox`` its pseudonym.
    ``is_test`` marks an automatic check's, whose e-mails go to the test mailbox alone.
    """

    case_id: str
    version: int
    wrapped_key: bytes
    sealed: bytes
    created_at: datetime
    expires_at: datetime
    browsers: Browsers
    confirmed_at: datetime | None = None
    mailbox: str = ""
    contact: bytes = b""
    reference: str = ""
    received_at: datetime | None = None
    decision_due: date | None = None
    is_test: bool = False


@dataclass(frozen=True)
class WrappedKey:
    """A case's key as KMS wrapped it. Deleting this item makes every copy of the case unreadable.

    ``referrer`` is the referrer's name and address, sealed, so that writing to them needs no
    reading of the whole referral. ``wrapped_at`` is when KMS wrapped the key last, where
    that is known.
    """

    case_id: str
    wrapped: bytes
    referrer: bytes
    wrapped_at: datetime | None = None


@dataclass(frozen=True)
class DestroyedKey:
    """In a change: the case's wrapped key goes, and with it all that it sealed."""

    case_id: str


@dataclass(frozen=True)
class Ruling:
    """A conclusion that somebody recorded. ``sealed`` holds the reason and the detail."""

    number: int
    outcome: Outcome
    role: Role
    at: datetime
    nonce: str
    sealed: bytes


@dataclass(frozen=True)
class PendingRuling:
    """What a decision-maker has written and not yet confirmed, sealed, by link and nonce.

    ``supplied`` is how often the referrer had supplied information when it was written.
    """

    reference: str
    link: str
    nonce: str
    sealed: bytes
    expires_at: datetime
    supplied: int = 0


@dataclass(frozen=True)
class Information:
    """What a referrer supplied after sending, sealed, numbered from 1.

    ``answers`` is the number of the ruling that asked for it, or 0 where nobody did.
    """

    number: int
    at: datetime
    answers: int
    nonce: str
    sealed: bytes


@dataclass(frozen=True)
class PendingWords:
    """What a referrer typed in a form after sending and has not sent yet, sealed."""

    reference: str
    writing: Writing
    nonce: str
    sealed: bytes
    expires_at: datetime


@dataclass(frozen=True)
class SentWords:
    """In a change: what was typed in this form goes, for it was sent."""

    writing: Writing


@dataclass(frozen=True)
class Reason:
    """Why somebody did what the event of the same number says, sealed."""

    number: int
    sealed: bytes


@dataclass(frozen=True)
class IssuedCode:
    """The code now good for a link.

    With ``replaces`` it is refused with StaleVersion unless that code still stands; with
    ``keeps_tries`` what was tried at that one counts for this one too.
    """

    link: str
    code: Code
    replaces: Code | None = None
    keeps_tries: bool = False


class AskKind(StrEnum):
    """What may be asked for without being told whether it exists."""

    FOLLOW_CODE = "follow-code"
    LOST_LINK = "lost-link"


@dataclass(frozen=True)
class Ask:
    """Work that a job does, so that a page need not tell whether something exists.

    ``subject`` is what it is about: a reference as it was typed, or a mailbox's pseudonym.
    ``link`` is the link that a code is for.
    """

    ask_id: str
    kind: AskKind
    subject: str
    asked_at: datetime
    link: str = ""

    def has_lapsed(self, *, now: datetime) -> bool:
        """Whether nobody can be waiting for the answer any more."""
        return now - self.asked_at >= ASK_LIFE


@dataclass(frozen=True)
class AnsweredAsk:
    """In a change: the ask goes. Refused with StaleVersion where it was answered already."""

    ask_id: str


@dataclass(frozen=True)
class Mailbox:
    """That a draft belongs to whoever reads a mailbox, known by its pseudonym."""

    mailbox: str
    case_id: str


@dataclass(frozen=True)
class LeftMailbox:
    """In a change: the draft is no longer found by that mailbox."""

    mailbox: str
    case_id: str


@dataclass(frozen=True)
class DueDraft:
    """A draft that is past its date, and since when."""

    case_id: str
    expired_at: datetime


Record = (
    WrappedKey
    | DestroyedKey
    | StoredDraft
    | LeftMailbox
    | Ruling
    | Information
    | SentWords
    | Reason
    | PendingRuling
    | IssuedCode
    | AnsweredAsk
    | Link
    | Session
    | Message
    | Attachment
)


DraftRecord = IssuedCode | Link | Message | Mailbox | LeftMailbox


@dataclass(frozen=True)
class Change:
    """What one transaction writes: all of it or nothing.

    ``case`` is the case as it shall stand, its ``version`` that of the state it was read in: the
    write is refused with StaleVersion unless this still is the stored one (0 for a new case).
    """

    case: Case
    events: tuple[Event, ...]
    records: tuple[Record, ...] = ()


@dataclass(frozen=True)
class CaseFile:
    """A case with what is needed to read and change it."""

    case: Case
    key: WrappedKey
    pending: PendingRuling | None = None


@dataclass(frozen=True)
class CaseList:
    """One page of cases, newest first. ``next`` continues the list, or is empty at its end."""

    cases: tuple[Case, ...]
    next: str


@dataclass(frozen=True)
class Owner:
    """What messages, links and files belong to: a case, or a draft, whose ``reference`` is empty.

    ``undecided`` says whether a decision may still come. ``expires_at`` is a draft's.
    """

    reference: str
    case_id: str
    wrapped: bytes
    referrer: bytes = b""
    undecided: bool = True
    is_test: bool = False
    expires_at: datetime | None = None

    def has_ended(self, *, now: datetime) -> bool:
        """Whether it is a draft past its date."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True)
class Upload:
    """The form that sends one file: where to, and the hidden fields that stand before the file."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Arrival:
    """What came in for a file. ``name`` is what the browser called it, where the form asked."""

    size: int
    at: datetime
    name: str = ""
    content: bytes = b""


@dataclass(frozen=True)
class DueAsk:
    """Which ask waits for its answer, and since when."""

    ask_id: str
    asked_at: datetime


@dataclass(frozen=True)
class DueMessage:
    """Which message waits, for its next try or to be checked, and since when it should be out."""

    reference: str
    message_id: str
    due_at: datetime
    not_before: datetime


@dataclass(frozen=True)
class Email:
    """An e-mail ready to go. ``message_id`` and ``tag`` are the same each time it is sent."""

    to_name: str
    to_email: str
    subject: str
    text: str
    html: str
    message_id: str
    tag: str
