"""The decision-maker's use cases: read the case, write a ruling, check it, confirm it once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain import errors, places, referrals
from chalicelib.domain.audit import Act
from chalicelib.domain.cases import Case, Outcome, State
from chalicelib.domain.decisions import RulingForm
from chalicelib.domain.links import Link, Session
from chalicelib.domain.messages import (
    ConflictDeclared,
    DecisionRecorded,
    InformationNeeded,
    Kind,
    Message,
    OutcomeContent,
)
from chalicelib.domain.people import Person, Role
from chalicelib.metrics import Metric
from chalicelib.ports import (
    CaseFile,
    CaseKey,
    Cases,
    Change,
    Documents,
    Meter,
    PendingRuling,
    Ruling,
    Vault,
)
from chalicelib.services import messages
from chalicelib.services.cases import OpenedRuling, Supplied, referral, requests, supplied
from chalicelib.services.links import (
    LinkService,
    holder_of,
    issue,
    unseal_person,
    with_fresh_reads,
)
from chalicelib.settings import Settings


@dataclass(frozen=True)
class Reading:
    """A case opened for its decision-maker."""

    case: Case
    referral: referrals.model.Referral
    session: Session
    requests: tuple[OpenedRuling, ...]
    supplied: tuple[Supplied, ...]
    key: CaseKey


@dataclass(frozen=True)
class Standing:
    """Where a case stands, for whoever holds a session of ``link``."""

    case: Case
    link: Link
    session: Session


@dataclass(frozen=True)
class Draft:
    """A ruling as written so far. ``nonce`` names exactly these words.

    ``is_declared`` says whether its author declared that they have no conflict of interest.
    ``seen`` is how often information had been supplied when its author began to write, ``added``
    is what was supplied since.
    """

    case: Case
    session: Session
    is_declared: bool
    form: RulingForm | None = None
    nonce: str = ""
    seen: int = 0
    added: tuple[Supplied, ...] = ()


@dataclass(frozen=True)
class DecisionService:
    """The use cases behind a session of a decision link."""

    settings: Settings
    cases: Cases
    documents: Documents
    vault: Vault
    links: LinkService
    meter: Meter

    def read(self, token: str, session_token: str, *, now: datetime) -> Reading:
        """The whole case, for whoever holds a session."""
        link, session = self.links.enter(token, session_token, now=now)
        file = self.cases.read(link.reference)
        key = self._open(file)
        return Reading(
            case=file.case,
            referral=referral(self.documents, file.case, key),
            session=session,
            requests=requests(self.cases, file.case, key),
            supplied=supplied(self.cases, file.case, key),
            key=key,
        )

    def status(
        self, token: str, session_token: str, *, now: datetime, ended: bool = False
    ) -> Standing:
        """Where the case stands. With ``ended``, also after the link has done its work."""
        link, session = self.links.enter(token, session_token, now=now, ended=ended)
        return Standing(self.cases.read(link.reference).case, link, session)

    def pending(
        self, token: str, session_token: str, *, now: datetime, ended: bool = False
    ) -> Draft:
        """What was written so far and not confirmed; with ``ended``, under an ended link too."""
        link, session = self.links.enter(token, session_token, now=now, ended=ended)
        file = self.cases.read(link.reference, link=link.digest)
        is_declared = link.no_conflict_at is not None
        if file.pending is None:
            return Draft(file.case, session, is_declared, seen=file.case.supplied)
        key = self._open(file)
        return Draft(
            file.case,
            session,
            is_declared,
            form=_unseal(key, file.pending),
            nonce=file.pending.nonce,
            seen=file.pending.supplied,
            added=supplied(self.cases, file.case, key, after=file.pending.supplied),
        )

    def declare_no_conflict(self, token: str, session_token: str, *, now: datetime) -> None:
        """Record, once for each link, that its holder has no conflict of interest."""
        with_fresh_reads(lambda: self._declare(token, session_token, now=now))

    def write(
        self,
        token: str,
        session_token: str,
        form: RulingForm,
        *,
        seen: int | None = None,
        now: datetime,
    ) -> None:
        """Keep a ruling to be checked. Nothing is decided by it. Raises InterestUndeclared.

        ``seen`` is how often information had been supplied when its author began to write: all
        of it, where that is not given.
        """
        link, _ = self.links.enter(token, session_token, now=now)
        link.ensure_declared()
        file = self.cases.read(link.reference)
        file.case.ensure_open()
        key = self._open(file)
        nonce = secrets.token_urlsafe(16)
        place = places.pending_ruling(link.digest, nonce)
        self.cases.save_pending(
            PendingRuling(
                reference=link.reference,
                link=link.digest,
                nonce=nonce,
                sealed=key.seal(place, form.model_dump_json().encode()),
                expires_at=now + timedelta(days=self.settings.link_days),
                supplied=file.case.supplied if seen is None else seen,
            )
        )

    def confirm(
        self,
        token: str,
        session_token: str,
        nonce: str,
        *,
        seen: int | None = None,
        now: datetime,
    ) -> Case:
        """Record the ruling that ``nonce`` names. The same nonce again gives the same answer.

        ``seen`` is how often information had been supplied when the words were checked, where
        that is not how often it had been when they were written. Raises AlreadyDecided for any
        other decision after the first, AlreadyWithdrawn, WordsChanged where the words were changed
        after they were checked, and InformationAdded where information came after that.
        """
        return with_fresh_reads(lambda: self._confirm(token, session_token, nonce, seen, now=now))

    def step_aside(self, token: str, session_token: str, *, now: datetime) -> Case:
        """Pass the case on because of a conflict of interest; the link is spent by it."""
        return with_fresh_reads(lambda: self._step_aside(token, session_token, now=now))

    def _declare(self, token: str, session_token: str, *, now: datetime) -> None:
        link, _ = self.links.enter(token, session_token, now=now)
        if link.no_conflict_at:
            return
        file = self.cases.read(link.reference)
        file.case.ensure_open()
        case, event = file.case.record(
            Act.NO_CONFLICT_DECLARED, role=link.role, at=now, subject=link.digest[:16]
        )
        self.cases.commit(Change(case, (event,), (link.declare_no_conflict(now=now),)))

    def _confirm(
        self, token: str, session_token: str, nonce: str, seen: int | None, *, now: datetime
    ) -> Case:
        link, _ = self.links.enter(token, session_token, now=now, ended=True)
        file = self.cases.read(link.reference, link=link.digest)
        if nonce and file.case.nonce == nonce:
            return file.case
        file.case.ensure_open()
        link.ensure_live(now=now)
        if file.pending is None or file.pending.nonce != nonce:
            raise errors.WordsChanged
        if file.case.supplied > (file.pending.supplied if seen is None else seen):
            raise errors.InformationAdded
        key = self._open(file)
        form = _unseal(key, file.pending)
        change = self._ruling(file, link, form, key, now=now)
        self.cases.commit(change)
        self._count(form.outcome, change.case)
        return change.case

    def _count(self, outcome: Outcome, case: Case) -> None:
        if case.state is State.DECIDED:
            self.meter.emit(Metric.DECISION_RECORDED, of=outcome, reference=case.reference)
        else:
            self.meter.emit(Metric.INFORMATION_REQUESTED, reference=case.reference)

    def _ruling(
        self, file: CaseFile, link: Link, form: RulingForm, key: CaseKey, *, now: datetime
    ) -> Change:
        pending = file.pending
        assert pending is not None  # noqa: S101 - the caller unsealed it
        case = file.case.decide(form.outcome, role=link.role, at=now, nonce=pending.nonce)
        is_final = case.state is State.DECIDED
        act = Act.DECISION_RECORDED if is_final else Act.INFORMATION_REQUESTED
        case, event = case.record(act, role=link.role, at=now, subject=form.outcome.value)
        number = event.number
        ruling = Ruling(
            number=number,
            outcome=form.outcome,
            role=link.role,
            at=now,
            nonce=pending.nonce,
            sealed=key.seal(places.ruling(case.reference, number), form.model_dump_json().encode()),
        )
        told = self._told(file, link, form.outcome, key, now=now)
        spent = (link.spend(now=now),) if is_final else ()
        return Change(case, (event,), (ruling, pending, *spent, *told))

    def _told(
        self, file: CaseFile, link: Link, outcome: Outcome, key: CaseKey, *, now: datetime
    ) -> list[Message]:
        """To the decision-maker and the office what was recorded, to the referrer what follows."""
        reference = file.case.reference
        decider = holder_of(key, link)
        referrer = unseal_person(
            key, places.referrer(file.case.case_id), file.key.referrer, Role.REFERRER
        )
        recorded = DecisionRecorded(
            reference=reference, outcome=outcome, decided_at=now, decided_by=decider.label
        )
        kind, content = (
            (Kind.INFORMATION_NEEDED, InformationNeeded(reference=reference))
            if outcome is Outcome.MORE_INFORMATION
            else (Kind.OUTCOME, OutcomeContent(reference=reference, outcome=outcome))
        )
        return [
            messages.write(key, kind, content, to=referrer, now=now),
            *(
                messages.write(key, Kind.DECISION_RECORDED, recorded, to=person, now=now)
                for person in (decider, self.settings.office(is_test=file.case.is_test))
            ),
        ]

    def _step_aside(self, token: str, session_token: str, *, now: datetime) -> Case:
        link, _ = self.links.enter(token, session_token, now=now, ended=True)
        file = self.cases.read(link.reference)
        if link.spent_at and file.case.is_open:
            return file.case
        file.case.ensure_open()
        link.ensure_live(now=now)
        key = self._open(file)
        deputy = (
            self.settings.person(Role.DEPUTY, is_test=file.case.is_test)
            if link.role is not Role.DEPUTY
            else None
        )
        case = file.case.pass_to(deputy.role if deputy else Role.OFFICE)
        case, event = case.record(Act.CONFLICT_DECLARED, role=link.role, at=now)
        own = holder_of(key, link)
        office = self.settings.office(is_test=case.is_test)
        told = ConflictDeclared(
            reference=case.reference,
            declared_by=own.label,
            passed_to=deputy.label if deputy else "",
        )
        change = Change(
            case,
            (event,),
            (
                link.spend(now=now),
                messages.write(key, Kind.CONFLICT_DECLARED, told, to=office, now=now),
            ),
        )
        if deputy:
            change = self._with_link(change, key, deputy, now=now)
        self.cases.commit(change)
        self.meter.emit(Metric.CONFLICT_DECLARED, reference=case.reference)
        return change.case

    def _with_link(self, change: Change, key: CaseKey, person: Person, *, now: datetime) -> Change:
        case, link, request = issue(self.settings, key, change.case, to=person, now=now)
        case, event = case.record(
            Act.LINK_ISSUED, role=Role.SERVICE, at=now, subject=link.digest[:16]
        )
        return replace(
            change,
            case=case,
            events=(*change.events, event),
            records=(*change.records, link, request),
        )

    def _open(self, file: CaseFile) -> CaseKey:
        return self.vault.open_key(file.key.case_id, file.key.wrapped)


def _unseal(key: CaseKey, pending: PendingRuling) -> RulingForm:
    place = places.pending_ruling(pending.link, pending.nonce)
    return RulingForm.model_validate_json(key.unseal(place, pending.sealed))
