"""What the use cases need from outside, as Protocols; ``records`` holds what crosses this line.

Every adapter raises the errors of ``domain/errors.py``: ``Unavailable`` where trying again may
help, ``StaleVersion`` where somebody else was first, ``Tampered`` where a seal does not open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.domain.attachments import Attachment, Look
from chalicelib.domain.audit import Event
from chalicelib.domain.cases import Case, Document
from chalicelib.domain.limits import Limit
from chalicelib.domain.links import Code, Link, Session
from chalicelib.domain.messages import Content, Kind, Message, Report
from chalicelib.domain.updates import Writing
from chalicelib.metrics import Metric
from chalicelib.records import (
    AnsweredAsk,
    Arrival,
    Ask,
    AskKind,
    CaseFile,
    CaseList,
    Change,
    DestroyedKey,
    DraftRecord,
    DueAsk,
    DueDraft,
    DueMessage,
    Email,
    Information,
    IssuedCode,
    LeftMailbox,
    Mailbox,
    Owner,
    PendingRuling,
    PendingWords,
    Reason,
    Record,
    Ruling,
    SentWords,
    StoredDraft,
    Upload,
    WrappedKey,
)

__all__ = [
    "AnsweredAsk",
    "Arrival",
    "Ask",
    "AskKind",
    "Asks",
    "Attachments",
    "CaseFile",
    "CaseKey",
    "CaseList",
    "Cases",
    "Change",
    "Clock",
    "Composer",
    "DestroyedKey",
    "Documents",
    "DraftRecord",
    "Drafts",
    "DueAsk",
    "DueDraft",
    "DueMessage",
    "Email",
    "Files",
    "Information",
    "Inspector",
    "IssuedCode",
    "LeftMailbox",
    "Limits",
    "Links",
    "Mailbox",
    "Mailer",
    "Meter",
    "Outbox",
    "Owner",
    "Owners",
    "PendingRuling",
    "PendingWords",
    "Pseudonyms",
    "Reason",
    "Record",
    "Ruling",
    "SentWords",
    "Shelf",
    "StoredDraft",
    "Upload",
    "Vault",
    "WrappedKey",
]


class CaseKey(Protocol):
    """An open case key. A ``place`` names kind, id and version: a value opens only there."""

    @property
    def wrapped(self) -> bytes: ...
    def seal(self, place: str, data: bytes) -> bytes: ...
    def unseal(self, place: str, sealed: bytes) -> bytes: ...


class Vault(Protocol):
    """Makes case keys and opens wrapped ones; each is bound to its case."""

    def new_key(self, case_id: str) -> CaseKey: ...
    def open_key(self, case_id: str, wrapped: bytes) -> CaseKey: ...
    def rewrap(self, case_id: str, wrapped: bytes) -> bytes: ...


class Documents(Protocol):
    """Keeps sealed referrals. A document, once put, never changes until all of its case go."""

    def put(self, case_id: str, sealed: bytes) -> Document: ...
    def get(self, document: Document) -> bytes: ...
    def destroy(self, case_id: str) -> None: ...


class Drafts(Protocol):
    """Keeps drafts. ``write`` puts version n+1 over n, with ``records``, or StaleVersion."""

    def create(self, draft: StoredDraft) -> None: ...
    def get(self, case_id: str) -> StoredDraft | None: ...
    def write(self, draft: StoredDraft, records: Sequence[DraftRecord] = ()) -> None: ...
    def add(self, records: Sequence[DraftRecord]) -> None: ...
    def by_mailbox(self, mailbox: str) -> Sequence[str]: ...
    def messages(self, case_id: str) -> Sequence[Message]: ...
    def overdue(self, *, now: datetime, limit: int) -> Sequence[DueDraft]: ...
    def delete(self, draft: StoredDraft) -> None: ...
    def touch(self, case_id: str, secret: str, *, now: datetime) -> None: ...
    def shut_out(self, case_id: str, secret: str) -> None: ...
    def mark_as_test(self, case_id: str) -> None: ...


class Owners(Protocol):
    """Reads what something belongs to, by a case's reference or a draft's id.

    A draft that was sent is its case. Raises DraftNotFound, CaseNotFound or CaseErased.
    """

    def read(self, owner: str) -> Owner: ...


class Cases(Protocol):
    """Keeps cases and writes their changes. ``read`` raises CaseErased, ``find`` does not."""

    def commit(self, change: Change) -> None: ...
    def read(self, reference: str, *, link: str = "") -> CaseFile: ...
    def find(self, reference: str) -> Case: ...
    def rulings(self, reference: str) -> Sequence[Ruling]: ...
    def information(self, reference: str) -> Sequence[Information]: ...
    def reasons(self, reference: str) -> Sequence[Reason]: ...
    def trail(self, reference: str) -> Sequence[Event]: ...
    def messages(self, reference: str) -> Sequence[Message]: ...
    def page(self, *, after: str = "", limit: int = 50) -> CaseList: ...
    def save_pending(self, written: PendingRuling | PendingWords) -> None: ...
    def words(self, reference: str, writing: Writing) -> PendingWords | None: ...
    def rewrap(self, reference: str, key: WrappedKey, wrapped: bytes, *, at: datetime) -> None: ...


@dataclass(frozen=True)
class Shelf:
    """The files of a case as they are on record. ``issued`` counts all that were ever begun."""

    case_id: str
    attachments: tuple[Attachment, ...]
    issued: int


class Attachments(Protocol):
    """Keeps what is known of files. ``add`` raises StaleVersion where another was added meanwhile.

    ``settle`` writes a verdict once: StaleVersion where the file has one, or is being removed.
    """

    def shelf(self, case_id: str) -> Shelf: ...
    def get(self, case_id: str, attachment_id: str) -> Attachment | None: ...
    def add(self, shelf: Shelf, attachment: Attachment) -> None: ...
    def arrived(self, attachment: Attachment) -> None: ...
    def settle(self, attachment: Attachment) -> None: ...
    def begin_removal(self, case_id: str, attachment_id: str) -> None: ...
    def forget(self, case_id: str, attachment_id: str) -> None: ...
    def clear(self, case_id: str) -> None: ...
    def due(self, *, now: datetime, limit: int) -> Sequence[tuple[str, str]]: ...


class Files(Protocol):
    """Keeps files: as they were sent, where nothing is opened, and apart those that were checked.

    A browser sends and fetches by itself, through addresses that hold good for minutes. ``origin``
    of each is for the pages' own rules on where they may reach. ``look``, ``read`` and ``checked``
    raise FileGone.
    """

    @property
    def upload_origin(self) -> str: ...
    @property
    def download_origin(self) -> str: ...
    def form(
        self, attachment: Attachment, *, largest: int, return_to: str, now: datetime
    ) -> Upload: ...
    def waiting(self, case_id: str) -> Mapping[str, Arrival]: ...
    def look(self, case_id: str, attachment_id: str, version: str) -> Arrival: ...
    def read(self, case_id: str, attachment_id: str, version: str) -> Arrival: ...
    def keep(self, case_id: str, attachment_id: str, version: str) -> str: ...
    def tidy(self, attachment: Attachment) -> None: ...
    def destroy(self, case_id: str, attachment_id: str = "") -> None: ...
    def checked(self, attachment: Attachment) -> bytes: ...
    def address(self, attachment: Attachment, *, save_as: str) -> str: ...


class Inspector(Protocol):
    """Looks into a file's bytes for what it really is. Takes bounded time and memory."""

    def __call__(self, content: bytes) -> Look: ...


class Links(Protocol):
    """Reads links, and the codes and sessions that belong to them."""

    def read(self, link: str, *, session: str = "") -> tuple[Link | None, Session | None]: ...
    def code(self, link: str) -> Code | None: ...
    def count_try(self, link: str) -> Code | None: ...
    def save_code(self, issued: IssuedCode, message: Message) -> None: ...
    def save_session(self, session: Session) -> None: ...


class Asks(Protocol):
    """Keeps asks, with what is written beside them, and lends them to whoever answers them."""

    def put(self, ask: Ask, records: Sequence[Link | IssuedCode] = ()) -> None: ...
    def claim(self, ask_id: str, *, now: datetime) -> Ask | None: ...
    def waiting(self, *, now: datetime, limit: int) -> Sequence[DueAsk]: ...
    def done(self, ask: Ask) -> None: ...


class Pseudonyms(Protocol):
    """Names a value so that it can be found again and not be read: 32 hex digits."""

    def of(self, purpose: str, value: str) -> str: ...


class Limits(Protocol):
    """Counts what somebody does. Raises TooOften where it is more than ``limit`` allows."""

    def count(self, limit: Limit, whose: str, *, now: datetime) -> None: ...


class Outbox(Protocol):
    """Lends messages to whoever sends them, and keeps what became of them."""

    def claim(self, reference: str, message_id: str, *, now: datetime) -> Message | None: ...
    def waiting(self, *, now: datetime, limit: int) -> Sequence[DueMessage]: ...
    def mark_sent(
        self, message: Message, *, provider_id: str, now: datetime, check_at: datetime | None
    ) -> None: ...
    def to_check(self, *, now: datetime, limit: int) -> Sequence[DueMessage]: ...
    def mark_checked(self, message: Message) -> None: ...
    def mark_lapsed(self, message: Message, *, now: datetime) -> None: ...
    def try_again(self, message: Message, *, at: datetime) -> None: ...
    def put_off(self, message: Message, *, until: datetime) -> None: ...
    def fail(self, message: Message, *, now: datetime, telling: Message | None) -> None: ...
    def read(self, reference: str, message_id: str) -> Message | None: ...
    def report(
        self, message: Message, report: Report, *, at: datetime, telling: Message | None
    ) -> bool: ...


class Mailer(Protocol):
    """Hands an e-mail over; returns the provider's id. Raises MailRefused or MailUnavailable."""

    def send(self, email: Email) -> str: ...


class Composer(Protocol):
    """Writes an e-mail's subject and its two bodies from its kind's templates."""

    def __call__(self, kind: Kind, content: Content) -> tuple[str, str, str]: ...


class Meter(Protocol):
    """Counts and times what happens; ``of`` is the value of the metric's own dimension.

    Never fails and never waits. The reference is the only thing it may be told of a case.
    """

    def emit(
        self, metric: Metric, value: float = 1, /, *, of: StrEnum | None = None, reference: str = ""
    ) -> None: ...


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def __call__(self) -> datetime: ...
