"""Alarms read what the service writes, and ring when it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from chalicelib.adapters import keys
from chalicelib.metrics import LogMeter, Metric, Unit
from tests.infra.template import load
from tests.observability import alarms, lines
from tests.observability.alarms import Reading

BY_TITLE = {metric.title: metric for metric in Metric}
# Whatever an alarm of ours holds a duration to lies between these, in the duration's own unit.
SENSIBLE = {Unit.SECONDS: (60, 3_600), Unit.MILLISECONDS: (500, 600_000)}
# The emulator takes silence for nothing, and knows no alarms over more than one metric.
BY_SILENCE = {
    name for name, each in alarms.own().items() if each["TreatMissingData"] == "breaching"
}
RINGING = sorted(set(alarms.own()) - BY_SILENCE)


@pytest.mark.parametrize("reading", alarms.readings(), ids=lambda r: f"{r.reader}-{r.metric}")
def test_an_alarm_reads_a_metric_with_its_unit_and_dimensions(reading: Reading):
    metric = BY_TITLE[reading.metric]
    assert reading.unit == metric.unit.value
    dimensions = dict(reading.dimensions)
    assert dimensions.pop("Stage") == alarms.STAGE
    assert set(dimensions) == ({metric.dimension} if metric.dimension else set())
    if metric.values:
        assert metric.values(dimensions[metric.dimension])


@pytest.mark.parametrize("metric", Metric, ids=lambda metric: metric.title)
def test_somebody_reads_a_metric(metric: Metric):
    own = tuple(sorted({"Stage", metric.dimension} - {""}))
    read = {(each.metric, tuple(sorted(dict(each.dimensions)))) for each in alarms.readings()}
    assert (metric.title, own) in read | alarms.shown()


def test_the_dashboard_shows_no_metric_that_does_not_exist():
    written = {(m.title, tuple(sorted({"Stage", m.dimension} - {""}))) for m in Metric}
    assert alarms.shown() <= written


@pytest.mark.parametrize("name", sorted(alarms.own()))
def test_a_duration_is_held_to_a_threshold_of_its_own_unit(name: str):
    alarm = alarms.own()[name]
    unit = BY_TITLE[alarm["MetricName"]].unit
    if unit in SENSIBLE:
        least, most = SENSIBLE[unit]
        assert least <= alarm["Threshold"] <= most
    else:
        assert alarm["Statistic"] == "Sum"


@pytest.mark.parametrize(
    "name, unit, least, most",
    [
        # AWS's own: both in milliseconds.
        ("PagesAreSlow", "Latency", 500, 28_000),
        ("StreamLags", "IteratorAge", 30_000, 600_000),
        # AWS's own: shares of one, of which SES stops an account at 0.1 and 0.005.
        ("BounceRateIsHigh", "Reputation.BounceRate", 0.005, 0.05),
        ("ComplaintRateIsHigh", "Reputation.ComplaintRate", 0.0001, 0.001),
        ("PagesFail", "5XXError", 0.005, 0.1),
    ],
)
def test_a_metric_of_aws_is_held_to_a_threshold_of_its_own_unit(
    name: str, unit: str, least: float, most: float
):
    alarm = alarms.alarms()[name]
    assert alarm["MetricName"] == unit
    assert least <= alarm["Threshold"] <= most


def test_the_sweep_is_missed_where_nothing_comes():
    assert sorted(BY_SILENCE) == ["SweepDidNotRun"]
    alarm = alarms.own()["SweepDidNotRun"]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    # It runs once a minute.
    assert alarm["Period"] == 60
    assert 3 <= alarm["EvaluationPeriods"] <= 5


LOST = ("sent", "stored", "repeated", "refused", "failed")


@pytest.mark.parametrize(
    "counts, rings",
    [
        ((None, None, None, None, None), False),
        ((1, 1, None, None, None), False),
        ((3, 1, 1, 1, None), False),
        ((1, None, None, None, 1), False),
        ((None, 1, None, None, None), False),
        ((1, None, None, None, None), True),
        ((4, 1, 1, 1, None), True),
    ],
)
def test_a_form_that_nothing_became_of_rings(counts: tuple[float | None, ...], rings: bool):
    alarm = alarms.alarms()["FormsSentNothingStored"]
    (expression,) = [each["Expression"] for each in alarm["Metrics"] if "Expression" in each]
    lost = alarms.evaluated(expression, dict(zip(LOST, counts, strict=True)))
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["EvaluationPeriods"] == 1
    assert (lost >= alarm["Threshold"]) == rings


@dataclass(frozen=True)
class Watch:
    """CloudWatch with one alarm, and a queue that hears it."""

    aws: Mapping[str, str]
    name: str

    def client(self, service: Any) -> Any:
        return boto3.client(service, endpoint_url=self.aws["AWS_ENDPOINT_URL"])

    def set_up(self) -> None:
        sns, sqs = self.client("sns"), self.client("sqs")
        topic = sns.create_topic(Name="alarms")["TopicArn"]
        queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"])
        alarm = alarms.own()[self.name]
        plain = {key: alarm[key] for key in alarm.keys() - {"AlarmName", "Dimensions"}}
        self.client("cloudwatch").put_metric_alarm(
            **plain
            | {
                "AlarmName": self.name,
                "AlarmActions": [topic],
                "OKActions": [topic],
                "Dimensions": [
                    {"Name": each["Name"], "Value": alarms.resolved(each["Value"])}
                    for each in alarm["Dimensions"]
                ],
            }
        )

    def write(self, value: float) -> None:
        """What the service writes, put where CloudWatch would put it."""
        metric = BY_TITLE[alarms.own()[self.name]["MetricName"]]
        dimensions = dict(_only_reading(self.name).dimensions)
        of = metric.values(dimensions[metric.dimension]) if metric.values else None
        with lines.written() as log:
            LogMeter(alarms.STAGE).emit(metric, value, of=of)
        for datum in log.data:
            self.client("cloudwatch").put_metric_data(
                Namespace="Safeguarding",
                MetricData=[
                    {
                        "MetricName": datum.name,
                        "Value": datum.value,
                        "Unit": datum.unit,
                        "Timestamp": datetime.now(UTC),
                        "Dimensions": [{"Name": n, "Value": v} for n, v in datum.dimensions],
                    }
                ],
            )

    @property
    def state(self) -> str:
        answer = self.client("cloudwatch").describe_alarms(AlarmNames=[self.name])
        (alarm,) = answer["MetricAlarms"]
        return str(alarm["StateValue"])

    def heard(self) -> list[dict[str, Any]]:
        sqs = self.client("sqs")
        queue = sqs.get_queue_url(QueueName="heard")["QueueUrl"]
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        return [
            json.loads(json.loads(each["Body"])["Message"]) for each in answer.get("Messages", ())
        ]


def _only_reading(name: str) -> Reading:
    (reading,) = [each for each in alarms.readings() if each.reader == name]
    return reading


@pytest.mark.aws
@pytest.mark.parametrize("name", RINGING)
def test_an_alarm_rings_at_its_threshold_and_not_below(aws: dict[str, str], name: str):
    watch = Watch(aws, name)
    watch.set_up()
    alarm = alarms.own()[name]
    at = alarm["Threshold"] + (alarm["ComparisonOperator"] == "GreaterThanThreshold")
    if alarm["Statistic"] == "Sum":
        for _ in range(int(at) - 1):
            watch.write(1)
        assert watch.state != "ALARM"
        watch.write(1)
    else:
        watch.write(at - 1)
        assert watch.state != "ALARM"
        watch.write(at)
    assert watch.state == "ALARM"
    told = [each for each in watch.heard() if each["NewStateValue"] == "ALARM"]
    assert [each["AlarmName"] for each in told] == [name]
    assert "docs/runbook.md#" in told[0]["AlarmDescription"]


def test_every_alarm_of_one_own_metric_is_breached_or_named_here():
    assert set(RINGING) | BY_SILENCE == set(alarms.own())
    assert len(RINGING) >= 9


def test_the_index_that_the_sweep_reads_says_since_when_a_message_waits():
    indexes = load("data.yaml")["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"]
    (due,) = [index for index in indexes if index["IndexName"] == keys.DUE_INDEX]
    assert due["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["not_before"]}
