"""Messages as an operator sees them: kinds, roles and moments, never whom they name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from chalicelib.domain.messages import Message, Status
from chalicelib.services.cases import CaseService


def every(cases: CaseService, statuses: Sequence[Status]) -> Iterator[Message]:
    """The messages of all cases with one of ``statuses`` (any where it is empty), by case."""
    for case in cases.every():
        for message in cases.messages_of(case.reference):
            if not statuses or message.status in statuses:
                yield message


def to_replay(
    cases: CaseService, statuses: Sequence[Status], *, since: datetime | None, now: datetime
) -> Iterator[Message]:
    """The messages that came to their end since then and are still worth sending."""
    for case in cases.every():
        undecided = case.is_open
        for message in cases.messages_of(case.reference):
            is_wanted = message.status in statuses and (not since or ended_at(message) >= since)
            if is_wanted and not message.has_lapsed(undecided=undecided, now=now):
                yield message


def ended_at(message: Message) -> datetime:
    """The moment of what is known last of a message, or when it was queued."""
    moments = (
        message.sent_at,
        message.delivered_at,
        message.bounced_at,
        message.complained_at,
        message.failed_at,
        message.lapsed_at,
    )
    return max((moment for moment in moments if moment), default=message.queued_at)


def plain(message: Message) -> dict[str, object]:
    """What may be shown of a message: no seal is opened."""
    return {
        "reference": message.reference,
        "message_id": message.message_id,
        "kind": message.kind,
        "role": message.role,
        "status": message.status,
        "attempts": message.attempts,
        "queued_at": message.queued_at,
        "not_before": message.not_before,
        "sent_at": message.sent_at,
        "delivered_at": message.delivered_at,
        "bounced_at": message.bounced_at,
        "complained_at": message.complained_at,
        "failed_at": message.failed_at,
        "lapsed_at": message.lapsed_at,
    }
