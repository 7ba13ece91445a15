"""The people whom the service writes to, by the role in which they act."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A part somebody plays in a case. Stored with events and messages; never a name."""

    REFERRER = "referrer"
    DECISION_MAKER = "decision-maker"
    DEPUTY = "deputy"
    OFFICE = "office"
    SERVICE = "service"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Person:
    """Somebody in a role. ``label`` is how pages name the role; the rest is personal data."""

    role: Role
    label: str
    name: str
    email: str
