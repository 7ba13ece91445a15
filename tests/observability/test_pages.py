"""``docs/observability.md`` says what there is, and nothing else."""

from __future__ import annotations

import re

import pytest

from chalicelib.metrics import Metric
from tests.observability.test_calls import FIELDS
from tests.project.files import text

PAGE = "docs/observability.md"
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| ([^|]+) \| [^|]+ \|$", re.M)
ROWS = {name: (unit, dimension) for name, unit, dimension in ROW.findall(text(PAGE))}


def test_the_page_lists_the_metrics_and_no_other():
    assert set(ROWS) == {metric.title for metric in Metric}


@pytest.mark.parametrize("metric", Metric, ids=lambda metric: metric.title)
def test_a_metric_is_documented_with_its_unit_and_dimension(metric: Metric):
    unit, dimension = ROWS[metric.title]
    assert unit == metric.unit.value
    named, _, values = dimension.partition(":")
    assert named.strip("` ") == (metric.dimension or "–")
    if values:
        assert re.findall(r"`([\w-]+)`", values) == [each.value for each in metric.values or ()]


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_a_log_field_is_documented(field: str):
    rows = [line for line in text(PAGE).splitlines() if line.startswith("| `")]
    assert any(f"`{field}`" in row for row in rows)
