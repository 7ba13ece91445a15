"""The audit trail: numbered events, each holding the digest of the one before.

Altering, removing or reordering an event breaks every digest after it; ``first_broken`` finds the
place. An event holds identifiers and closed words only, never personal data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.people import Role

BEFORE_THE_FIRST = "0" * 64


class Act(StrEnum):
    """What somebody did to a case. Closed: a new act is a new line here."""

    REFERRAL_SUBMITTED = "referral-submitted"
    LINK_ISSUED = "link-issued"
    LINK_RENEWED = "link-renewed"
    CODE_SENT = "code-sent"
    CASE_OPENED = "case-opened"
    NO_CONFLICT_DECLARED = "no-conflict-declared"
    CONFLICT_DECLARED = "conflict-declared"
    INFORMATION_REQUESTED = "information-requested"
    DECISION_RECORDED = "decision-recorded"
    CASE_PASSED_ON = "case-passed-on"
    LINK_REVOKED = "link-revoked"
    MESSAGE_RESENT = "message-resent"
    ATTACHMENT_DOWNLOADED = "attachment-downloaded"
    ATTACHMENT_REFUSED = "attachment-refused"
    INFORMATION_SUPPLIED = "information-supplied"
    INFORMATION_ADDED = "information-added"
    REFERRAL_WITHDRAWN = "referral-withdrawn"
    COPY_READ = "copy-read"
    CASE_UNSEALED = "case-unsealed"
    CASE_EXPORTED = "case-exported"
    HOLD_PLACED = "hold-placed"
    HOLD_LIFTED = "hold-lifted"
    CASE_ERASED = "case-erased"


@dataclass(frozen=True)
class Event:
    """One line of a case's trail. ``subject`` names what the act was done to, by identifier.

    ``actor`` tells apart the people who hold one role, the operators, by a digest of their account.
    """

    reference: str
    number: int
    act: Act
    role: Role
    at: datetime
    subject: str
    previous: str
    digest: str
    actor: str = ""


def next_event(
    reference: str,
    *,
    after: int,
    previous: str,
    act: Act,
    role: Role,
    at: datetime,
    subject: str = "",
    actor: str = "",
) -> Event:
    """The event that follows number ``after``, whose digest is ``previous``."""
    number = after + 1
    unsigned = Event(reference, number, act, role, at, subject, previous, "", actor)
    return replace(unsigned, digest=_digest(unsigned))


def first_broken(events: Iterable[Event]) -> int | None:
    """The number of the first place where the chain does not hold, or None where it does."""
    expected, previous = 1, BEFORE_THE_FIRST
    for event in events:
        digest = _digest(replace(event, number=expected, previous=previous))
        if (event.number, event.previous, event.digest) != (expected, previous, digest):
            return expected
        expected, previous = expected + 1, digest
    return None


def _digest(event: Event) -> str:
    """The digest of everything that an event says. An actor is part of it where there is one."""
    parts = [
        event.reference,
        event.number,
        event.act,
        event.role,
        event.at.isoformat(),
        event.subject,
        event.previous,
        *([event.actor] if event.actor else []),
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()
