"""What AWS tells by events, read into our words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.adapters import events
from chalicelib.adapters.events import Delivery
from chalicelib.domain.messages import Report

REFERENCE = "PR-22222222"
TAG = f"{REFERENCE}_{'f' * 32}"
AT = "2026-11-24T12:00:05.000Z"
PARTS = {"Delivery": "delivery", "Bounce": "bounce", "Complaint": "complaint"}


def ses_event(kind: str, *, tag: str | None = TAG, name: str = "eventType") -> dict[str, object]:
    tags = {"ses:operation": ["SendRawEmail"]} | ({"message": [tag]} if tag else {})
    part = {PARTS[kind]: {"timestamp": AT}} if kind in PARTS else {}
    return {name: kind, "mail": {"messageId": "0102", "tags": tags}, **part}


@pytest.mark.parametrize("name", ["eventType", "notificationType"])
@pytest.mark.parametrize(
    "kind, report",
    [
        ("Delivery", Report.DELIVERED),
        ("Bounce", Report.BOUNCED),
        ("Complaint", Report.COMPLAINED),
    ],
)
def test_a_report_names_its_message_by_our_tag(kind: str, report: Report, name: str):
    told = events.delivery(ses_event(kind, name=name))
    at = datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)
    assert told == Delivery(REFERENCE, "f" * 32, report, at)


def test_a_report_names_a_draft_s_message_too():
    told = events.delivery(ses_event("Bounce", tag=f"{'a' * 32}_m"))
    assert told
    assert (told.reference, told.message_id) == ("a" * 32, "m")


@pytest.mark.parametrize(
    "event",
    [
        {},
        ses_event("Send"),
        ses_event("Open"),
        ses_event("Delivery", tag=None),
        ses_event("Delivery", tag="nonsense"),
        ses_event("Delivery", tag="PR-22222223_abc"),
        ses_event("Delivery", tag=REFERENCE),
        ses_event("Delivery", tag=f"{'a' * 33}_m"),
    ],
)
def test_anything_else_is_no_report_of_ours(event: dict[str, object]):
    assert events.delivery(event) is None


def stream_record(kind: str, name: str = "INSERT") -> dict[str, object]:
    image = {
        "kind": {"S": kind},
        "reference": {"S": REFERENCE},
        "message_id": {"S": "m"},
        "ask_id": {"S": "a"},
    }
    return {"eventName": name, "dynamodb": {"NewImage": image}}


def test_only_new_asks_are_answered_from_the_stream():
    batch = {
        "Records": [
            stream_record("message"),
            stream_record("ask"),
            stream_record("ask", "MODIFY"),
            {"eventName": "REMOVE", "dynamodb": {}},
        ]
    }
    assert list(events.new_asks(batch)) == ["a"]
    assert list(events.new_asks({})) == []


def test_only_new_messages_are_sent_from_the_stream():
    batch = {
        "Records": [
            stream_record("case"),
            stream_record("message"),
            stream_record("message", "MODIFY"),
            {"eventName": "REMOVE", "dynamodb": {}},
        ]
    }
    assert list(events.queued_messages(batch)) == [(REFERENCE, "m")]
    assert list(events.queued_messages({})) == []
