"""Links by e-mail: issuing them, proving a mailbox by a code, and the session that follows."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.domain import errors, places
from chalicelib.domain import links as rules
from chalicelib.domain.audit import Act
from chalicelib.domain.cases import Case
from chalicelib.domain.links import Code, Link, Purpose, Session
from chalicelib.domain.messages import CodeContent, DecisionRequest, Kind, Message
from chalicelib.domain.people import Person, Role
from chalicelib.metrics import Metric, Refusal
from chalicelib.ports import CaseKey, Cases, Change, IssuedCode, Links, Meter, Vault
from chalicelib.services import messages
from chalicelib.settings import Settings

T = TypeVar("T")
TRIES = 5
DECIDERS = frozenset({Role.DECISION_MAKER, Role.DEPUTY})
PATHS = {Purpose.DECIDE: "/decisions"}


def with_fresh_reads(attempt: Callable[[], T]) -> T:
    """Run ``attempt``, which reads and then writes, again where somebody else wrote between."""
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except errors.StaleVersion:
            continue
    return attempt()


def issue(
    settings: Settings, key: CaseKey, case: Case, *, to: Person, now: datetime
) -> tuple[Case, Link, Message]:
    """The case with a new link for ``to`` to decide on it, and the message that carries it."""
    token = secrets.token_urlsafe(rules.TOKEN_BYTES)
    digest = rules.digest(token)
    expires_at = now + timedelta(days=settings.link_days)
    link = Link(
        digest=digest,
        purpose=Purpose.DECIDE,
        reference=case.reference,
        role=to.role,
        issued_at=now,
        expires_at=expires_at,
        holder=seal_person(key, places.holder(digest), to),
    )
    content = DecisionRequest(
        reference=case.reference,
        agency=case.agency,
        received_at=case.received_at,
        decision_due=case.decision_due,
        url=f"{settings.base_url}{PATHS[Purpose.DECIDE]}/{token}",
        expires_at=expires_at,
        is_deputy=to.role is Role.DEPUTY,
    )
    request = messages.write(key, Kind.DECISION_REQUEST, content, to=to, now=now)
    return replace(case, link=digest), link, request


def seal_person(key: CaseKey, place: str, person: Person) -> bytes:
    """A person's name and address, sealed."""
    return key.seal(place, "\n".join((person.label, person.name, person.email)).encode())


def unseal_person(key: CaseKey, place: str, sealed: bytes, role: Role) -> Person:
    """The person that ``seal_person`` sealed at ``place``."""
    label, name, email = key.unseal(place, sealed).decode().split("\n")
    return Person(role=role, label=label, name=name, email=email)


def holder_of(key: CaseKey, link: Link) -> Person:
    """Whom a link was sent to."""
    return unseal_person(key, places.holder(link.digest), link.holder, link.role)


@dataclass(frozen=True)
class LinkService:
    """The use cases of a link before its purpose is served."""

    settings: Settings
    cases: Cases
    links: Links
    vault: Vault
    meter: Meter

    def locate(self, token: str, *, purpose: Purpose = Purpose.DECIDE, now: datetime) -> Link:
        """The live link of a token. Raises LinkUnknown or the error that says why it ended.

        A link of another purpose is as unknown as one that was never issued.
        """
        link, _ = self.links.read(rules.digest(token))
        return self._live(link, purpose, now=now)

    def send_code(self, token: str, *, purpose: Purpose = Purpose.DECIDE, now: datetime) -> None:
        """Send a code to the link's holder. Raises TooManyCodes."""
        try:
            with_fresh_reads(lambda: self._send_code(token, purpose, now=now))
        except errors.TooManyCodes:
            self.meter.emit(Metric.CODE_REFUSED, of=Refusal.TOO_MANY)
            raise
        self.meter.emit(Metric.CODE_SENT)

    def open_session(
        self, token: str, typed: str, *, purpose: Purpose = Purpose.DECIDE, now: datetime
    ) -> tuple[str, Session]:
        """Open a session for the code typed; returns the cookie's token and the session.

        Raises CodeWrong, or CodeExpired where no code stands or its tries are used up.
        """
        try:
            return self._open_session(token, typed, purpose, now=now)
        except errors.CodeWrong:
            self.meter.emit(Metric.CODE_REFUSED, of=Refusal.WRONG)
            raise
        except errors.CodeExpired:
            self.meter.emit(Metric.CODE_REFUSED, of=Refusal.EXPIRED)
            raise

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
        case.ensure_undecided()
        return self._decider(case, to)

    def current(self, reference: str, *, now: datetime) -> Link:
        """The live link of a case. Raises LinkUnknown, or the error that says how it ended."""
        return self._current(self.cases.read(reference).case, now=now)

    def of(self, case: Case) -> Link | None:
        """The link that was issued last for a case."""
        return self.links.read(case.link)[0] if case.link else None

    def _reissue(self, reference: str, to: Role | None, *, operator: str, now: datetime) -> Link:
        file = self.cases.read(reference)
        file.case.ensure_undecided()
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
        file = self.cases.read(link.reference)
        before = self.links.code(link.digest)
        recent = rules.sent_within_the_hour(before.sent if before else (), now=now)
        key = self.vault.open_key(file.key.case_id, file.key.wrapped)
        typed = "".join(secrets.choice("0123456789") for _ in range(rules.CODE_DIGITS))
        salt = secrets.token_bytes(16)
        code = Code(
            salt=salt,
            hash=rules.code_hash(typed, salt),
            expires_at=now + rules.CODE_LIFE,
            tries=0,
            sent=(*recent, now),
        )
        message = messages.write(
            key,
            Kind.CODE,
            CodeContent(reference=link.reference, code=typed, expires_at=code.expires_at),
            to=holder_of(key, link),
            now=now,
            lapses_at=code.expires_at,
        )
        case, event = file.case.record(
            Act.CODE_SENT, role=link.role, at=now, subject=link.digest[:16]
        )
        self.cases.commit(Change(case, (event,), (IssuedCode(link.digest, code), message)))

    def _open_session(
        self, token: str, typed: str, purpose: Purpose, *, now: datetime
    ) -> tuple[str, Session]:
        link = self.locate(token, purpose=purpose, now=now)
        code = self.links.count_try(link.digest)
        if code is None or now >= code.expires_at:
            raise errors.CodeExpired
        if not code.is_right(rules.normal_code(typed)):
            if code.tries >= rules.CODE_TRIES:
                raise errors.CodeExpired
            raise errors.CodeWrong(rules.CODE_TRIES - code.tries)
        return with_fresh_reads(lambda: self._open(link, code, now=now))

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
        file.case.ensure_undecided()
        key = self.vault.open_key(file.key.case_id, file.key.wrapped)
        holder = holder_of(key, link)
        case, event = file.case.record(
            Act.LINK_RENEWED, role=link.role, at=now, subject=link.digest[:16]
        )
        case, newer, message = issue(self.settings, key, case, to=holder, now=now)
        self.cases.commit(Change(case, (event,), (link.supersede(now=now), newer, message)))

    def _live(self, link: Link | None, purpose: Purpose, *, now: datetime) -> Link:
        link = _serving(link, purpose)
        try:
            link.ensure_live(now=now)
        except errors.LinkSpent as spent:
            case = self.cases.read(link.reference).case
            by = self.settings.person(case.decided_by) if case.decided_by else None
            raise errors.LinkSpent(case.decided_at, by.label if by else "") from spent
        return link


def _serving(link: Link | None, purpose: Purpose) -> Link:
    """The link, if it is one of this purpose. Raises LinkUnknown."""
    if link is None or link.purpose is not purpose:
        raise errors.LinkUnknown
    return link
