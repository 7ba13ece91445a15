"""From the first answer to the reference: drafts, and the one transaction that makes a case."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import uuid4

from chalicelib.domain import calendar, errors, links, places, referrals
from chalicelib.domain.audit import Act
from chalicelib.domain.cases import Case, Document, State
from chalicelib.domain.messages import (
    Content,
    DecisionWaiting,
    Kind,
    Message,
    Receipt,
    ReferralReceived,
)
from chalicelib.domain.people import Person, Role
from chalicelib.domain.references import new_reference
from chalicelib.domain.referrals.answers import REFERRAL_LIMIT_BYTES, Answers
from chalicelib.domain.referrals.page import Page
from chalicelib.metrics import Metric
from chalicelib.ports import (
    CaseKey,
    Cases,
    Change,
    Documents,
    Drafts,
    Meter,
    StoredDraft,
    Vault,
    WrappedKey,
)
from chalicelib.services import messages
from chalicelib.services.links import issue, seal_person
from chalicelib.settings import Settings

TRIES = 5


@dataclass(frozen=True)
class Draft:
    """An open draft. Once it was sent, ``reference`` is set and the answers are gone from it."""

    token: str
    stored: StoredDraft
    answers: Answers
    key: CaseKey | None

    @property
    def version(self) -> int:
        return self.stored.version

    @property
    def expires_at(self) -> datetime:
        return self.stored.expires_at

    @property
    def reference(self) -> str:
        return self.stored.reference


@dataclass(frozen=True)
class Submitted:
    """What the referrer is told when a referral has become a case."""

    reference: str
    received_at: datetime
    decision_due: date


@dataclass(frozen=True)
class ReferralService:
    """The use cases of a referrer."""

    settings: Settings
    drafts: Drafts
    documents: Documents
    cases: Cases
    vault: Vault
    meter: Meter

    def start(self, *, now: datetime) -> Draft:
        """A new, empty draft. Its token is the browser's only key to it."""
        token = secrets.token_urlsafe(links.TOKEN_BYTES)
        case_id = uuid4().hex
        key = self.vault.new_key(case_id)
        answers = Answers.empty()
        digest = links.digest(token)
        stored = StoredDraft(
            digest=digest,
            case_id=case_id,
            version=1,
            wrapped_key=key.wrapped,
            sealed=key.seal(places.draft(digest, 1), answers.to_json()),
            created_at=now,
            expires_at=now + timedelta(days=self.settings.draft_days),
        )
        self.drafts.create(stored)
        return Draft(token, stored, answers, key)

    def mark_as_test(self, token: str) -> None:
        """Mark an automatic check's draft before it is sent. Raises StaleVersion after that.

        No page does this: it takes the right to write to the table, which only an operator and
        the service itself have.
        """
        self.drafts.mark_as_test(links.digest(token))

    def open(self, token: str, *, now: datetime) -> Draft:
        """The draft of a browser. Raises DraftNotFound or DraftExpired."""
        stored = self.drafts.get(links.digest(token)) if token else None
        if stored is None:
            raise errors.DraftNotFound
        if now >= stored.expires_at:
            raise errors.DraftExpired
        if stored.reference:
            return Draft(token, stored, Answers.empty(), None)
        key = self.vault.open_key(stored.case_id, stored.wrapped_key)
        answers = key.unseal(places.draft(stored.digest, stored.version), stored.sealed)
        return Draft(token, stored, Answers.from_json(answers), key)

    def save(
        self,
        draft: Draft,
        page: Page,
        change: Callable[[Answers], Answers],
        *,
        stamp: str,
        entry: int | None = None,
        now: datetime,
    ) -> Draft:
        """Change one page's answers. Other pages may be saved at the same time in other tabs.

        ``stamp`` is that of the page as it was shown. Raises StaleVersion where the page has been
        saved differently since, AlreadySubmitted, ReferralTooLarge; then nothing was saved.
        """
        for _ in range(TRIES):
            changed = self._changed(draft, change)
            if draft.answers.stamp(page, entry) != stamp:
                # The same answers sent twice, after a lost reply or a double click, are one save.
                if changed.stamp(page, entry) != draft.answers.stamp(page, entry):
                    raise errors.StaleVersion("page saved elsewhere since")
                return draft
            try:
                return self._store(draft, changed, now=now)
            except errors.StaleVersion:
                draft = self.open(draft.token, now=now)
        raise errors.Unavailable("draft is being written too often")

    def submit(self, draft: Draft, *, seen: int, now: datetime) -> Submitted:
        """Make the draft a case. The same draft sent again gives the same answer.

        ``seen`` is the version that was shown to be checked. Raises StaleVersion where answers
        have changed since, ReferralIncomplete.
        """
        if draft.reference:
            return self._repeated(draft)
        if draft.version != seen:
            raise errors.StaleVersion("answers changed since they were checked")
        referral = referrals.model.Referral.from_answers(draft.answers)
        key = _open(draft)
        place = places.document(draft.stored.case_id)
        document = self.documents.put(draft.stored.case_id, key.seal(place, referral.to_json()))
        for _ in range(TRIES):
            case = self._new_case(draft, referral, document, now=now)
            try:
                self.cases.commit(self._submission(draft, case, referral, now=now))
            except errors.StaleVersion:
                # Lost a race: to the same draft sent at the same time, or for the reference.
                draft = self.open(draft.token, now=now)
                if draft.reference:
                    return self._repeated(draft)
                if draft.version != seen:
                    raise
                continue
            self.meter.emit(Metric.REFERRAL_SUBMITTED, reference=case.reference)
            return Submitted(case.reference, case.received_at, case.decision_due)
        raise errors.Unavailable("referral could not be written")

    def _repeated(self, draft: Draft) -> Submitted:
        self.meter.emit(Metric.REFERRAL_REPEATED, reference=draft.reference)
        return submitted(draft.stored)

    def _changed(self, draft: Draft, change: Callable[[Answers], Answers]) -> Answers:
        if draft.reference:
            raise errors.AlreadySubmitted(draft.reference)
        changed = change(draft.answers)
        if len(changed.to_json()) > REFERRAL_LIMIT_BYTES:
            raise errors.ReferralTooLarge
        return changed

    def _store(self, draft: Draft, answers: Answers, *, now: datetime) -> Draft:
        version = draft.version + 1
        key = _open(draft)
        place = places.draft(draft.stored.digest, version)
        stored = replace(
            draft.stored,
            version=version,
            sealed=key.seal(place, answers.to_json()),
            expires_at=now + timedelta(days=self.settings.draft_days),
        )
        self.drafts.save(stored)
        return Draft(draft.token, stored, answers, key)

    def _new_case(
        self, draft: Draft, referral: referrals.model.Referral, document: Document, *, now: datetime
    ) -> Case:
        return Case(
            reference=new_reference(secrets.choice),
            case_id=draft.stored.case_id,
            version=0,
            state=State.AWAITING_DECISION,
            received_at=now,
            decision_due=self._working_days_after(now, self.settings.decision_working_days),
            agency=referral.agency_kind,
            document=document,
            is_test=draft.stored.is_test,
        )

    def _submission(
        self, draft: Draft, case: Case, referral: referrals.model.Referral, *, now: datetime
    ) -> Change:
        """The whole transaction: case, key, trail, link, messages, and the draft's answers gone."""
        key = _open(draft)
        referrer = Person(
            Role.REFERRER, "Referrer", referral.referrer_name, referral.referrer_email
        )
        chair = self._person(Role.DECISION_MAKER, case)
        case, link, request = issue(self.settings, key, case, to=chair, now=now)
        case, received = case.record(Act.REFERRAL_SUBMITTED, role=Role.REFERRER, at=now)
        case, issued = case.record(
            Act.LINK_ISSUED, role=Role.SERVICE, at=now, subject=link.digest[:16]
        )
        place = places.referrer(case.case_id)
        wrapped = WrappedKey(
            case_id=case.case_id,
            wrapped=key.wrapped,
            referrer=seal_person(key, place, referrer),
            wrapped_at=draft.stored.created_at,
        )
        sent_draft = replace(
            draft.stored,
            version=draft.version + 1,
            sealed=b"",
            wrapped_key=b"",
            reference=case.reference,
            received_at=case.received_at,
            decision_due=case.decision_due,
        )
        told = self._first_messages(key, case, referrer, now=now)
        return Change(case, (received, issued), (wrapped, sent_draft, link, request, *told))

    def _first_messages(
        self, key: CaseKey, case: Case, referrer: Person, *, now: datetime
    ) -> list[Message]:
        office = self._person(Role.OFFICE, case)

        def to_office(kind: Kind, content: Content, not_before: datetime) -> Message:
            return messages.write(key, kind, content, to=office, now=now, not_before=not_before)

        facts = {
            "reference": case.reference,
            "received_at": case.received_at,
            "decision_due": case.decision_due,
        }
        waiting_from = calendar.morning_of(
            self._working_days_after(now, self.settings.silence_working_days)
        )
        return [
            messages.write(key, Kind.RECEIPT, Receipt.model_validate(facts), to=referrer, now=now),
            to_office(
                Kind.REFERRAL_RECEIVED,
                ReferralReceived.model_validate(facts | {"agency": case.agency}),
                now,
            ),
            to_office(
                Kind.DECISION_WAITING,
                DecisionWaiting.model_validate(
                    facts | {"decider": self.settings.decision_maker_label}
                ),
                waiting_from,
            ),
        ]

    def _person(self, role: Role, case: Case) -> Person:
        person = self.settings.person(role, is_test=case.is_test)
        assert person is not None  # noqa: S101 - the settings require one
        return person

    def _working_days_after(self, moment: datetime, days: int) -> date:
        return calendar.add_working_days(
            calendar.london_date(moment), days, extra_holidays=self.settings.extra_bank_holidays
        )


def submitted(stored: StoredDraft) -> Submitted:
    """What a draft that was sent became. Raises DraftNotFound for one that was not."""
    if not (stored.reference and stored.received_at and stored.decision_due):
        raise errors.DraftNotFound
    return Submitted(stored.reference, stored.received_at, stored.decision_due)


def _open(draft: Draft) -> CaseKey:
    if draft.key is None:
        raise errors.AlreadySubmitted(draft.reference)
    return draft.key
