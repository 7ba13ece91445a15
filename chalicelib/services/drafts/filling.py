"""Drafts while they are filled in: started, opened and saved page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain import drafts as rules
from chalicelib.domain import errors, places
from chalicelib.domain.limits import Limit
from chalicelib.domain.people import Person, Role
from chalicelib.domain.referrals.answers import REFERRAL_LIMIT_BYTES, Answers
from chalicelib.domain.referrals.page import Page
from chalicelib.ports import CaseKey, Drafts, Limits, StoredDraft, Vault
from chalicelib.services.links import unseal_person
from chalicelib.settings import Settings

TRIES = 5


@dataclass(frozen=True)
class Draft:
    """An open draft. Once it was sent, ``reference`` is set and the answers are gone from it.

    ``token`` is what the browser that opened it keeps, and its only key to the draft.
    """

    token: str
    stored: StoredDraft
    answers: Answers
    key: CaseKey | None

    @property
    def case_id(self) -> str:
        return self.stored.case_id

    @property
    def version(self) -> int:
        return self.stored.version

    @property
    def expires_at(self) -> datetime:
        return self.stored.expires_at

    @property
    def reference(self) -> str:
        return self.stored.reference

    @property
    def is_confirmed(self) -> bool:
        """Whether the referrer has shown that they read an e-mail address."""
        return self.stored.confirmed_at is not None

    @property
    def session_ends_at(self) -> datetime | None:
        """When this browser is shut out. Without a confirmed address nothing else leads back."""
        browser = self.stored.browsers[parts(self.token)[1]]
        return browser.ends_at() if self.is_confirmed and not self.reference else None

    @property
    def confirmed_email(self) -> str:
        """The address that the referrer has shown that they read, or nothing."""
        contact = contact_of(self.stored, self.open_key())
        return contact.email if contact else ""

    def is_confirmed_as(self, email: str) -> bool:
        """Whether this address is the confirmed one."""
        return is_same(self.confirmed_email, email)

    def open_key(self) -> CaseKey:
        """The key of the case. Raises AlreadySubmitted, for a draft that was sent has none."""
        if self.key is None:
            raise errors.AlreadySubmitted(self.reference)
        return self.key


@dataclass(frozen=True)
class Filling:
    """The use cases of whoever fills in a referral."""

    settings: Settings
    drafts: Drafts
    vault: Vault
    limits: Limits

    def start(self, *, network: str = "", now: datetime) -> Draft:
        """A new, empty draft. Its token is the browser's only key to it. Raises TooOften."""
        self.limits.count(Limit.DRAFTS_BY_NETWORK, network, now=now)
        case_id = uuid4().hex
        token, secret = new_token(case_id)
        key = self.vault.new_key(case_id)
        answers = Answers.empty()
        stored = StoredDraft(
            case_id=case_id,
            version=1,
            wrapped_key=key.wrapped,
            sealed=key.seal(places.draft(case_id, 1), answers.to_json()),
            created_at=now,
            expires_at=now + timedelta(days=self.settings.draft_days),
            browsers=rules.admitted({}, secret, now=now),
        )
        self.drafts.create(stored)
        return Draft(token, stored, answers, key)

    def mark_as_test(self, token: str) -> None:
        """Mark an automatic check's draft before it is sent. Raises StaleVersion after that.

        No page does this: it takes the right to write to the table, which only an operator and
        the service itself have.
        """
        self.drafts.mark_as_test(parts(token)[0])

    def open(self, token: str, *, touch: bool = False, now: datetime) -> Draft:
        """The draft of a browser. Raises DraftNotFound, DraftExpired or DraftSessionEnded.

        ``touch`` keeps that the browser was used, for a caller that does not save.
        """
        case_id, secret = parts(token)
        stored = self.drafts.get(case_id)
        if stored is None:
            raise errors.DraftNotFound
        _admit(stored, secret, now=now)
        if stored.reference:
            return Draft(token, stored, Answers.empty(), None)
        if touch and stored.confirmed_at:
            stored = self._touched(stored, secret, now=now)
        key = self.vault.open_key(case_id, stored.wrapped_key)
        return Draft(token, stored, read_answers(stored, key), key)

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
            changed = _changed(draft, change)
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

    def _touched(self, stored: StoredDraft, secret: str, *, now: datetime) -> StoredDraft:
        if stored.browsers[secret].is_fresh(now=now):
            return stored
        try:
            self.drafts.touch(stored.case_id, secret, now=now)
        except (errors.StaleVersion, errors.Unavailable):
            # Reading goes on; the session only ends earlier than it might.
            return stored
        return replace(stored, browsers=rules.seen(stored.browsers, secret, now=now))

    def _store(self, draft: Draft, answers: Answers, *, now: datetime) -> Draft:
        saved = self._saved(draft, answers, now=now)
        self.drafts.write(saved.stored)
        return saved

    def _saved(self, draft: Draft, answers: Answers, *, now: datetime) -> Draft:
        """The draft as it shall stand with these answers."""
        kept = replace(
            draft.stored,
            expires_at=now + timedelta(days=self.settings.draft_days),
            browsers=rules.seen(draft.stored.browsers, parts(draft.token)[1], now=now),
        )
        key = draft.open_key()
        return Draft(draft.token, next_version(kept, answers, key), answers, key)


def contact_of(stored: StoredDraft, key: CaseKey) -> Person | None:
    """Whoever has confirmed an address for the draft."""
    if not stored.contact:
        return None
    return unseal_person(key, places.contact(stored.case_id), stored.contact, Role.REFERRER)


def is_same(one: str, other: str) -> bool:
    """Whether two spellings are one mailbox."""
    return one.strip().casefold() == other.strip().casefold()


def next_version(stored: StoredDraft, answers: Answers, key: CaseKey) -> StoredDraft:
    """A stored draft's next version, with these answers sealed into it."""
    version = stored.version + 1
    sealed = key.seal(places.draft(stored.case_id, version), answers.to_json())
    return replace(stored, version=version, sealed=sealed)


def read_answers(stored: StoredDraft, key: CaseKey) -> Answers:
    """The answers that are sealed in a stored draft."""
    place = places.draft(stored.case_id, stored.version)
    return Answers.from_json(key.unseal(place, stored.sealed))


def _changed(draft: Draft, change: Callable[[Answers], Answers]) -> Answers:
    if draft.reference:
        raise errors.AlreadySubmitted(draft.reference)
    changed = change(draft.answers)
    if len(changed.to_json()) > REFERRAL_LIMIT_BYTES:
        raise errors.ReferralTooLarge
    return changed


def _admit(stored: StoredDraft, secret: str, *, now: datetime) -> None:
    """Raise the error that says why a browser may not open the draft, if it may not."""
    browser = stored.browsers.get(secret)
    can_return = stored.confirmed_at is not None and not stored.reference
    if browser is None and not can_return:
        raise errors.DraftNotFound
    if now >= stored.expires_at:
        raise errors.DraftExpired
    if browser is None or (can_return and now >= browser.ends_at()):
        raise errors.DraftSessionEnded


def new_token(case_id: str) -> tuple[str, str]:
    """A browser's token for a draft, and the digest of its secret."""
    token = rules.new_token(case_id)
    return token, parts(token)[1]


def parts(token: str) -> tuple[str, str]:
    found = rules.parts(token)
    if found is None:
        raise errors.DraftNotFound
    return found
