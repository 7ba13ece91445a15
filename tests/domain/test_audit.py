"""The trail: one altered, removed or reordered event is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.audit import BEFORE_THE_FIRST, Act, Event, first_broken, next_event
from chalicelib.domain.people import Role

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
REFERENCE = "PR-22222222"


def trail_of(length: int) -> list[Event]:
    events: list[Event] = []
    previous = BEFORE_THE_FIRST
    for number in range(length):
        event = next_event(
            REFERENCE,
            after=number,
            previous=previous,
            act=Act.CODE_SENT,
            role=Role.DECISION_MAKER,
            at=NOON + timedelta(minutes=number),
        )
        events.append(event)
        previous = event.digest
    return events


def test_a_trail_as_it_was_written_holds():
    assert first_broken(trail_of(5)) is None
    assert first_broken([]) is None


def test_an_altered_event_is_named():
    events = trail_of(5)
    changes: list[tuple[str, Any]] = [
        ("act", Act.DECISION_RECORDED),
        ("role", Role.DEPUTY),
        ("at", NOON + timedelta(days=1)),
        ("subject", "other"),
        ("reference", "PR-33333333"),
        ("digest", "f" * 64),
        ("previous", "f" * 64),
    ]
    for field, value in changes:
        altered = [*events[:2], replace(events[2], **{field: value}), *events[3:]]
        assert first_broken(altered) == 3, field


def test_a_removed_event_is_named():
    events = trail_of(5)
    assert first_broken([*events[:1], *events[2:]]) == 2


def test_reordered_events_are_named():
    events = trail_of(5)
    assert first_broken([events[0], events[2], events[1], *events[3:]]) == 2
