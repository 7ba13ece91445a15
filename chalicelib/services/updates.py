"""The referrer's use cases after sending: follow the case, add to it, withdraw it, copy it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain import errors, places, referrals
from chalicelib.domain.audit import Act
from chalicelib.domain.cases import Case, State
from chalicelib.domain.links import SESSION_IDLE, Link, Purpose, Session
from chalicelib.domain.messages import (
    InformationSupplied,
    Kind,
    Message,
    ReferralWithdrawn,
    UpdateReceived,
)
from chalicelib.domain.people import Person, Role
from chalicelib.domain.updates import SupplyForm, WithdrawalForm, Writing
from chalicelib.metrics import Metric
from chalicelib.ports import (
    CaseFile,
    CaseKey,
    Cases,
    Change,
    Documents,
    Information,
    Meter,
    PendingWords,
    Reason,
    SentWords,
    Vault,
)
from chalicelib.services import messages
from chalicelib.services.cases import OpenedRuling, Supplied, referral, requests, supplied
from chalicelib.services.links import (
    LinkService,
    address,
    address_of,
    holder_of,
    new_link,
    with_fresh_reads,
)
from chalicelib.settings import Settings


@dataclass(frozen=True)
class Following:
    """A case as its referrer follows it. ``requests`` are shown by what they ask, never why."""

    case: Case
    key: CaseKey
    session: Session
    requests: tuple[OpenedRuling, ...]
    supplied: tuple[Supplied, ...]


@dataclass(frozen=True)
class Begun:
    """A form that its referrer may be in the middle of. ``nonce`` names what will be sent."""

    following: Following
    words: str
    nonce: str


@dataclass(frozen=True)
class Copy:
    """All that a referrer sent, at first and since."""

    following: Following
    referral: referrals.model.Referral


@dataclass(frozen=True)
class UpdateService:
    """The use cases behind a session of a referrer."""

    settings: Settings
    cases: Cases
    documents: Documents
    vault: Vault
    links: LinkService
    meter: Meter

    def read(self, token: str, session_token: str, *, now: datetime) -> Following:
        """Where the case stands, and what was asked and supplied."""
        link, session = self._enter(token, session_token, now=now)
        file = self.cases.read(link.reference)
        return self._following(file, session, self._open(file))

    def begin(self, token: str, session_token: str, writing: Writing, *, now: datetime) -> Begun:
        """A form with what was typed in it before. Raises AlreadyDecided or AlreadyWithdrawn."""
        link, session = self._enter(token, session_token, now=now)
        file = self.cases.read(link.reference)
        file.case.ensure_open()
        key = self._open(file)
        following = self._following(file, session, key)
        kept = self.cases.words(link.reference, writing)
        if kept is None or now >= kept.expires_at:
            return Begun(following, "", secrets.token_urlsafe(16))
        place = places.pending_words(link.reference, kept.nonce)
        return Begun(following, key.unseal(place, kept.sealed).decode(), kept.nonce)

    def keep(
        self,
        token: str,
        session_token: str,
        writing: Writing,
        words: str,
        *,
        nonce: str,
        now: datetime,
    ) -> None:
        """Keep what was typed in a form, complete or not. Nothing is sent by it."""
        link, _ = self._enter(token, session_token, now=now)
        file = self.cases.read(link.reference)
        file.case.ensure_open()
        place = places.pending_words(link.reference, nonce)
        self.cases.save_pending(
            PendingWords(
                reference=link.reference,
                writing=writing,
                nonce=nonce,
                sealed=self._open(file).seal(place, words.encode()),
                expires_at=now + timedelta(days=self.settings.draft_days),
            )
        )

    def supply(
        self, token: str, session_token: str, form: SupplyForm, *, nonce: str, now: datetime
    ) -> Case:
        """Add information to an open case. The same nonce again adds nothing.

        Raises AlreadyDecided or AlreadyWithdrawn.
        """
        case, is_new = with_fresh_reads(
            lambda: self._supply(token, session_token, form, nonce, now=now)
        )
        if is_new:
            self.meter.emit(Metric.INFORMATION_SUPPLIED, reference=case.reference)
        return case

    def withdraw(
        self, token: str, session_token: str, form: WithdrawalForm, *, nonce: str, now: datetime
    ) -> Case:
        """Take the referral back. The same nonce again gives the same answer.

        Raises AlreadyDecided, or AlreadyWithdrawn where it was withdrawn before.
        """
        case, is_new = with_fresh_reads(
            lambda: self._withdraw(token, session_token, form, nonce, now=now)
        )
        if is_new:
            self.meter.emit(Metric.REFERRAL_WITHDRAWN, reference=case.reference)
        return case

    def copy(self, token: str, session_token: str, *, now: datetime) -> Copy:
        """All that was sent, after the trail says, once for each session, that it was read."""
        file, session = with_fresh_reads(lambda: self._note_copy(token, session_token, now=now))
        key = self._open(file)
        return Copy(
            following=self._following(file, session, key),
            referral=referral(self.documents, file.case, key),
        )

    def leave(self, token: str, session_token: str, *, now: datetime) -> None:
        """End the session, wherever else its cookie may still lie."""
        try:
            _, session = self._enter(token, session_token, now=now)
        except (errors.SessionNeeded, errors.NotFound, errors.Gone):
            return
        self.links.links.save_session(replace(session, seen_at=now - SESSION_IDLE))

    def _enter(self, token: str, session_token: str, *, now: datetime) -> tuple[Link, Session]:
        return self.links.enter(token, session_token, purpose=Purpose.FOLLOW, now=now)

    def _following(self, file: CaseFile, session: Session, key: CaseKey) -> Following:
        return Following(
            case=file.case,
            key=key,
            session=session,
            requests=requests(self.cases, file.case, key),
            supplied=supplied(self.cases, file.case, key),
        )

    def _supply(
        self, token: str, session_token: str, form: SupplyForm, nonce: str, *, now: datetime
    ) -> tuple[Case, bool]:
        link, _ = self._enter(token, session_token, now=now)
        file = self.cases.read(link.reference)
        if any(each.nonce == nonce for each in self.cases.information(link.reference)):
            return file.case, False
        case = file.case.supply()
        answers = self._asked_last(file.case)
        act = Act.INFORMATION_SUPPLIED if answers else Act.INFORMATION_ADDED
        case, event = case.record(act, role=Role.REFERRER, at=now, subject=str(case.supplied))
        key = self._open(file)
        place = places.information(case.reference, case.supplied)
        information = Information(
            number=case.supplied,
            at=now,
            answers=answers,
            nonce=nonce,
            sealed=key.seal(place, form.model_dump_json().encode()),
        )
        change = Change(case, (event,), (information, SentWords(Writing.INFORMATION)))
        self.cases.commit(self._told_of_information(change, key, asked=bool(answers), now=now))
        return case, True

    def _asked_last(self, case: Case) -> int:
        """The number of the request that waits for an answer, or 0."""
        if case.state is not State.AWAITING_INFORMATION:
            return 0
        return self.cases.rulings(case.reference)[-1].number

    def _told_of_information(
        self, change: Change, key: CaseKey, *, asked: bool, now: datetime
    ) -> Change:
        """The change with its e-mails, and with a new link where the decider's is past its date."""
        reference = change.case.reference
        change, holder, url = self._decider(change, key, now=now)
        received = UpdateReceived(
            reference=reference, asked=asked, told=holder.label if holder else ""
        )
        office = self.settings.office(is_test=change.case.is_test)
        told = [messages.write(key, Kind.UPDATE_RECEIVED, received, to=office, now=now)]
        if holder:
            waiting = InformationSupplied(
                reference=reference,
                asked=asked,
                decision_due=change.case.decision_due,
                url=url,
            )
            kind = Kind.INFORMATION_SUPPLIED
            told.append(messages.write(key, kind, waiting, to=holder, now=now))
        return replace(change, records=(*change.records, *told))

    def _decider(
        self, change: Change, key: CaseKey, *, now: datetime
    ) -> tuple[Change, Person | None, str]:
        """Who holds the link to decide, and its address: a new link's, if it is past its date."""
        link = self.links.of(change.case)
        if link is None or link.has_ended:
            return change, None, ""
        holder = holder_of(key, link)
        known = address_of(self.settings, key, link) if now < link.expires_at else None
        if known:
            return change, holder, known
        reference, decide = change.case.reference, Purpose.DECIDE
        token, newer = new_link(
            self.settings, key, purpose=decide, owner=reference, to=holder, now=now
        )
        case, event = replace(change.case, link=newer.digest).record(
            Act.LINK_ISSUED, role=Role.SERVICE, at=now, subject=newer.digest[:16]
        )
        records = (*change.records, link.supersede(now=now), newer)
        change = Change(case, (*change.events, event), records)
        return change, holder, address(self.settings, decide, token)

    def _withdraw(
        self, token: str, session_token: str, form: WithdrawalForm, nonce: str, *, now: datetime
    ) -> tuple[Case, bool]:
        link, _ = self._enter(token, session_token, now=now)
        file = self.cases.read(link.reference)
        if file.case.withdrawn_at and file.case.nonce == nonce:
            return file.case, False
        case = file.case.withdraw(at=now, nonce=nonce)
        case, event = case.record(Act.REFERRAL_WITHDRAWN, role=Role.REFERRER, at=now)
        key = self._open(file)
        place = places.reason(case.reference, event.number)
        reason = Reason(event.number, key.seal(place, form.reason.encode()))
        told = self._told_of_withdrawal(case, key, now=now)
        sent = SentWords(Writing.WITHDRAWAL)
        self.cases.commit(Change(case, (event,), (reason, sent, *told)))
        return case, True

    def _told_of_withdrawal(
        self, case: Case, key: CaseKey, *, now: datetime
    ) -> list[Link | Message]:
        """The e-mails, and the link of whoever was to decide: its work is over."""
        link = self.links.of(case)
        ends = link if link and not link.has_ended else None
        people = [
            self.settings.office(is_test=case.is_test),
            *([holder_of(key, ends)] if ends else []),
        ]
        kind, reference = Kind.REFERRAL_WITHDRAWN, case.reference
        told: list[Link | Message] = [
            messages.write(
                key,
                kind,
                ReferralWithdrawn(
                    reference=reference, withdrawn_at=now, had_link=person.role is not Role.OFFICE
                ),
                to=person,
                now=now,
            )
            for person in people
        ]
        return [*told, ends.spend(now=now)] if ends else told

    def _note_copy(
        self, token: str, session_token: str, *, now: datetime
    ) -> tuple[CaseFile, Session]:
        link, session = self._enter(token, session_token, now=now)
        file = self.cases.read(link.reference)
        subject = session.digest[:16]
        trail = self.cases.trail(link.reference)
        if not any(each.act is Act.COPY_READ and each.subject == subject for each in trail):
            case, event = file.case.record(
                Act.COPY_READ, role=Role.REFERRER, at=now, subject=subject
            )
            self.cases.commit(Change(case, (event,)))
        return file, session

    def _open(self, file: CaseFile) -> CaseKey:
        return self.vault.open_key(file.key.case_id, file.key.wrapped)
