"""Cases as an operator works on them: listed, verified, unsealed, held and erased.

Whoever opens a seal here is in the case's trail before anything is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain import audit, errors, places, referrals
from chalicelib.domain.audit import Act, Event
from chalicelib.domain.cases import Case, Disposal, Outcome, State
from chalicelib.domain.decisions import RulingForm
from chalicelib.domain.messages import Message
from chalicelib.domain.people import Role
from chalicelib.domain.updates import SupplyForm
from chalicelib.ports import (
    CaseKey,
    CaseList,
    Cases,
    Change,
    DestroyedKey,
    Documents,
    Information,
    Reason,
    Ruling,
    Vault,
    WrappedKey,
)
from chalicelib.services.attachments import AttachmentService, Held
from chalicelib.services.links import with_fresh_reads

PAGE = 100


OpenedRuling = tuple[Ruling, RulingForm]


@dataclass(frozen=True)
class Supplied:
    """What a referrer supplied after sending, with its seal open.

    ``answers`` is the number of the ruling that asked for it, or 0 where nobody did.
    """

    number: int
    at: datetime
    answers: int
    words: str


@dataclass(frozen=True)
class Overview:
    """What may be known of a case without opening a seal."""

    case: Case
    trail: tuple[Event, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Opened:
    """A case with its seals open. ``reasons`` are by the numbers of events."""

    overview: Overview
    referral: referrals.model.Referral
    rulings: tuple[OpenedRuling, ...]
    supplied: tuple[Supplied, ...]
    files: tuple[Held, ...]
    reasons: Mapping[int, str]


@dataclass(frozen=True)
class _Record:
    """What the trail is to say of an operator's act."""

    act: Act
    operator: str
    reason: str
    at: datetime


def _unchanged(case: Case) -> Case:
    return case


@dataclass(frozen=True)
class CaseService:
    """The use cases of an operator. ``operator`` is a digest that tells operators apart."""

    cases: Cases
    documents: Documents
    vault: Vault
    attachments: AttachmentService

    def page(self, *, after: str = "", limit: int = 50) -> CaseList:
        """One page of the list of cases, newest first."""
        return self.cases.page(after=after, limit=limit)

    def every(self) -> Iterator[Case]:
        """All cases, newest first, a page at a time."""
        page = self.cases.page(limit=PAGE)
        yield from page.cases
        while page.next:
            page = self.cases.page(after=page.next, limit=PAGE)
            yield from page.cases

    def overview(self, reference: str) -> Overview:
        """What is plain of a case, or of its tombstone. Raises CaseNotFound."""
        case = self.cases.find(reference)
        trail = tuple(self.cases.trail(reference))
        return Overview(case, trail, self.messages_of(reference))

    def messages_of(self, reference: str) -> tuple[Message, ...]:
        """The messages of a case, the oldest first."""
        found = self.cases.messages(reference)
        return tuple(sorted(found, key=lambda message: (message.queued_at, message.kind)))

    def sendable(self, reference: str, message_id: str, *, now: datetime) -> Message:
        """The message that ``resend`` would queue. Raises what it would raise."""
        return self._sendable(self.cases.read(reference).case, message_id, now=now)

    def first_broken_event(self, reference: str) -> int | None:
        """Where the case's audit trail does not hold, counting its end too; None where it does."""
        case = self.cases.find(reference)
        while True:
            broken = self._first_broken(case)
            again = self.cases.find(reference)
            if broken is None or again.version == case.version:
                return broken
            # Somebody wrote between the two readings, so that they do not belong together.
            case = again

    def check(self, reference: str) -> None:
        """Walk the case's trail and open its seals, and show nothing of it. Raises Tampered."""
        number = self.first_broken_event(reference)
        if number is not None:
            raise errors.EventUnreadable(number)
        file = self.cases.read(reference)
        self._opened(reference, self.vault.open_key(file.key.case_id, file.key.wrapped))

    def unseal(
        self,
        reference: str,
        *,
        reason: str,
        operator: str,
        now: datetime,
        act: Act = Act.CASE_UNSEALED,
    ) -> Opened:
        """The case with its seals open, after the trail says who opened them and why."""
        record = _Record(act, operator, reason, now)
        _, key = with_fresh_reads(lambda: self._record(reference, record))
        return self._opened(reference, key)

    def contents(self, opened: Opened) -> dict[str, bytes]:
        """The files of an opened case that passed their checks, each by its id."""
        case_id = opened.overview.case.case_id
        return {
            each.id: self.attachments.content(case_id, each.id)
            for each in opened.files
            if each.may_download
        }

    def hold(self, reference: str, *, reason: str, operator: str, now: datetime) -> Case:
        """Put a legal hold on a case, which keeps it from being erased. Raises OnHold."""
        record = _Record(Act.HOLD_PLACED, operator, reason, now)
        change = partial(Case.hold, at=now)
        case, _ = with_fresh_reads(lambda: self._record(reference, record, change))
        return case

    def release(self, reference: str, *, reason: str, operator: str, now: datetime) -> Case:
        """Lift a legal hold. Raises NotOnHold."""
        record = _Record(Act.HOLD_LIFTED, operator, reason, now)
        case, _ = with_fresh_reads(lambda: self._record(reference, record, Case.lift_hold))
        return case

    def erasable(self, reference: str) -> Case:
        """The case as it stands. Raises what ``erase`` would raise."""
        case = self.cases.find(reference)
        if case.state is not State.ERASED:
            case.erase()
        return case

    def erase(self, reference: str, *, disposal: Disposal, operator: str, now: datetime) -> Case:
        """Destroy the case's key, its sealed referral and files; tombstone and trail are left.

        Raises Undecided or OnHold. Erasing again finishes what was interrupted.
        """
        case = with_fresh_reads(lambda: self._erase(reference, disposal, operator, now=now))
        self.documents.destroy(case.case_id)
        self.attachments.destroy(case.case_id)
        return case

    def resend(self, reference: str, message_id: str, *, operator: str, now: datetime) -> Message:
        """Queue a message again, whatever became of it before, which the trail keeps.

        Raises MessageNotFound, or MessageLapsed where it would say what is no longer true.
        """
        return with_fresh_reads(lambda: self._resend(reference, message_id, operator, now=now))

    def rewrap(self, reference: str, *, before: datetime, now: datetime) -> bool:
        """Wrap the case's key anew unless that was done since ``before``. True where it was."""
        return with_fresh_reads(lambda: self._rewrap(reference, before=before, now=now))

    def is_wrapped_before(self, reference: str, moment: datetime) -> bool:
        """Whether the case has a key that was wrapped before ``moment``."""
        try:
            return _is_older(self.cases.read(reference).key, moment)
        except errors.CaseErased:
            return False

    def _opened(self, reference: str, key: CaseKey) -> Opened:
        overview = self.overview(reference)
        case = overview.case
        return Opened(
            overview=overview,
            referral=referral(self.documents, case, key),
            rulings=rulings(self.cases, reference, key),
            supplied=supplied(self.cases, case, key),
            files=self.attachments.held(case.case_id, key, look=False),
            reasons=dict(self._reasons(reference, key)),
        )

    def _record(
        self, reference: str, record: _Record, change: Callable[[Case], Case] = _unchanged
    ) -> tuple[Case, CaseKey]:
        """Change a case by an operator's act, its reason sealed beside the event."""
        file = self.cases.read(reference)
        key = self.vault.open_key(file.key.case_id, file.key.wrapped)
        case, event = change(file.case).record(
            record.act, role=Role.OPERATOR, at=record.at, actor=record.operator
        )
        sealed = key.seal(places.reason(reference, event.number), record.reason.encode())
        self.cases.commit(Change(case, (event,), (Reason(event.number, sealed),)))
        return case, key

    def _erase(self, reference: str, disposal: Disposal, operator: str, *, now: datetime) -> Case:
        case = self.cases.find(reference)
        if case.state is State.ERASED:
            return case
        case, event = case.erase().record(
            Act.CASE_ERASED, role=Role.OPERATOR, at=now, subject=disposal, actor=operator
        )
        self.cases.commit(Change(case, (event,), (DestroyedKey(case.case_id),)))
        return case

    def _resend(self, reference: str, message_id: str, operator: str, *, now: datetime) -> Message:
        case = self.cases.read(reference).case
        message = self._sendable(case, message_id, now=now)
        case, event = case.record(
            Act.MESSAGE_RESENT,
            role=Role.OPERATOR,
            at=now,
            subject=f"{message_id} {message.status}",
            actor=operator,
        )
        again = message.again(now=now)
        self.cases.commit(Change(case, (event,), (again,)))
        return again

    def _sendable(self, case: Case, message_id: str, *, now: datetime) -> Message:
        found = (m for m in self.cases.messages(case.reference) if m.message_id == message_id)
        message = next(found, None)
        if message is None:
            raise errors.MessageNotFound
        if message.has_lapsed(undecided=case.is_open, now=now):
            raise errors.MessageLapsed
        return message

    def _rewrap(self, reference: str, *, before: datetime, now: datetime) -> bool:
        try:
            key = self.cases.read(reference).key
        except errors.CaseErased:
            return False
        if not _is_older(key, before):
            return False
        self.cases.rewrap(reference, key, self.vault.rewrap(key.case_id, key.wrapped), at=now)
        return True

    def _first_broken(self, case: Case) -> int | None:
        try:
            trail = self.cases.trail(case.reference)
        except errors.EventUnreadable as unreadable:
            return unreadable.number
        broken = audit.first_broken(trail)
        if broken is not None:
            return broken
        last = trail[-1].digest if trail else audit.BEFORE_THE_FIRST
        whole = (len(trail), last) == (case.events, case.last_digest)
        return None if whole else len(trail) + 1

    def _reasons(self, reference: str, key: CaseKey) -> Iterator[tuple[int, str]]:
        for reason in self.cases.reasons(reference):
            place = places.reason(reference, reason.number)
            yield reason.number, key.unseal(place, reason.sealed).decode()


def referral(documents: Documents, case: Case, key: CaseKey) -> referrals.model.Referral:
    """The referral as it was sent."""
    sealed = documents.get(case.document)
    return referrals.model.Referral.from_json(key.unseal(places.document(case.case_id), sealed))


def rulings(cases: Cases, reference: str, key: CaseKey) -> tuple[OpenedRuling, ...]:
    """What was concluded and asked for, with its words; the oldest first."""

    def words(ruling: Ruling) -> RulingForm:
        sealed = key.unseal(places.ruling(reference, ruling.number), ruling.sealed)
        return RulingForm.model_validate_json(sealed)

    return tuple((ruling, words(ruling)) for ruling in cases.rulings(reference))


def requests(cases: Cases, case: Case, key: CaseKey) -> tuple[OpenedRuling, ...]:
    """What was asked for, with its words. Costs no reading where nothing can have been."""
    if case.state is State.AWAITING_DECISION and not case.supplied:
        return ()
    found = rulings(cases, case.reference, key)
    return tuple(each for each in found if each[0].outcome is Outcome.MORE_INFORMATION)


def supplied(cases: Cases, case: Case, key: CaseKey, *, after: int = 0) -> tuple[Supplied, ...]:
    """What was supplied after number ``after``, with its words. Costs no reading for nothing."""
    if case.supplied <= after:
        return ()
    return tuple(
        Supplied(each.number, each.at, each.answers, _supplied_words(case.reference, each, key))
        for each in cases.information(case.reference)
        if each.number > after
    )


def _supplied_words(reference: str, information: Information, key: CaseKey) -> str:
    sealed = key.unseal(places.information(reference, information.number), information.sealed)
    return SupplyForm.model_validate_json(sealed).information


def _is_older(key: WrappedKey, moment: datetime) -> bool:
    return key.wrapped_at is None or key.wrapped_at < moment
