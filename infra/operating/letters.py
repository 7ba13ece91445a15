"""Dead letters: events that a job could not do, and sending them through again.

The queues hold what Lambda, SNS and EventBridge gave up on. SQS's own redrive moves messages only
between queues, and none of these came from one; so an event goes back to the function it was for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

OUTPUT_SUFFIX = "FailuresUrl"
SNS_FUNCTION = "DeliveryBySnsName"
BATCH = 10
HIDDEN_SECONDS = 60


class Fate(StrEnum):
    """What becomes of a dead letter."""

    SENT = "sent"
    SETTLED = "settled"
    LEFT = "left"


@dataclass(frozen=True)
class Queue:
    """A queue of dead letters and how many lie in it. ``oldest`` is among those looked at."""

    name: str
    url: str
    waiting: int
    oldest: datetime | None
    letters: tuple[Letter, ...]


@dataclass(frozen=True)
class Letter:
    """A dead letter. What its event says of a case stays out; ``function`` is who failed."""

    message_id: str
    sent_at: datetime
    function: str
    cause: str


@dataclass(frozen=True)
class Return:
    """Where an event goes back to. Without a function its work has been done otherwise."""

    function: str
    event: bytes


def urls(outputs: Mapping[str, str]) -> dict[str, str]:
    """The queues of dead letters by name, from what the application's stack gave out."""
    return {
        name.removesuffix("Url"): url
        for name, url in sorted(outputs.items())
        if name.endswith(OUTPUT_SUFFIX)
    }


def look(sqs: SQSClient, name: str, url: str) -> Queue:
    """A queue with up to ten of its letters, which stay where they are."""
    attributes = sqs.get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    letters = {each.message_id: each for each in map(_letter, _receive(sqs, url, hidden=0))}
    return Queue(
        name=name,
        url=url,
        waiting=int(attributes["ApproximateNumberOfMessages"]),
        oldest=min((each.sent_at for each in letters.values()), default=None),
        letters=tuple(sorted(letters.values(), key=lambda each: each.sent_at)),
    )


def redrive(
    sqs: SQSClient, functions: LambdaClient, queue: Queue, outputs: Mapping[str, str]
) -> Iterator[Fate]:
    """Send the letters that lie in the queue now back to their functions, and remove those."""
    remaining = queue.waiting
    while remaining > 0:
        batch = _receive(sqs, queue.url, hidden=HIDDEN_SECONDS)
        if not batch:
            return
        for message in batch:
            yield _send_back(sqs, functions, queue.url, message, outputs)
        remaining -= len(batch)


def destination(message: MessageTypeDef, outputs: Mapping[str, str]) -> Return | None:
    """Where a dead letter goes back to, or None where it is of no kind that is known."""
    body = _body(message)
    asked_by = body.get("requestContext", {}).get("functionArn", "")
    if "DDBStreamBatchInfo" in body:
        # It holds positions in the stream only; the sweep sends what that batch had queued.
        return Return("", b"")
    if asked_by and "requestPayload" in body:
        return Return(asked_by, json.dumps(body["requestPayload"]).encode())
    target = _attribute(message, "TARGET_ARN")
    if target:
        return Return(target, json.dumps(body).encode())
    if body.get("Type") == "Notification" and SNS_FUNCTION in outputs:
        event = {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": body}]}
        return Return(outputs[SNS_FUNCTION], json.dumps(event).encode())
    return None


def _send_back(
    sqs: SQSClient,
    functions: LambdaClient,
    url: str,
    message: MessageTypeDef,
    outputs: Mapping[str, str],
) -> Fate:
    to = destination(message, outputs)
    if to is None:
        return Fate.LEFT
    if to.function:
        functions.invoke(FunctionName=to.function, InvocationType="Event", Payload=to.event)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return Fate.SENT if to.function else Fate.SETTLED


def _receive(sqs: SQSClient, url: str, *, hidden: int) -> list[MessageTypeDef]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=BATCH,
        VisibilityTimeout=hidden,
        MessageSystemAttributeNames=["SentTimestamp"],
        MessageAttributeNames=["All"],
    )
    return answer.get("Messages", [])


def _letter(message: MessageTypeDef) -> Letter:
    body = _body(message)
    context = body.get("requestContext", {})
    function = context.get("functionArn") or _attribute(message, "TARGET_ARN")
    cause = context.get("condition") or _attribute(message, "ERROR_CODE")
    return Letter(
        message_id=message["MessageId"],
        sent_at=datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC),
        function=_function_name(function),
        cause=cause or body.get("Type", ""),
    )


def _function_name(arn: str) -> str:
    return arn.partition(":function:")[2].partition(":")[0]


def _attribute(message: MessageTypeDef, name: str) -> str:
    attributes = message.get("MessageAttributes") or {}
    return attributes[name].get("StringValue", "") if name in attributes else ""


def _body(message: MessageTypeDef) -> dict[str, Any]:
    try:
        body = json.loads(message["Body"])
    except json.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}
