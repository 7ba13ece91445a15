"""A metric is a line of the log, as CloudWatch's Embedded Metric Format wants it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

import pytest

from chalicelib.domain.cases import Outcome
from chalicelib.metrics import LogMeter, Metric, StatusClass, Unit
from tests.observability import lines
from tests.observability.lines import Datum


@pytest.fixture
def log() -> Iterator[lines.Log]:
    with lines.written() as log:
        yield log


def test_a_value_is_one_line_that_cloudwatch_reads(log: lines.Log):
    LogMeter("test").emit(Metric.REFERRAL_SUBMITTED, reference="PR-ABCD2345")

    assert log.data == [Datum("ReferralSubmitted", 1, "Count", (("Stage", "test"),))]
    (line,) = log.lines
    assert line["reference"] == "PR-ABCD2345"
    assert abs(line["_aws"]["Timestamp"] - _written_at(line)) < 1000


def _written_at(line: dict[str, str]) -> float:
    return datetime.fromisoformat(line["time"]).timestamp() * 1000


def test_a_dimension_of_its_own_stands_beside_the_stage(log: lines.Log):
    LogMeter("test").emit(Metric.DECISION_RECORDED, of=Outcome.NO_REVIEW)

    (datum,) = log.data
    assert datum.dimensions == (("Outcome", "no-review"), ("Stage", "test"))


def test_a_line_of_another_kind_can_hold_values_too(log: lines.Log):
    fields = LogMeter("test").fields(
        {Metric.REQUEST_ANSWERED: 1, Metric.REQUEST_DURATION: 12.5}, of=StatusClass.REFUSED
    )
    logging.getLogger("a").info("request answered", extra=fields | {"route": "/refer"})

    assert log.data == [
        Datum("RequestAnswered", 1, "Count", (("Stage", "test"), ("StatusClass", "4xx"))),
        Datum("RequestDuration", 12.5, "Milliseconds", (("Stage", "test"),)),
    ]
    assert log.lines[0]["message"] == "request answered"


@pytest.mark.parametrize("metric", Metric, ids=lambda metric: metric.title)
def test_a_duration_says_its_unit(metric: Metric):
    is_duration = metric.title.endswith(("Delay", "Duration", "Age"))
    assert is_duration == (metric.unit is not Unit.COUNT)


@pytest.mark.parametrize("metric", Metric, ids=lambda metric: metric.title)
def test_a_dimension_has_a_closed_list_of_values(metric: Metric):
    assert bool(metric.dimension) == (metric.values is not None)
