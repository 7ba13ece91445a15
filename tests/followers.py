"""A referrer in tests after sending: somebody who typed a reference and then the right code."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain import links
from chalicelib.domain.audit import Act
from chalicelib.domain.cases import Case, Outcome
from chalicelib.domain.links import Link, Purpose, Session
from chalicelib.domain.people import Role
from chalicelib.domain.updates import SupplyForm, WithdrawalForm, Writing
from chalicelib.ports import Change
from chalicelib.services.updates import Copy, Following, UpdateService
from tests.stage import Stage

WORDS = "The school's log of 3 May names a second child."
REASON = "It was sent twice by mistake, from two desks."


@dataclass
class Follower:
    """The referrer of the only case, with a session of their own."""

    stage: Stage
    reference: str
    token: str
    session: str

    @property
    def updates(self) -> UpdateService:
        return self.stage.services.updates

    @property
    def case(self) -> Case:
        return self.stage.services.cases.cases.find(self.reference)

    @property
    def acts(self) -> list[Act]:
        return [event.act for event in self.stage.services.cases.cases.trail(self.reference)]

    def read(self) -> Following:
        return self.updates.read(self.token, self.session, now=self.stage.clock())

    def copy(self) -> Copy:
        return self.updates.copy(self.token, self.session, now=self.stage.clock())

    def supply(self, words: str = WORDS, nonce: str = "") -> Case:
        form = SupplyForm(information=words)
        nonce = nonce or secrets.token_hex(8)
        return self.updates.supply(
            self.token, self.session, form, nonce=nonce, now=self.stage.clock()
        )

    def keep(self, words: str, nonce: str) -> None:
        self.updates.keep(
            self.token,
            self.session,
            Writing.INFORMATION,
            words,
            nonce=nonce,
            now=self.stage.clock(),
        )

    def withdraw(self, reason: str = REASON, nonce: str = "withdrawn") -> Case:
        form = WithdrawalForm(reason=reason)
        return self.updates.withdraw(
            self.token, self.session, form, nonce=nonce, now=self.stage.clock()
        )


def follower(stage: Stage, reference: str) -> Follower:
    """Somebody who typed the reference and then the right code."""
    token, session = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    link = Link(
        digest=links.digest(token),
        purpose=Purpose.FOLLOW,
        reference=reference,
        role=Role.REFERRER,
        issued_at=stage.clock(),
        expires_at=stage.clock() + timedelta(hours=13),
    )
    opened = Session(
        digest=links.digest(session),
        link=link.digest,
        reference=reference,
        role=Role.REFERRER,
        opened_at=stage.clock(),
        seen_at=stage.clock(),
    )
    cases = stage.services.cases.cases
    cases.commit(Change(cases.find(reference), (), (link, opened)))
    return Follower(stage, reference, token, session)


def ask(referrer: Follower) -> tuple[str, str]:
    """The chair asks for information; the tokens of their link and session."""
    stage = referrer.stage
    link, session, nonce = stage.pending(Outcome.MORE_INFORMATION)
    stage.services.decisions.confirm(link, session, nonce, now=stage.clock())
    stage.deliver()
    return link, session


def decide(referrer: Follower) -> None:
    stage = referrer.stage
    link, session, nonce = stage.pending()
    stage.services.decisions.confirm(link, session, nonce, now=stage.clock())
