"""What runs without a person waiting: each reads its event and calls one service.

Chalice starts these functions without ``app.py``, so this module imports only what they use.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from chalice.app import Blueprint, CloudWatchEvent, DynamoDBEvent, Rate, SNSEvent

from chalicelib import bootstrap, logs
from chalicelib.adapters import events
from chalicelib.bootstrap import Services
from chalicelib.domain.errors import ServiceError
from chalicelib.metrics import Metric

logs.configure()
log = logging.getLogger(__name__)
jobs = Blueprint(__name__)

E = TypeVar("E")
R = TypeVar("R")


class JobFailed(Exception):
    """A job met an error that nobody foresaw. The log has its type and place."""


def _guarded(job: Callable[[E], R]) -> Callable[[E], R]:
    """The job, whose unforeseen errors keep their words to themselves.

    Lambda writes the message of whatever a function raises into its log, and messages may quote
    what somebody typed. The event is still tried again, and ends among the dead letters.
    """

    @wraps(job)
    def guarded(event: E) -> R:
        try:
            return job(event)
        except Exception as bug:
            log.error("job failed", extra=logs.failure(bug))
            failed = JobFailed(type(bug).__name__)
        # Raised outside, so that what was caught is not even its context.
        raise failed

    return guarded


@jobs.on_dynamodb_record(stream_arn="TableStreamArn", batch_size=25)
@_guarded
def table_stream(event: DynamoDBEvent) -> dict[str, list[Any]]:
    """Send what the last transactions queued. What fails here is left to the sweep."""
    services = _begin(event.context)
    for reference, message_id in events.queued_messages(event.to_dict()):
        try:
            services.messages.send(reference, message_id, now=services.clock())
        except ServiceError as error:
            services.messages.left(error, reference)
    return {"batchItemFailures": []}


@jobs.schedule(Rate(1, unit=Rate.MINUTES))
@_guarded
def sweep(event: CloudWatchEvent) -> None:
    """Send what is due and was not sent: retries, later messages, and what the stream missed.

    Then look whether the requests for a decision that went out arrived.
    """
    services = _begin(event.context)
    sent = services.messages.sweep(now=services.clock())
    services.messages.check_arrivals(now=services.clock())
    log.info("sweep ran", extra={"sent": sent})
    services.meter.emit(Metric.SWEEP_RAN)


@jobs.on_sns_message(topic="DeliveryEvents")
@_guarded
def delivery_by_sns(event: SNSEvent) -> None:
    """Keep a delivery event that SES published through SNS."""
    _keep(json.loads(event.message), _begin(event.context))


@jobs.on_cw_event({"source": ["aws.ses"]})
@_guarded
def delivery_by_eventbridge(event: CloudWatchEvent) -> None:
    """Keep a delivery event that SES published through EventBridge."""
    _keep(event.detail, _begin(event.context))


def _begin(context: object) -> Services:
    logs.invoked(getattr(context, "aws_request_id", ""))
    return bootstrap.services()


def _keep(event: dict[str, Any], services: Services) -> None:
    told = events.delivery(event)
    if told is None:
        log.warning("delivery event without one of our messages")
        return
    services.messages.report(told.reference, told.message_id, told.report, at=told.at)
