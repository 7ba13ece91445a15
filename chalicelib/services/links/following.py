"""Codes for whoever knows a reference, telling nobody whether there is such a case.

A page writes the same whether or not there is one, and a job does the rest. Until it has, or where
it never does, a decoy stands in the code's place: it is tried, counted and refused as a code is.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from chalicelib.domain import errors
from chalicelib.domain import links as rules
from chalicelib.domain.audit import Act
from chalicelib.domain.limits import Limit
from chalicelib.domain.links import Code, Link, Purpose
from chalicelib.domain.people import Person, Role
from chalicelib.metrics import Metric
from chalicelib.ports import (
    AnsweredAsk,
    Ask,
    AskKind,
    Asks,
    Cases,
    Change,
    IssuedCode,
    Limits,
    Links,
    Meter,
    Vault,
)
from chalicelib.services.links.issuing import decoy, new_code, with_fresh_reads
from chalicelib.services.links.people import referrer_of


@dataclass(frozen=True)
class Following:
    """The use cases of a link to follow a case, until its code is typed."""

    cases: Cases
    links: Links
    asks: Asks
    limits: Limits
    vault: Vault
    meter: Meter

    def ask(self, reference: str, *, network: str, now: datetime) -> str:
        """The token of a new link to follow a case, whether or not there is one. Raises TooOften.

        ``reference`` is well-formed. The same is written either way, and a job sends the code.
        """
        self.limits.count(Limit.LOOKUPS_BY_NETWORK, network, now=now)
        token = secrets.token_urlsafe(rules.TOKEN_BYTES)
        link = Link(
            digest=rules.digest(token),
            purpose=Purpose.FOLLOW,
            reference=reference,
            role=Role.REFERRER,
            issued_at=now,
            expires_at=now + rules.FOLLOW_LIFE,
        )
        standing = IssuedCode(link.digest, decoy((), now=now))
        self.asks.put(_follow_code(link, now=now), (link, standing))
        return token

    def fulfil(self, ask: Ask, *, now: datetime) -> None:
        """Send the code that was asked for to whoever sent the referral, if there is one."""
        link, _ = self.links.read(ask.link)
        if link is None or self._stood_in(link, ask, now=now) is None:
            return
        try:
            file = self.cases.read(link.reference)
        except (errors.CaseNotFound, errors.CaseErased):
            return
        key = self.vault.open_key(file.key.case_id, file.key.wrapped)
        referrer = referrer_of(key, file.key.case_id, file.key.referrer)
        try:
            self.limits.count(Limit.CODES_BY_MAILBOX, referrer.email, now=now)
        except errors.TooOften:
            return
        if with_fresh_reads(lambda: self._fulfil(link, ask, referrer, now=now)):
            self.meter.emit(Metric.CODE_SENT)

    def ask_again(
        self, link: Link, before: Code | None, recent: tuple[datetime, ...], *, now: datetime
    ) -> None:
        """Ask for another code on the same link. Raises StaleVersion."""
        standing = IssuedCode(link.digest, decoy(recent, now=now), replaces=before)
        self.asks.put(_follow_code(link, now=now), (standing,))

    def _fulfil(self, link: Link, ask: Ask, referrer: Person, *, now: datetime) -> bool:
        """Put the real code where the decoy stands. Whatever was tried there still counts."""
        standing = self._stood_in(link, ask, now=now)
        if standing is None:
            return False
        file = self.cases.read(link.reference)
        key = self.vault.open_key(file.key.case_id, file.key.wrapped)
        issued, message = new_code(
            key,
            link,
            to=referrer,
            owner=link.reference,
            recent=standing.sent[:-1],
            now=ask.asked_at,
        )
        case, event = file.case.record(
            Act.CODE_SENT, role=link.role, at=now, subject=link.digest[:16]
        )
        issued = replace(issued, replaces=standing, keeps_tries=True)
        self.cases.commit(Change(case, (event,), (issued, message, AnsweredAsk(ask.ask_id))))
        return True

    def _stood_in(self, link: Link, ask: Ask, *, now: datetime) -> Code | None:
        """The decoy of an ask, or None where it is of no more use or a newer one replaced it."""
        code = self.links.code(link.digest)
        is_its_own = code is not None and code.sent[-1] == ask.asked_at
        return code if code and is_its_own and now < code.expires_at else None


def _follow_code(link: Link, *, now: datetime) -> Ask:
    return Ask(
        ask_id=uuid4().hex,
        kind=AskKind.FOLLOW_CODE,
        subject=link.reference,
        asked_at=now,
        link=link.digest,
    )
