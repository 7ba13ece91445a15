"""What may be shown of a case without opening a seal, ready for JSON and for a table."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.audit import Event
from chalicelib.domain.cases import Case
from chalicelib.domain.links import Link


def case(of: Case) -> dict[str, object]:
    """The facts of a case. None is personal."""
    return {
        "reference": of.reference,
        "state": of.state,
        "received_at": of.received_at,
        "decision_due": of.decision_due,
        "agency": of.agency,
        "decider": of.decider,
        "outcome": of.outcome,
        "decided_at": of.decided_at,
        "decided_by": of.decided_by,
        "withdrawn_at": of.withdrawn_at,
        "supplied": of.supplied,
        "held_at": of.held_at,
        "events": of.events,
        "is_test": of.is_test,
    }


def event(of: Event) -> dict[str, object]:
    """One line of the trail."""
    return {
        "number": of.number,
        "at": of.at,
        "act": of.act,
        "role": of.role,
        "actor": of.actor,
        "subject": of.subject,
        "previous": of.previous,
        "digest": of.digest,
    }


def link(of: Link, *, now: datetime) -> dict[str, object]:
    """The link of a case and whether it works. Its token is not known to anybody but its holder."""
    return {
        "role": of.role,
        "issued_at": of.issued_at,
        "expires_at": of.expires_at,
        "is_live": not of.has_ended and now < of.expires_at,
        "no_conflict_at": of.no_conflict_at,
        "spent_at": of.spent_at,
        "superseded_at": of.superseded_at,
        "revoked_at": of.revoked_at,
    }
