"""The referrer's mailbox: confirmed by a code, and from then on the way back to the draft."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain import drafts as rules
from chalicelib.domain import errors, places
from chalicelib.domain import links as link_rules
from chalicelib.domain.limits import Limit
from chalicelib.domain.links import Link, Purpose
from chalicelib.domain.messages import BEFORE_THE_END, DraftExpiring, DraftSaved, Kind, Message
from chalicelib.domain.people import Person, Role
from chalicelib.domain.referrals import pages
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import PAGES
from chalicelib.metrics import Metric
from chalicelib.ports import (
    Ask,
    AskKind,
    Asks,
    CaseKey,
    DraftRecord,
    IssuedCode,
    LeftMailbox,
    Mailbox,
    Meter,
    Pseudonyms,
    StoredDraft,
)
from chalicelib.services import links, messages
from chalicelib.services.drafts.filling import (
    TRIES,
    Draft,
    Filling,
    contact_of,
    is_same,
    new_token,
    next_version,
    parts,
    read_answers,
)
from chalicelib.services.links import LinkService, with_fresh_reads

CONTACT = "referrer/contact"
NAME = "referrer/name"
# Pseudonyms under which a draft is found by its mailbox.
FOUND_BY = "drafts"


@dataclass(frozen=True)
class Mailboxes(Filling):
    """Use cases that need the referrer's mailbox."""

    links: LinkService
    asks: Asks
    pseudonyms: Pseudonyms
    meter: Meter

    def ask_to_confirm(self, draft: Draft, email: str, *, network: str, now: datetime) -> None:
        """Send a code to an address, to be typed where it was asked for.

        Raises TooManyCodes or TooOften.
        """
        self._count_code(email, network=network, now=now)
        digest, key = rules.confirming(draft.token), draft.open_key()
        person = _referrer(draft.answers, email)
        with_fresh_reads(lambda: self._send_code(digest, draft.case_id, key, person, now=now))

    def confirming(self, draft: Draft) -> str:
        """The address that the last code of this browser went to, or nothing."""
        link, _ = self.links.links.read(rules.confirming(draft.token))
        return links.holder_of(draft.open_key(), link).email if link else ""

    def confirm(self, draft: Draft, typed: str, *, network: str, now: datetime) -> Draft:
        """The draft, whose address is confirmed by the code that was typed.

        A link to come back is sent to it. If the referral gives another address, it now gives this
        one. Raises CodeWrong, CodeExpired or TooOften.
        """
        try:
            link, used = self.links.prove(
                rules.confirming(draft.token),
                typed,
                purpose=Purpose.RESUME,
                network=network,
                now=now,
            )
        except errors.CodeExpired:
            # Used up a moment ago, perhaps, by the same form sent twice.
            again = self.open(draft.token, now=now)
            if again.is_confirmed and again.is_confirmed_as(self.confirming(again)):
                return again
            raise
        for _ in range(TRIES):
            person = links.holder_of(draft.open_key(), link)
            try:
                return self._confirm(draft, person, used, now=now)
            except errors.StaleVersion:
                # Saved in another tab, or the same code came twice.
                draft = self.open(draft.token, now=now)
                if draft.is_confirmed_as(person.email):
                    return draft
        raise errors.CodeExpired

    def send_link(self, draft: Draft, *, now: datetime) -> None:
        """Send a link to come back to the confirmed address. Raises TooOften."""
        key = draft.open_key()
        person = contact_of(draft.stored, key)
        if person is None:
            raise errors.EmailUnconfirmed
        self.limits.count(Limit.LINKS_BY_MAILBOX, person.email, now=now)
        self._send_link(draft.stored, key, person, now=now)

    def ask_for_links(self, email: str, *, network: str, now: datetime) -> None:
        """Ask for links to whatever drafts belong to an address. Raises TooOften.

        The same is written whether or not there are any, and a job does the rest.
        """
        self.limits.count(Limit.CODES_BY_NETWORK, network, now=now)
        mailbox = self.pseudonyms.of(FOUND_BY, email)
        self.asks.put(Ask(uuid4().hex, AskKind.LOST_LINK, subject=mailbox, asked_at=now))

    def answer(self, ask: Ask, *, now: datetime) -> None:
        """Send links to the drafts that belong to the mailbox of an ask, if there are any."""
        drafts = (self.drafts.get(case_id) for case_id in self.drafts.by_mailbox(ask.subject))
        counted = False
        for stored in drafts:
            if stored is None or stored.reference or now >= stored.expires_at:
                continue
            key = self.vault.open_key(stored.case_id, stored.wrapped_key)
            person = contact_of(stored, key)
            if person is None:
                continue
            if not counted and not self._may_send_links(person, now=now):
                return
            counted = True
            self._send_link(stored, key, person, now=now)

    def locate(self, token: str, *, now: datetime) -> Link:
        """The live link of an e-mail, whose draft can still be filled in.

        Raises LinkUnknown or what ended the link, DraftNotFound, DraftExpired or AlreadySubmitted.
        """
        link = self.links.locate(token, purpose=Purpose.RESUME, now=now)
        self._kept(link.reference, now=now)
        return link

    def leave(self, draft: Draft) -> None:
        """Shut a browser out of a draft that another way leads back to. Raises EmailUnconfirmed."""
        if not draft.is_confirmed:
            raise errors.EmailUnconfirmed
        self.drafts.shut_out(draft.case_id, parts(draft.token)[1])

    def resume(self, token: str, typed: str, *, network: str, now: datetime) -> Draft:
        """Open the draft of a link in another browser, or again in one that was shut out.

        ``token`` is that of a link in an e-mail, or what ``reopen`` gave.

        Raises CodeWrong, CodeExpired, TooOften, AlreadySubmitted, or what says that the draft is
        gone, or that its referrer has confirmed another address since the link was sent.
        """
        link, used = self.links.prove(
            token, typed, purpose=Purpose.RESUME, network=network, now=now
        )
        return with_fresh_reads(lambda: self._resume(link, used, now=now))

    def reopen(self, token: str, *, network: str, now: datetime) -> str:
        """Send a code for a browser that was shut out; ``resume`` takes it with what is returned.

        Raises DraftNotFound, DraftExpired, AlreadySubmitted, TooManyCodes or TooOften.
        """
        stored = self._kept(parts(token)[0], now=now)
        key = self.vault.open_key(stored.case_id, stored.wrapped_key)
        person = contact_of(stored, key)
        if person is None:
            raise errors.DraftNotFound
        digest = rules.reopening(token)
        self._count_code(person.email, network=network, now=now)
        with_fresh_reads(lambda: self._send_code(digest, stored.case_id, key, person, now=now))
        return digest

    def _count_code(self, email: str, *, network: str, now: datetime) -> None:
        self.limits.count(Limit.CODES_BY_NETWORK, network, now=now)
        self.limits.count(Limit.CODES_BY_MAILBOX, email, now=now)

    def _send_code(
        self, digest: str, case_id: str, key: CaseKey, person: Person, *, now: datetime
    ) -> None:
        """Send a code that only the page can take that asked for it: no e-mail has its link."""
        before = self.links.links.code(digest)
        recent = link_rules.sent_within_the_hour(before.sent if before else (), now=now)
        link = Link(
            digest=digest,
            purpose=Purpose.RESUME,
            reference=case_id,
            role=Role.REFERRER,
            issued_at=now,
            expires_at=now + rules.CODE_LINK_LIFE,
            holder=links.seal_person(key, places.holder(digest), person),
        )
        issued, message = links.new_code(
            key, link, to=person, owner=case_id, recent=recent, now=now
        )
        self.drafts.add((link, replace(issued, replaces=before), message))
        self.meter.emit(Metric.CODE_SENT)

    def _confirm(self, draft: Draft, person: Person, used: IssuedCode, *, now: datetime) -> Draft:
        key = draft.open_key()
        mailbox = self.pseudonyms.of(FOUND_BY, person.email)
        secret = parts(draft.token)[1]
        confirmed = replace(
            draft.stored,
            expires_at=now + timedelta(days=self.settings.draft_days),
            # Whoever was let in by another address is not let in by this one.
            browsers=rules.admitted({}, secret, now=now),
            confirmed_at=now,
            mailbox=mailbox,
            contact=links.seal_person(key, places.contact(draft.case_id), person),
        )
        answers = _giving(draft.answers, person.email)
        stored = next_version(confirmed, answers, key)
        records: list[DraftRecord] = [used, *self._new_link(stored, key, person, now=now)]
        if draft.stored.mailbox != mailbox:
            records.append(Mailbox(mailbox, draft.case_id))
            if draft.stored.mailbox:
                records.append(LeftMailbox(draft.stored.mailbox, draft.case_id))
        self.drafts.write(stored, records)
        return Draft(draft.token, stored, answers, key)

    def _resume(self, link: Link, used: IssuedCode, *, now: datetime) -> Draft:
        before = self._kept(link.reference, now=now)
        key = self.vault.open_key(before.case_id, before.wrapped_key)
        person = contact_of(before, key)
        if person is None or not is_same(person.email, links.holder_of(key, link).email):
            raise errors.LinkSuperseded
        token, secret = new_token(before.case_id)
        answers = read_answers(before, key)
        admitted = replace(before, browsers=rules.admitted(before.browsers, secret, now=now))
        stored = next_version(admitted, answers, key)
        # The reminder may have gone out before: it waits anew, with a link that lives as long.
        new_link, url = self._issue(stored, key, person, now=now)
        self.drafts.write(stored, (used, new_link, *_reminder(stored, key, person, url, now=now)))
        return Draft(token, stored, answers, key)

    def _kept(self, case_id: str, *, now: datetime) -> StoredDraft:
        """A draft that can still be filled in."""
        stored = self.drafts.get(case_id)
        if stored is None:
            raise errors.DraftNotFound
        if stored.reference:
            raise errors.AlreadySubmitted(stored.reference)
        if now >= stored.expires_at:
            raise errors.DraftExpired
        return stored

    def _may_send_links(self, person: Person, *, now: datetime) -> bool:
        """Whether the mailbox did not get many links already. Nobody is told if it did."""
        try:
            self.limits.count(Limit.LINKS_BY_MAILBOX, person.email, now=now)
        except errors.TooOften:
            return False
        return True

    def _send_link(
        self, stored: StoredDraft, key: CaseKey, person: Person, *, now: datetime
    ) -> None:
        self.drafts.add(self._new_link(stored, key, person, now=now))

    def _issue(
        self, stored: StoredDraft, key: CaseKey, person: Person, *, now: datetime
    ) -> tuple[Link, str]:
        """A link to come back, and its address."""
        token, link = links.new_link(
            self.settings,
            key,
            purpose=Purpose.RESUME,
            owner=stored.case_id,
            to=person,
            expires_at=now + rules.LINK_LIFE,
            now=now,
        )
        return link, links.address(self.settings, Purpose.RESUME, token)

    def _new_link(
        self, stored: StoredDraft, key: CaseKey, person: Person, *, now: datetime
    ) -> list[DraftRecord]:
        """A link to come back, the message that carries it, and the one that reminds of it."""
        link, url = self._issue(stored, key, person, now=now)
        content = DraftSaved.model_validate(_facts(stored, url))
        saved = messages.write(
            key, Kind.DRAFT_SAVED, content, to=person, now=now, owner=stored.case_id
        )
        return [link, saved, *_reminder(stored, key, person, url, now=now)]


def _reminder(
    stored: StoredDraft, key: CaseKey, person: Person, url: str, *, now: datetime
) -> list[Message]:
    """The message that reminds of a draft before it goes, unless it should be out by now.

    It waits as one message a draft. As long as the draft is saved, it is put off.
    """
    remind_at = stored.expires_at - BEFORE_THE_END[Kind.DRAFT_EXPIRING]
    if now >= remind_at:
        return []
    reminder = messages.write(
        key,
        Kind.DRAFT_EXPIRING,
        DraftExpiring.model_validate(_facts(stored, url)),
        to=person,
        now=now,
        not_before=remind_at,
        owner=stored.case_id,
        message_id=rules.reminder_id(stored.case_id),
    )
    return [reminder]


def _facts(stored: StoredDraft, url: str) -> dict[str, object]:
    return {
        "reference": "",
        "url": url,
        "started_at": stored.created_at,
        "expires_at": stored.expires_at,
    }


def _referrer(answers: Answers, email: str) -> Person:
    named = answers.at(NAME, pages.referrer.Referrer)
    return Person(Role.REFERRER, "Referrer", named.name if named else "", email)


def _giving(answers: Answers, email: str) -> Answers:
    """The answers, with the address that was confirmed, if they give one."""
    contact = answers.at(CONTACT, pages.referrer.Contact)
    if contact is None or is_same(contact.email, email):
        return answers
    return answers.with_one(PAGES[CONTACT], contact.model_copy(update={"email": email}))
