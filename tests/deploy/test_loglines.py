"""Reading log lines as a person wants them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from infra.deploying import loglines
from infra.deploying.loglines import BadPeriod, Line

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIELDS = {
    "time": "2026-11-24T12:00:00+00:00",
    "level": "INFO",
    "message": "message sent",
    "reference": "PR-ABCD2345",
    "MessageSent": 1,
    "Stage": "test",
    "_aws": {
        "CloudWatchMetrics": [{"Dimensions": [["Stage"]], "Metrics": [{"Name": "MessageSent"}]}]
    },
}


@pytest.mark.parametrize(
    "period,back", [("15m", {"minutes": 15}), ("2h", {"hours": 2}), ("3d", {"days": 3})]
)
def test_a_period_leads_back_from_now(period: str, back: dict[str, int]):
    assert loglines.since(period, now=NOON) == NOON - timedelta(**back)


@pytest.mark.parametrize("period", ["", "15", "m", "1w", "-1h", "1h30m"])
def test_what_is_no_period_is_refused(period: str):
    with pytest.raises(BadPeriod):
        loglines.since(period, now=NOON)


def test_what_stands_beside_the_message_is_shown_without_the_metrics():
    line = Line("1", NOON, "/group", "", FIELDS)

    assert (line.message, line.details) == ("message sent", {"reference": "PR-ABCD2345"})


def test_a_line_is_found_by_all_of_some_words():
    line = Line("1", NOON, "/group", "message sent PR-ABCD2345", {})

    assert line.holds("pr-abcd2345 SENT")
    assert not line.holds("pr-abcd2345 failed")
