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
from chalicelib.adapters import events, scans
from chalicelib.bootstrap import Services
from chalicelib.domain.errors import ServiceError
from chalicelib.metrics import Metric, of_failure
from chalicelib.ports import AskKind
from chalicelib.services.messages import CLOCK_SKEW

logs.configure()
log = logging.getLogger(__name__)
jobs = Blueprint(__name__)

SWEEP_AT_MOST = 100

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
    """Send what the last transactions queued and answer what was asked.

    What fails here is left to the sweep.
    """
    services = _begin(event.context)
    batch = event.to_dict()
    for reference, message_id in events.queued_messages(batch):
        try:
            services.messages.send(reference, message_id, now=services.clock())
        except ServiceError as error:
            services.messages.left(error, reference)
    for ask_id in events.new_asks(batch):
        _answer(services, ask_id)
    return {"batchItemFailures": []}


@jobs.schedule(Rate(1, unit=Rate.MINUTES))
@_guarded
def sweep(event: CloudWatchEvent) -> None:
    """Send what is due and was not sent: retries, later messages, and what the stream missed.

    Then look whether the requests for a decision that went out arrived, answer what was asked and
    not answered, and see to what is past its date. A step that fails stops none after it, and
    fails the job at its end.
    """
    services = _begin(event.context)
    failed = [step.__name__ for step in STEPS if not _done(step, services)]
    if failed:
        raise JobFailed(", ".join(failed))
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


@jobs.on_cw_event(
    {
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Malware Protection Object Scan Result"],
    }
)
@_guarded
def scan_result(event: CloudWatchEvent) -> None:
    """Take the scanner's verdict on a file that came in."""
    services = _begin(event.context)
    result = scans.result(event.detail, bucket=services.settings.quarantine_bucket)
    if result is None:
        log.warning("scan event without one of our files")
        return
    services.attachments.scanned(result, now=services.clock())


def _messages(services: Services) -> None:
    sent = services.messages.sweep(now=services.clock())
    log.info("sweep ran", extra={"sent": sent})


def _arrivals(services: Services) -> None:
    services.messages.check_arrivals(now=services.clock())


def answer_asks(services: Services) -> None:
    """Answer what was asked and the stream did not bring."""
    now = services.clock()
    waiting = services.asks.waiting(now=now, limit=SWEEP_AT_MOST)
    oldest = min((each.asked_at for each in waiting), default=now)
    services.meter.emit(Metric.OLDEST_ASK_AGE, (now - oldest).total_seconds())
    for each in waiting:
        _answer(services, each.ask_id)


def _drafts(services: Services) -> None:
    services.drafts.expire(now=services.clock())


def _files(services: Services) -> None:
    services.attachments.overdue(now=services.clock())


STEPS: tuple[Callable[[Services], None], ...] = (
    _messages,
    _arrivals,
    answer_asks,
    _drafts,
    _files,
)


def _done(step: Callable[[Services], None], services: Services) -> bool:
    """Whether a step of the sweep came to its end. Unforeseen errors keep their words."""
    try:
        step(services)
    except Exception as bug:
        log.error("sweep failed", extra=logs.failure(bug))
        return False
    return True


def _answer(services: Services, ask_id: str) -> None:
    """Do what was asked for. What fails is left to the sweep until nobody waits any more."""
    try:
        ask = services.asks.claim(ask_id, now=services.clock() + CLOCK_SKEW)
        if ask is None:
            return
        if ask.has_lapsed(now=services.clock()):
            log.error("ask lapsed", extra={"kind": ask.kind.value})
        elif ask.kind is AskKind.FOLLOW_CODE:
            services.links.fulfil(ask, now=services.clock())
        else:
            services.drafts.answer(ask, now=services.clock())
        services.asks.done(ask)
    except ServiceError as error:
        log.error("ask left for the sweep", extra=logs.failure(error))
        metric = of_failure(error)
        if metric:
            services.meter.emit(metric)


def _begin(context: object) -> Services:
    logs.invoked(getattr(context, "aws_request_id", ""))
    return bootstrap.services()


def _keep(event: dict[str, Any], services: Services) -> None:
    told = events.delivery(event)
    if told is None:
        log.warning("delivery event without one of our messages")
        return
    services.messages.report(told.reference, told.message_id, told.report, at=told.at)
