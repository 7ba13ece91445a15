"""Drafts: started, opened, saved page by page, and come back to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain import drafts as rules
from chalicelib.domain import errors, places
from chalicelib.domain.referrals.answers import REFERRAL_LIMIT_BYTES, Answers
from chalicelib.domain.referrals.page import Page
from chalicelib.ports import CaseKey, Drafts, StoredDraft, Vault
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
        browser = self.stored.browsers[_parts(self.token)[1]]
        return browser.ends_at() if self.is_confirmed and not self.reference else None

    def open_key(self) -> CaseKey:
        """The key of the case. Raises AlreadySubmitted, for a draft that was sent has none."""
        if self.key is None:
            raise errors.AlreadySubmitted(self.reference)
        return self.key


@dataclass(frozen=True)
class DraftService:
    """The use cases of whoever fills in a referral."""

    settings: Settings
    drafts: Drafts
    vault: Vault

    def start(self, *, network: str = "", now: datetime) -> Draft:  # noqa: ARG002
        """A new, empty draft. Its token is the browser's only key to it."""
        case_id = uuid4().hex
        token, secret = _new_token(case_id)
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
        self.drafts.mark_as_test(_parts(token)[0])

    def open(self, token: str, *, touch: bool = False, now: datetime) -> Draft:
        """The draft of a browser. Raises DraftNotFound, DraftExpired or DraftSessionEnded.

        ``touch`` keeps that the browser was used, for a caller that does not save.
        """
        case_id, secret = _parts(token)
        stored = self.drafts.get(case_id)
        if stored is None:
            raise errors.DraftNotFound
        _admit(stored, secret, now=now)
        if stored.reference:
            return Draft(token, stored, Answers.empty(), None)
        if touch and stored.confirmed_at:
            stored = self._touched(stored, secret, now=now)
        key = self.vault.open_key(case_id, stored.wrapped_key)
        answers = key.unseal(places.draft(case_id, stored.version), stored.sealed)
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
        version = draft.version + 1
        key = draft.open_key()
        stored = replace(
            draft.stored,
            version=version,
            sealed=key.seal(places.draft(draft.case_id, version), answers.to_json()),
            expires_at=now + timedelta(days=self.settings.draft_days),
            browsers=rules.seen(draft.stored.browsers, _parts(draft.token)[1], now=now),
        )
        self.drafts.write(stored)
        return Draft(draft.token, stored, answers, key)


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


def _new_token(case_id: str) -> tuple[str, str]:
    """A browser's token for a draft, and the digest of its secret."""
    token = rules.new_token(case_id)
    return token, _parts(token)[1]


def _parts(token: str) -> tuple[str, str]:
    found = rules.parts(token)
    if found is None:
        raise errors.DraftNotFound
    return found
