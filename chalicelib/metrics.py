"""What the service counts and times: one closed list, and how a value is written.

A value is a line of the log in CloudWatch's Embedded Metric Format, from which CloudWatch makes a
metric without being called. ``infra/alarms*.yaml`` read these names with these units and
dimensions, ``docs/observability.md`` shows them in a table, and tests hold the three together.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import Enum, StrEnum
from time import time
from typing import Any

from chalicelib.domain import errors
from chalicelib.domain.attachments import State
from chalicelib.domain.cases import Outcome
from chalicelib.domain.messages import Kind

NAMESPACE = "Safeguarding"
STAGE = "Stage"

log = logging.getLogger(__name__)


class Unit(StrEnum):
    """CloudWatch's names of the units that we use."""

    COUNT = "Count"
    MILLISECONDS = "Milliseconds"
    SECONDS = "Seconds"


class Refusal(StrEnum):
    """Why a code was refused."""

    WRONG = "wrong"
    EXPIRED = "expired"
    TOO_MANY = "too-many"


class StatusClass(StrEnum):
    """The first figure of an answer's HTTP status."""

    SUCCESS = "2xx"
    REDIRECTION = "3xx"
    REFUSED = "4xx"
    FAILED = "5xx"


class Metric(Enum):
    """Every metric. Beside its own dimension, if it has one, each has that of the stage."""

    FORM_SENT = "FormSent", Unit.COUNT
    REFERRAL_SUBMITTED = "ReferralSubmitted", Unit.COUNT
    REFERRAL_REPEATED = "ReferralRepeated", Unit.COUNT
    REFERRAL_REFUSED = "ReferralRefused", Unit.COUNT
    REFERRAL_FAILED = "ReferralFailed", Unit.COUNT

    CODE_SENT = "CodeSent", Unit.COUNT
    CODE_REFUSED = "CodeRefused", Unit.COUNT, "Reason", Refusal
    DECISION_RECORDED = "DecisionRecorded", Unit.COUNT, "Outcome", Outcome
    INFORMATION_REQUESTED = "InformationRequested", Unit.COUNT
    INFORMATION_SUPPLIED = "InformationSupplied", Unit.COUNT
    REFERRAL_WITHDRAWN = "ReferralWithdrawn", Unit.COUNT
    CONFLICT_DECLARED = "ConflictDeclared", Unit.COUNT

    FILE_CHECKED = "FileChecked", Unit.COUNT, "Result", State
    SCAN_DELAY = "ScanDelay", Unit.MILLISECONDS
    SCAN_FAILED = "ScanFailed", Unit.COUNT
    SCAN_OVERDUE = "ScanOverdue", Unit.COUNT

    LIMIT_REACHED = "LimitReached", Unit.COUNT
    OLDEST_ASK_AGE = "OldestAskAge", Unit.SECONDS
    DRAFT_EXPIRED = "DraftExpired", Unit.COUNT
    OLDEST_EXPIRED_DRAFT_AGE = "OldestExpiredDraftAge", Unit.SECONDS

    MESSAGE_SENT = "MessageSent", Unit.COUNT, "Kind", Kind
    MESSAGE_SEND_DELAY = "MessageSendDelay", Unit.MILLISECONDS
    MESSAGE_DELIVERY_DELAY = "MessageDeliveryDelay", Unit.MILLISECONDS
    MESSAGE_ATTEMPTS = "MessageAttempts", Unit.COUNT
    MESSAGE_RETRIED = "MessageRetried", Unit.COUNT
    MESSAGE_FAILED = "MessageFailed", Unit.COUNT
    MESSAGE_BOUNCED = "MessageBounced", Unit.COUNT
    MESSAGE_COMPLAINED = "MessageComplained", Unit.COUNT
    MESSAGE_LAPSED = "MessageLapsed", Unit.COUNT
    DECISION_REQUEST_UNDELIVERED = "DecisionRequestUndelivered", Unit.COUNT

    SWEEP_RAN = "SweepRan", Unit.COUNT
    MESSAGES_DUE = "MessagesDue", Unit.COUNT
    OLDEST_DUE_AGE = "OldestDueAge", Unit.SECONDS

    REQUEST_ANSWERED = "RequestAnswered", Unit.COUNT, "StatusClass", StatusClass
    REQUEST_DURATION = "RequestDuration", Unit.MILLISECONDS
    SEAL_BROKEN = "SealBroken", Unit.COUNT
    AWS_UNAVAILABLE = "AwsUnavailable", Unit.COUNT

    def __init__(
        self,
        title: str,
        unit: Unit,
        dimension: str = "",
        values: type[StrEnum] | None = None,
    ) -> None:
        self.title = title
        self.unit = unit
        self.dimension = dimension
        self.values = values
        # Made once: it is the same in each line that holds the metric.
        self.directive: Mapping[str, Any] = {
            "Namespace": NAMESPACE,
            "Dimensions": [[STAGE, dimension] if dimension else [STAGE]],
            "Metrics": [{"Name": title, "Unit": unit.value}],
        }


class LogMeter:
    """Writes values of one stage into the log."""

    def __init__(self, stage: str) -> None:
        self._stage = stage

    def emit(
        self, metric: Metric, value: float = 1, /, *, of: StrEnum | None = None, reference: str = ""
    ) -> None:
        """Write a value; ``of`` is that of the metric's own dimension. No personal data."""
        extra = self.fields({metric: value}, of=of)
        log.info("metric", extra=extra | {"reference": reference} if reference else extra)

    def fields(
        self, values: Mapping[Metric, float], *, of: StrEnum | None = None
    ) -> dict[str, Any]:
        """``extra`` fields that make any line of the log hold these values too.

        At most one of the metrics may have a dimension of its own: ``of`` is its value.
        """
        found: dict[str, Any] = {
            "_aws": {
                "Timestamp": int(time() * 1000),
                "CloudWatchMetrics": [metric.directive for metric in values],
            },
            STAGE: self._stage,
        }
        for metric, value in values.items():
            found[metric.title] = value
            if metric.dimension and of:
                found[metric.dimension] = of.value
        return found


def of_failure(error: errors.ServiceError) -> Metric | None:
    """The metric that counts an error wherever one ends, if any does."""
    if isinstance(error, errors.Tampered):
        return Metric.SEAL_BROKEN
    is_ours = isinstance(error, errors.MailUnavailable)
    return Metric.AWS_UNAVAILABLE if isinstance(error, errors.Unavailable) and not is_ours else None
