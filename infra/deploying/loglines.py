"""Reads the functions' log lines, which are JSON and free of personal data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
PERIOD = re.compile(r"(\d{1,4})([mhd])")
# What Lambda says of each invocation, and lines that only carry a metric: nobody reads these.
OF_LAMBDA = ("START ", "END ", "REPORT ", "INIT_START ")
METRIC = "metric"
HIDDEN = frozenset({"time", "level", "message", "logger", "request_id", "_aws"})


class BadPeriod(Exception):
    """A period that cannot be read."""


@dataclass(frozen=True)
class Line:
    """One log line. ``fields`` is empty for a line that is not JSON, and then ``text`` is all."""

    id: str
    at: datetime
    group: str
    text: str
    fields: dict[str, Any]

    @property
    def level(self) -> str:
        return str(self.fields.get("level", ""))

    @property
    def message(self) -> str:
        return str(self.fields.get("message", "")) or self.text.strip()

    @property
    def details(self) -> dict[str, Any]:
        """What stands beside the message."""
        metrics = _metric_names(self.fields.get("_aws"))
        return {k: v for k, v in self.fields.items() if k not in HIDDEN | metrics}

    def holds(self, words: str) -> bool:
        """Whether every one of these words is in the line."""
        return all(word in self.text.casefold() for word in words.casefold().split())


def since(period: str, *, now: datetime) -> datetime:
    """The moment that lies ``period`` before now: 15m, 2h or 3d. Raises BadPeriod."""
    match = PERIOD.fullmatch(period)
    if not match:
        raise BadPeriod(f"{period!r} is not a period: write it as 15m, 2h or 3d.")
    return now - timedelta(**{UNITS[match[2]]: int(match[1])})


def read(logs: CloudWatchLogsClient, groups: Sequence[str], *, since: datetime) -> list[Line]:
    """Every line of our own since a moment, the oldest first."""
    lines = [line for group in groups for line in _of_group(logs, group, since)]
    return sorted(lines, key=lambda line: (line.at, line.id))


def _of_group(logs: CloudWatchLogsClient, group: str, since: datetime) -> Iterator[Line]:
    start = int(since.timestamp() * 1000)
    pages = logs.get_paginator("filter_log_events")
    for page in pages.paginate(logGroupName=group, startTime=start):
        for event in page["events"]:
            text = event["message"]
            fields = _fields(text)
            if not text.startswith(OF_LAMBDA) and fields.get("message") != METRIC:
                at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                yield Line(
                    event.get("eventId", f"{group}{event['timestamp']}{text}"),
                    at,
                    group,
                    text,
                    fields,
                )


def _fields(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _metric_names(embedded: object) -> set[str]:
    """The names that only carry metrics beside the line."""
    if not isinstance(embedded, dict):
        return set()
    names: set[str] = set()
    for directive in embedded.get("CloudWatchMetrics", []):
        names |= {metric["Name"] for metric in directive.get("Metrics", [])}
        names |= {name for names_ in directive.get("Dimensions", []) for name in names_}
    return names
