"""What the alarms and the dashboard read, as CloudWatch would understand their templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.metrics import NAMESPACE
from tests.infra.template import load

STAGE = "test"
FILES = ("alarms.yaml", "alarms-people.yaml", "alarms-machinery.yaml")
SEARCH = re.compile(r"SEARCH\('\{(\w+),([\w,]+)\} MetricName=\"(\w+)\" Stage=\"\$\{Stage\}\"'")


@dataclass(frozen=True)
class Reading:
    """One metric that something reads. ``unit`` is empty where none is asked for."""

    reader: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    unit: str
    statistic: str
    period: int


def alarms() -> dict[str, dict[str, Any]]:
    """The properties of every alarm by its logical id."""
    return {
        name: resource["Properties"]
        for file in FILES
        for name, resource in load(file)["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


def own() -> dict[str, dict[str, Any]]:
    """The alarms that read the service's own metrics, one each."""
    return {name: each for name, each in alarms().items() if each.get("Namespace") == NAMESPACE}


def readings() -> list[Reading]:
    """The service's own metrics that alarms read."""
    found = [reading for name, each in alarms().items() for reading in _readings(name, each)]
    return [reading for reading in found if reading.namespace == NAMESPACE]


def _readings(name: str, alarm: Mapping[str, Any]) -> Iterator[Reading]:
    if "MetricName" in alarm:
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        yield _reading(name, alarm, alarm.get("Unit", ""), statistic, alarm["Period"])
    for query in alarm.get("Metrics", ()):
        if stat := query.get("MetricStat"):
            yield _reading(name, stat["Metric"], stat.get("Unit", ""), stat["Stat"], stat["Period"])


def _reading(
    name: str, metric: Mapping[str, Any], unit: str, statistic: str, period: int
) -> Reading:
    dimensions = tuple(
        (each["Name"], resolved(each["Value"])) for each in metric.get("Dimensions", ())
    )
    return Reading(
        name, metric["Namespace"], metric["MetricName"], dimensions, unit, statistic, period
    )


def resolved(value: Any) -> str:
    """A property's value on a stack of the tests' own stage."""
    if isinstance(value, Mapping):
        ((function, argument),) = value.items()
        text = f"${{{argument}}}" if function == "Ref" else str(argument)
        return text.replace("${Stage}", STAGE)
    return str(value)


def shown() -> set[tuple[str, tuple[str, ...]]]:
    """Name and sorted names of dimensions of the service's own metrics on the dashboard."""
    body = load("dashboard.yaml")["Resources"]["Dashboard"]["Properties"]["DashboardBody"]
    widgets = json.loads(body["Fn::Sub"])["widgets"]
    return {
        found
        for widget in widgets
        for found in _rows(widget["properties"].get("metrics", ()))
        if found
    }


def _rows(rows: list[list[Any]]) -> Iterator[tuple[str, tuple[str, ...]] | None]:
    before: list[str] = []
    for row in rows:
        if isinstance(row[0], dict):
            before = []
            yield _searched(row[0]["expression"])
            continue
        words = [word for word in row if isinstance(word, str)]
        # A point stands for what the row before has in this place.
        before = [before[at] if word == "." else word for at, word in enumerate(words)]
        own = before[0] == NAMESPACE
        yield (before[1], tuple(sorted(before[2::2]))) if own else None


def _searched(expression: str) -> tuple[str, tuple[str, ...]]:
    match = SEARCH.match(expression)
    assert match, expression
    namespace, names, metric = match.groups()
    assert namespace == NAMESPACE
    return metric, tuple(sorted(names.split(",")))


def evaluated(expression: str, values: Mapping[str, float | None]) -> float:
    """A metric expression of sums, comparisons, IF and FILL; None is a metric without data."""
    functions: dict[str, Callable[..., Any]] = {
        "FILL": lambda value, otherwise: otherwise if value is None else value,
        "IF": lambda condition, then, otherwise: then if condition else otherwise,
    }
    names = set(re.findall(r"[A-Za-z]\w*", expression))
    assert names <= set(functions) | set(values), names
    # The template is ours, and its names were just compared with what we know.
    return float(eval(expression, {"__builtins__": {}}, functions | dict(values)))  # noqa: S307
