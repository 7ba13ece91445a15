"""What AWS tells us by events, read into our own words: table streams and SES delivery events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.messages import Report
from chalicelib.domain.references import is_reference

# The tag that a message carries to SES, and that SES gives back with each event.
TAG = "message"
# What a tag begins with where a message belongs to a draft, which has no reference yet.
DRAFT = re.compile("[0-9a-f]{32}")
REPORTS = {
    "Delivery": (Report.DELIVERED, "delivery"),
    "Bounce": (Report.BOUNCED, "bounce"),
    "Complaint": (Report.COMPLAINED, "complaint"),
}


@dataclass(frozen=True)
class Delivery:
    """What SES reports of one message, by the case's reference or the draft's id."""

    reference: str
    message_id: str
    report: Report
    at: datetime


def queued_messages(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Owner and id of the messages that a batch of stream records queued."""
    for record in event.get("Records", ()):
        image = record.get("dynamodb", {}).get("NewImage", {})
        is_new = record.get("eventName") == "INSERT"
        if is_new and image.get("kind", {}).get("S") == "message":
            yield image["reference"]["S"], image["message_id"]["S"]


def new_asks(event: Mapping[str, Any]) -> Iterator[str]:
    """Ids of the asks that a batch of stream records brings."""
    for record in event.get("Records", ()):
        image = record.get("dynamodb", {}).get("NewImage", {})
        is_new = record.get("eventName") == "INSERT"
        if is_new and image.get("kind", {}).get("S") == "ask":
            yield image["ask_id"]["S"]


def delivery(event: Mapping[str, Any]) -> Delivery | None:
    """What an SES event says, or None where it says nothing of our messages.

    ``event`` is the JSON that SES publishes: the body of an SNS message, or an EventBridge
    event's ``detail``. Shapes: AWS's guide to SES event publishing.
    """
    kind = event.get("eventType") or event.get("notificationType") or ""
    if kind not in REPORTS:
        return None
    report, part = REPORTS[kind]
    (tag, *_) = event.get("mail", {}).get("tags", {}).get(TAG, [""])
    reference, _, message_id = tag.partition("_")
    is_ours = is_reference(reference) or DRAFT.fullmatch(reference)
    if not (is_ours and message_id):
        return None
    at = event.get(part, {}).get("timestamp", "")
    return Delivery(reference, message_id, report, datetime.fromisoformat(at))
