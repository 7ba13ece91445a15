"""The use cases of a link before its purpose is served: finding it, proving a mailbox, sessions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain import errors
from chalicelib.domain import links as rules
from chalicelib.domain.audit import Act
from chalicelib.domain.cases import Case
from chalicelib.domain.limits import Limit
from chalicelib.domain.links import Code, Link, Purpose, Session
from chalicelib.domain.people import Person, Role
from chalicelib.metrics import Metric, Refusal
from chalicelib.ports import Change, IssuedCode, Owners
from chalicelib.services.links.following import Following
from chalicelib.services.links.issuing import issue, new_code, with_fresh_reads
from chalicelib.services.links.people import holder_of
from chalicelib.settings import Settings

DECIDERS = frozenset({Role.DECISION_MAKER, Role.DEPUTY})


@dataclass(frozen=True)
class LinkService(Following):
    """The use cases of a link before its purpose is served."""

    settings: Settings
    owners: Owners

    def locate(self, token: str, *, purpose: Purpose = Purpose.DECIDE, now: datetime) -> Link:
        """The live link of a token. Raises LinkUnknown or the error that says why it ended.

        A link of another purpose is as unknown as one that was never issued.
        """
        return self._located(rules.digest(token), purpose, now=now)

    def send_code(
        self,
        token: str,
        *,
        purpose: Purpose = Purpose.DECIDE,
        network: str = "",
        now: datetime,
    ) -> None:
        """Send a code to the link's holder. Raises TooManyCodes or TooOften.

        On a link to follow a case a job sends it, to whoever sent the referral, if there is one.
        """
        self.limits.count(Limit.CODES_BY_NETWORK, network, now=now)
        try:
            with_fresh_reads(lambda: self._send_code(token, purpose, now=now))
        except errors.TooManyCodes:
            self.meter.emit(Metric.CODE_REFUSED, of=Refusal.TOO_MANY)
            raise
        if purpose is not Purpose.FOLLOW:
            self.meter.emit(Metric.CODE_SENT)

    def prove(
        self, token: str, typed: str, *, purpose: Purpose, network: str, now: datetime
    ) -> tuple[Link, IssuedCode]:
        """The link of a token, or of a token's digest, whose holder typed the right code.

        Commit the code that is returned with what follows from it: it is then used up, and where
        it was used meanwhile nothing is written. Raises CodeWrong, CodeExpired or TooOften.
        """
        digest = token if rules.is_digest(token) else rules.digest(token)
        with self._counting_refusals():
            link, code = self._try(digest, typed, purpose, network=network, now=now)
        return link, IssuedCode(link.digest, replace(code, expires_at=now), replaces=code)

    def open_session(
        self,
        token: str,
        typed: str,
        *,
        purpose: Purpose = Purpose.DECIDE,
        network: str = "",
        now: datetime,
    ) -> tuple[str, Session]:
        """Open a session for the code typed; returns the cookie's token and the session.

        Raises CodeWrong, CodeExpired where no code stands or its tries are used up, or TooOften.
        """
        digest = rules.digest(token)
        with self._counting_refusals():
            link, code = self._try(digest, typed, purpose, network=network, now=now)
            return with_fresh_reads(lambda: self._open(link, code, now=now))

    def enter(
        self,
        token: str,
        session_token: str,
        *,
        purpose: Purpose = Purpose.DECIDE,
        now: datetime,
        ended: bool = False,
    ) -> tuple[Link, Session]:
        """The link and its open session. Raises SessionNeeded, or what ended the link.

        ``ended`` lets a session outlive its link, to be told how it ended.
        """
        link, session = self.links.read(
            rules.digest(token), session=rules.digest(session_token) if session_token else ""
        )
        link = _serving(link, purpose)
        if not ended:
            self._live(link, purpose, now=now)
        if session is None or session.link != link.digest or not session.is_open(now=now):
            raise errors.SessionNeeded
        touched = session.touched(now=now)
        if touched is not session and not ended:
            self.links.save_session(touched)
        return link, touched

    def renew(self, token: str, *, now: datetime) -> None:
        """Send a new link to the holder of an expired one. Any other link is refused as it is."""
        with_fresh_reads(lambda: self._renew(token, now=now))

    def reissue(
        self, reference: str, *, to: Role | None = None, operator: str, now: datetime
    ) -> Link:
        """An operator's new link to whoever decides, or to ``to``, in place of the one before.

        Raises AlreadyDecided, or NobodyToTell where the stage names nobody who could decide.
        """
        return with_fresh_reads(lambda: self._reissue(reference, to, operator=operator, now=now))

    def revoke(self, reference: str, *, operator: str, now: datetime) -> Link:
        """Withdraw the link of a case. Raises LinkUnknown, or the error that says how it ended."""
        return with_fresh_reads(lambda: self._revoke(reference, operator=operator, now=now))

    def recipient(self, reference: str, *, to: Role | None = None) -> Person:
        """Who ``reissue`` would send a link to. Raises what it would raise."""
        case = self.cases.read(reference).case
        case.ensure_open()
        return self._decider(case, to)

    def current(self, reference: str, *, now: datetime) -> Link:
        """The live link of a case. Raises LinkUnknown, or the error that says how it ended."""
        return self._current(self.cases.read(reference).case, now=now)

    def of(self, case: Case) -> Link | None:
        """The link that was issued last for a case."""
        return self.links.read(case.link)[0] if case.link else None

    def _reissue(self, reference: str, to: Role | None, *, operator: str, now: datetime) -> Link:
        file = self.cases.read(reference)
        file.case.ensure_open()
        person = self._decider(file.case, to)
        before = self.of(file.case)
        case, events = file.case, []
        if person.role is not case.decider:
            case, passed = case.pass_to(person.role).record(
                Act.CASE_PASSED_ON, role=Role.OPERATOR, at=now, subject=person.role, actor=operator
            )
            events.append(passed)
        key = self.vault.open_key(file.key.case_id, file.key.wrapped)
        case, link, message = issue(self.settings, key, case, to=person, now=now)
        case, issued = case.record(
            Act.LINK_ISSUED, role=Role.OPERATOR, at=now, subject=link.digest[:16], actor=operator
        )
        replaced = [before.supersede(now=now)] if before and not before.has_ended else []
        self.cases.commit(Change(case, (*events, issued), (*replaced, link, message)))
        return link

    def _revoke(self, reference: str, *, operator: str, now: datetime) -> Link:
        case = self.cases.read(reference).case
        link = self._current(case, now=now)
        case, event = case.record(
            Act.LINK_REVOKED, role=Role.OPERATOR, at=now, subject=link.digest[:16], actor=operator
        )
        revoked = link.revoke(now=now)
        self.cases.commit(Change(case, (event,), (revoked,)))
        return revoked

    def _current(self, case: Case, *, now: datetime) -> Link:
        link = self.of(case)
        if link is None:
            raise errors.LinkUnknown
        link.ensure_live(now=now)
        return link

    def _decider(self, case: Case, to: Role | None) -> Person:
        """Whoever decides on the case, or is to from now on. Raises NobodyToTell."""
        role = to or case.decider
        person = self.settings.person(role, is_test=case.is_test)
        if person is None or role not in DECIDERS:
            raise errors.NobodyToTell(role)
        return person

    def _send_code(self, token: str, purpose: Purpose, *, now: datetime) -> None:
        link = self.locate(token, purpose=purpose, now=now)
        before = self.links.code(link.digest)
        recent = rules.sent_within_the_hour(before.sent if before else (), now=now)
        if purpose is Purpose.FOLLOW:
            self.ask_again(link, before, recent, now=now)
        elif purpose is Purpose.RESUME:
            self._send_to_draft(link, before, recent, now=now)
        else:
            self._send_on_case(link, recent, now=now)

    def _send_to_draft(
        self, link: Link, before: Code | None, recent: tuple[datetime, ...], *, now: datetime
    ) -> None:
        owner = self.owners.read(link.reference)
        key = self.vault.open_key(owner.case_id, owner.wrapped)
        holder = holder_of(key, link)
        self.limits.count(Limit.CODES_BY_MAILBOX, holder.email, now=now)
        issued, message = new_code(
            key, link, to=holder, owner=link.reference, recent=recent, now=now
        )
        self.links.save_code(replace(issued, replaces=before), message)

    def _send_on_case(self, link: Link, recent: tuple[datetime, ...], *, now: datetime) -> None:
        """No count by mailbox: only we make links to decide, one a case, and each has its own."""
        file = self.cases.read(link.reference)
        key = self.vault.open_key(file.key.case_id, file.key.wrapped)
        to = holder_of(key, link)
        issued, message = new_code(key, link, to=to, owner=link.reference, recent=recent, now=now)
        case, event = file.case.record(
            Act.CODE_SENT, role=link.role, at=now, subject=link.digest[:16]
        )
        self.cases.commit(Change(case, (event,), (issued, message)))

    def _try(
        self, digest: str, typed: str, purpose: Purpose, *, network: str, now: datetime
    ) -> tuple[Link, Code]:
        """The link and its code, if that is what was typed. Counted before it is compared."""
        self.limits.count(Limit.TRIES_BY_NETWORK, network, now=now)
        link = self._located(digest, purpose, now=now)
        code = self.links.count_try(digest)
        if code is None or now >= code.expires_at:
            raise errors.CodeExpired
        if code.is_right(rules.normal_code(typed)):
            return link, code
        if code.tries >= rules.CODE_TRIES:
            raise errors.CodeExpired
        raise errors.CodeWrong(rules.CODE_TRIES - code.tries)

    @contextmanager
    def _counting_refusals(self) -> Iterator[None]:
        try:
            yield
        except errors.CodeWrong:
            self.meter.emit(Metric.CODE_REFUSED, of=Refusal.WRONG)
            raise
        except errors.CodeExpired:
            self.meter.emit(Metric.CODE_REFUSED, of=Refusal.EXPIRED)
            raise

    def _open(self, link: Link, code: Code, *, now: datetime) -> tuple[str, Session]:
        file = self.cases.read(link.reference)
        standing = self.links.code(link.digest)
        if standing is None or standing.hash != code.hash or now >= standing.expires_at:
            raise errors.CodeExpired
        token = secrets.token_urlsafe(rules.TOKEN_BYTES)
        session = Session(
            digest=rules.digest(token),
            link=link.digest,
            reference=link.reference,
            role=link.role,
            opened_at=now,
            seen_at=now,
        )
        case, event = file.case.record(
            Act.CASE_OPENED, role=link.role, at=now, subject=link.digest[:16]
        )
        used = IssuedCode(link.digest, replace(standing, expires_at=now))
        self.cases.commit(Change(case, (event,), (used, session)))
        return token, session

    def _renew(self, token: str, *, now: datetime) -> None:
        link = _serving(self.links.read(rules.digest(token))[0], Purpose.DECIDE)
        try:
            self._live(link, Purpose.DECIDE, now=now)
        except errors.LinkExpired:
            pass
        else:
            return
        file = self.cases.read(link.reference)
        file.case.ensure_open()
        key = self.vault.open_key(file.key.case_id, file.key.wrapped)
        holder = holder_of(key, link)
        case, event = file.case.record(
            Act.LINK_RENEWED, role=link.role, at=now, subject=link.digest[:16]
        )
        case, newer, message = issue(self.settings, key, case, to=holder, now=now)
        self.cases.commit(Change(case, (event,), (link.supersede(now=now), newer, message)))

    def _located(self, digest: str, purpose: Purpose, *, now: datetime) -> Link:
        return self._live(self.links.read(digest)[0], purpose, now=now)

    def _live(self, link: Link | None, purpose: Purpose, *, now: datetime) -> Link:
        link = _serving(link, purpose)
        try:
            link.ensure_live(now=now)
        except errors.LinkSpent as spent:
            if purpose is not Purpose.DECIDE:
                raise
            case = self.cases.read(link.reference).case
            if case.withdrawn_at:
                raise errors.AlreadyWithdrawn(at=case.withdrawn_at) from spent
            by = self.settings.person(case.decided_by) if case.decided_by else None
            raise errors.LinkSpent(case.decided_at, by.label if by else "") from spent
        return link


def _serving(link: Link | None, purpose: Purpose) -> Link:
    """The link, if it is one of this purpose. Raises LinkUnknown."""
    if link is None or link.purpose is not purpose:
        raise errors.LinkUnknown
    return link
