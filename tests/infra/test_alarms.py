"""Alarms and the dashboard read what is really written; each alarm wakes somebody with words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.metrics import NAMESPACE, STAGE, Metric
from tests.infra.template import load

ALARMS: dict[str, dict[str, Any]] = {
    name: resource["Properties"]
    for template in ("alarms.yaml", "alarms-people.yaml", "alarms-machinery.yaml", "health.yaml")
    for name, resource in load(template)["Resources"].items()
    if resource["Type"] == "AWS::CloudWatch::Alarm"
}
METRICS = {metric.title: metric for metric in Metric}
# Where silence is the alarm: something that must happen again and again.
MUST_HAPPEN = {"SweepDidNotRun", "HealthIsNotLookedAt"}
QUEUES = {"TableStreamFailures", "SweepFailures", "DeliveryFailures", "ScanFailures"}


def read(alarm: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each metric that an alarm reads, with its unit."""
    for part in alarm.get("Metrics", ()):
        if "MetricStat" in part:
            yield part["MetricStat"]["Metric"] | {"Unit": part["MetricStat"]["Unit"]}
    if "MetricName" in alarm:
        yield alarm


# What has happened once is not over a minute later.
EVENTS = {
    "DecisionRequestNotDelivered",
    "InfectedFileSeen",
    "MessageFailedForGood",
    "MessageWasComplainedOf",
    "ReferralNotStored",
    "ScanIsOverdue",
    "SealIsBroken",
}


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_wakes_somebody_and_tells_when_it_is_over(name):
    told = [{"Ref": "Alarms"}]

    assert ALARMS[name]["AlarmActions"] == told
    assert ALARMS[name].get("OKActions") == (None if name in EVENTS else told)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_what_to_do_first(name):
    text = ALARMS[name]["AlarmDescription"]

    assert re.search(r" Runbook: docs/runbook\.md#[\w-]+\Z", text)
    assert len(text.split(". ")) > 2
    assert len(text) < 1024


@pytest.mark.parametrize("name", ALARMS)
def test_silence_is_an_alarm_only_where_something_must_happen(name):
    silence = "breaching" if name in MUST_HAPPEN else "notBreaching"

    assert ALARMS[name]["TreatMissingData"] == silence


def test_no_two_alarms_have_one_name():
    names = [alarm["AlarmName"]["Fn::Sub"] for alarm in ALARMS.values()]

    assert len(set(names)) == len(names)
    assert all(name.startswith("${AWS::StackName}-") for name in names)


def test_our_own_metrics_are_read_as_they_are_written():
    own = [each for alarm in ALARMS.values() for each in read(alarm)]
    own = [each for each in own if each["Namespace"] == NAMESPACE]

    assert len(own) > 10
    for each in own:
        metric = METRICS[each["MetricName"]]
        dimensions = {each["Name"]: each["Value"] for each in each["Dimensions"]}
        assert each["Unit"] == metric.unit.value, metric
        assert dimensions.pop(STAGE) == {"Ref": "Stage"}
        assert set(dimensions) == ({metric.dimension} if metric.dimension else set())
        assert not metric.values or set(dimensions.values()) <= {v.value for v in metric.values}


def test_every_queue_of_failures_has_its_alarm():
    watched = {
        each["Value"]["Fn::GetAtt"][0]
        for alarm in ALARMS.values()
        if alarm.get("Namespace") == "AWS/SQS"
        for each in alarm["Dimensions"]
    }

    assert watched == QUEUES


def test_every_function_has_its_alarm(resources):
    functions = {n for n, each in resources.items() if each["Type"] == "AWS::Serverless::Function"}
    watched = {
        each["Value"]["Ref"]
        for alarm in ALARMS.values()
        if alarm.get("MetricName") == "Errors"
        for each in alarm["Dimensions"]
    }

    assert watched == functions


def test_the_sweep_is_missed_within_five_minutes():
    alarm = ALARMS["SweepDidNotRun"]

    assert alarm["Period"] * alarm["EvaluationPeriods"] == 300
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)


def test_the_dashboard_shows_metrics_that_are_written():
    body = load("dashboard.yaml")["Resources"]["Dashboard"]["Properties"]["DashboardBody"]
    shown = json.dumps(json.loads(body["Fn::Sub"]))

    for widget in json.loads(body["Fn::Sub"])["widgets"]:
        rows = [row for row in widget["properties"]["metrics"] if isinstance(row[0], str)]
        namespace = name = ""
        for row in rows:
            namespace = namespace if row[0] == "." else row[0]
            name = name if row[1] == "." else row[1]
            assert namespace != NAMESPACE or name in METRICS, name
    assert "DecisionRecorded" in shown
