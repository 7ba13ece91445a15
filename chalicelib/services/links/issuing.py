"""Making links and codes, ready to be committed with the change that causes them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.domain import errors, places
from chalicelib.domain import links as rules
from chalicelib.domain.cases import Case
from chalicelib.domain.links import Code, Link, Purpose
from chalicelib.domain.messages import CodeContent, DecisionRequest, Kind, Message
from chalicelib.domain.people import Person, Role
from chalicelib.domain.references import is_reference
from chalicelib.ports import CaseKey, IssuedCode
from chalicelib.services import messages
from chalicelib.services.links.people import seal_person
from chalicelib.settings import Settings

T = TypeVar("T")
TRIES = 5
# Where the links in e-mails lead. One to follow a case is in no e-mail.
PATHS = {Purpose.DECIDE: "/decisions", Purpose.RESUME: "/refer/resume"}


def with_fresh_reads(attempt: Callable[[], T]) -> T:
    """Run ``attempt``, which reads and then writes, again where somebody else wrote between."""
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except errors.StaleVersion:
            continue
    return attempt()


def new_link(
    settings: Settings,
    key: CaseKey,
    *,
    purpose: Purpose,
    owner: str,
    to: Person,
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[str, Link]:
    """A link for ``to``, and its token. ``owner`` is a case's reference or a draft's id.

    It works for as long as the stage lets links work, or until ``expires_at``. The token is kept
    sealed too, so that a later e-mail can give the same address once more.
    """
    token = secrets.token_urlsafe(rules.TOKEN_BYTES)
    digest = rules.digest(token)
    return token, Link(
        digest=digest,
        purpose=purpose,
        reference=owner,
        role=to.role,
        issued_at=now,
        expires_at=expires_at or now + timedelta(days=settings.link_days),
        holder=seal_person(key, places.holder(digest), to),
        token=key.seal(places.token(digest), token.encode()),
    )


def address(settings: Settings, purpose: Purpose, token: str) -> str:
    """The full address of a link, as an e-mail gives it."""
    return f"{settings.base_url}{PATHS[purpose]}/{token}"


def address_of(settings: Settings, key: CaseKey, link: Link) -> str | None:
    """The address of a link that was sent before, or None where it has ended.

    Whether it is past its date is for the caller to know. None too for a link from before
    tokens were kept.
    """
    if not link.token or link.has_ended:
        return None
    token = key.unseal(places.token(link.digest), link.token).decode()
    return address(settings, link.purpose, token)


def new_code(
    key: CaseKey,
    link: Link,
    *,
    to: Person,
    owner: str,
    recent: tuple[datetime, ...],
    now: datetime,
) -> tuple[IssuedCode, Message]:
    """A code for a link, and the message that carries it to ``to``.

    ``owner`` is what the message belongs to; ``recent`` are the moments at which codes went out
    in the last hour (``domain.links.sent_within_the_hour``).
    """
    typed = "".join(secrets.choice("0123456789") for _ in range(rules.CODE_DIGITS))
    salt = secrets.token_bytes(16)
    code = Code(
        salt=salt,
        hash=rules.code_hash(typed, salt),
        expires_at=now + rules.CODE_LIFE,
        tries=0,
        sent=(*recent, now),
    )
    reference = owner if is_reference(owner) else ""
    message = messages.write(
        key,
        Kind.CODE,
        CodeContent(reference=reference, code=typed, expires_at=code.expires_at),
        to=to,
        now=now,
        lapses_at=code.expires_at,
        owner=owner,
    )
    return IssuedCode(link.digest, code), message


def decoy(recent: tuple[datetime, ...], *, now: datetime) -> Code:
    """A code that nothing typed can match, and that is told from a real one by nothing else."""
    return Code(
        salt=secrets.token_bytes(16),
        hash=secrets.token_bytes(32),
        expires_at=now + rules.CODE_LIFE,
        tries=0,
        sent=(*recent, now),
    )


def issue(
    settings: Settings, key: CaseKey, case: Case, *, to: Person, now: datetime
) -> tuple[Case, Link, Message]:
    """The case with a new link for ``to`` to decide on it, and the message that carries it."""
    token, link = new_link(
        settings, key, purpose=Purpose.DECIDE, owner=case.reference, to=to, now=now
    )
    content = DecisionRequest(
        reference=case.reference,
        agency=case.agency,
        received_at=case.received_at,
        decision_due=case.decision_due,
        url=address(settings, Purpose.DECIDE, token),
        expires_at=link.expires_at,
        is_deputy=to.role is Role.DEPUTY,
    )
    request = messages.write(key, Kind.DECISION_REQUEST, content, to=to, now=now)
    return replace(case, link=link.digest), link, request
