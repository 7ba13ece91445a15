"""Reads metrics out of log lines as CloudWatch does, and refuses a line that it would refuse.

The rules are those of AWS's specification of the Embedded Metric Format.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chalicelib import logs

UNITS = {"Count", "Milliseconds", "Seconds"}
MOST_DIMENSIONS = 30
LONGEST_VALUE = 1024


@dataclass(frozen=True)
class Datum:
    """One value of one metric. ``dimensions`` are sorted pairs."""

    name: str
    value: float
    unit: str
    dimensions: tuple[tuple[str, str], ...]


def data(line: Mapping[str, Any]) -> list[Datum]:
    """The values that a line holds. Fails where CloudWatch would not take one."""
    embedded = line.get("_aws")
    if embedded is None:
        return []
    assert isinstance(embedded["Timestamp"], int)
    found = []
    for directive in embedded["CloudWatchMetrics"]:
        assert directive["Namespace"] == "Safeguarding"
        for names in directive["Dimensions"]:
            dimensions = tuple(sorted((name, _dimension(line, name)) for name in names))
            assert len(dimensions) <= MOST_DIMENSIONS
            found += [
                Datum(metric["Name"], _value(line, metric["Name"]), _unit(metric), dimensions)
                for metric in directive["Metrics"]
            ]
    return found


def _dimension(line: Mapping[str, Any], name: str) -> str:
    value = line[name]
    assert isinstance(value, str)
    assert 0 < len(value) <= LONGEST_VALUE
    return value


def _value(line: Mapping[str, Any], name: str) -> float:
    value = line[name]
    assert isinstance(value, int | float)
    assert not isinstance(value, bool)
    return value


def _unit(metric: Mapping[str, Any]) -> str:
    unit: str = metric["Unit"]
    assert unit in UNITS
    return unit


class Log:
    """What was written to the log so far."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    @property
    def data(self) -> list[Datum]:
        return [datum for line in self.lines for datum in data(line)]

    def values(self, name: str, **dimensions: str) -> list[float]:
        """The values of a metric, in their order, of any or of these dimensions."""
        return [
            datum.value
            for datum in self.data
            if datum.name == name and dimensions.items() <= dict(datum.dimensions).items()
        ]

    def clear(self) -> None:
        self.stream.seek(0)
        self.stream.truncate()


@contextmanager
def written() -> Iterator[Log]:
    """Within it, the service's log is written as in production, to be read here."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    log = Log()
    logs.configure(log.stream)
    try:
        yield log
    finally:
        root.handlers[:], root.level = before
