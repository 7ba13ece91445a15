"""Sending a referral: the one transaction that makes a draft a case."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime

from chalicelib.domain import calendar, errors, places, referrals
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
from chalicelib.metrics import Metric
from chalicelib.ports import (
    CaseKey,
    Cases,
    Change,
    Documents,
    LeftMailbox,
    Meter,
    Record,
    StoredDraft,
    WrappedKey,
)
from chalicelib.services import messages
from chalicelib.services.drafts import TRIES, Draft, DraftService
from chalicelib.services.links import issue, seal_person
from chalicelib.settings import Settings


@dataclass(frozen=True)
class Submitted:
    """What the referrer is told when a referral has become a case."""

    reference: str
    received_at: datetime
    decision_due: date


@dataclass(frozen=True)
class ReferralService:
    """The use case of whoever sends a referral."""

    settings: Settings
    drafts: DraftService
    documents: Documents
    cases: Cases
    meter: Meter

    def submit(self, draft: Draft, *, seen: int, now: datetime) -> Submitted:
        """Make the draft a case. The same draft sent again gives the same answer.

        ``seen`` is the version that was shown to be checked. Raises StaleVersion where answers
        have changed since, ReferralIncomplete, or EmailUnconfirmed where it gives another address
        than the one that was confirmed.
        """
        if draft.reference:
            return self._repeated(draft)
        if draft.version != seen:
            raise errors.StaleVersion("answers changed since they were checked")
        referral = referrals.model.Referral.from_answers(draft.answers)
        if not (draft.stored.is_test or draft.is_confirmed_as(referral.referrer_email)):
            raise errors.EmailUnconfirmed
        key = draft.open_key()
        place = places.document(draft.stored.case_id)
        document = self.documents.put(draft.stored.case_id, key.seal(place, referral.to_json()))
        for _ in range(TRIES):
            case = self._new_case(draft, referral, document, now=now)
            try:
                self.cases.commit(self._submission(draft, case, referral, now=now))
            except errors.StaleVersion:
                # Lost a race: to the same draft sent at the same time, or for the reference.
                draft = self.drafts.open(draft.token, now=now)
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
        key = draft.open_key()
        referrer = Person(
            Role.REFERRER, "Referrer", referral.referrer_name, referral.referrer_email
        )
        chair = self.settings.decision_maker(is_test=case.is_test)
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
            contact=b"",
            mailbox="",
            wrapped_key=b"",
            reference=case.reference,
            received_at=case.received_at,
            decision_due=case.decision_due,
        )
        told = self._first_messages(key, case, referrer, now=now)
        mailbox = draft.stored.mailbox
        left = [LeftMailbox(mailbox, case.case_id)] if mailbox else []
        records: tuple[Record, ...] = (wrapped, sent_draft, *left, link, request, *told)
        return Change(case, (received, issued), records)

    def _first_messages(
        self, key: CaseKey, case: Case, referrer: Person, *, now: datetime
    ) -> list[Message]:
        office = self.settings.office(is_test=case.is_test)

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

    def _working_days_after(self, moment: datetime, days: int) -> date:
        return calendar.add_working_days(
            calendar.london_date(moment), days, extra_holidays=self.settings.extra_bank_holidays
        )


def submitted(stored: StoredDraft) -> Submitted:
    """What a draft that was sent became. Raises DraftNotFound for one that was not."""
    if not (stored.reference and stored.received_at and stored.decision_due):
        raise errors.DraftNotFound
    return Submitted(stored.reference, stored.received_at, stored.decision_due)
