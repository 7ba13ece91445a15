"""The audit trail: numbered events, each holding the digest of the one before.

Altering, removing or reordering an event breaks every digest after it; ``first_broken`` finds the
place. An event holds identifiers and closed words only, never personal data.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Event:
    """One line of a case's trail. ``subject`` names what the act was done to, by identifier."""

    reference: str
    number: int
    act: Act
    role: Role
    at: datetime
    subject: str
    previous: str
    digest: str


def next_event(
    reference: str,
    *,
    after: int,
    previous: str,
    act: Act,
    role: Role,
    at: datetime,
    subject: str = "",
) -> Event:
    """The event that follows number ``after``, whose digest is ``previous``."""
    number = after + 1
    digest = _digest(reference, number, act, role, at, subject, previous)
    return Event(reference, number, act, role, at, subject, previous, digest)


def first_broken(events: Iterable[Event]) -> int | None:
    """The number of the first place where the chain does not hold, or None where it does."""
    expected, previous = 1, BEFORE_THE_FIRST
    for event in events:
        digest = _digest(
            event.reference,
            expected,
            event.act,
            event.role,
            event.at,
            event.subject,
            previous,
        )
        if (event.number, event.previous, event.digest) != (expected, previous, digest):
            return expected
        expected, previous = expected + 1, digest
    return None


def _digest(*parts: object) -> str:
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in parts]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=True).encode()).hexdigest()
