"""How a figure is held against its budget, and how the report shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.bench import results
from tests.bench.results import Measure


def timing(**changes):
    return replace(Measure("GET", "ms", ours=1.0, floor=4.0), **changes)


def count(**changes):
    return replace(Measure("calls", "calls", ours=4, decides=True), **changes)


@pytest.mark.parametrize(
    "ours, floor, budget, within",
    [(2.0, 4.0, 0.5, True), (2.1, 4.0, 0.5, False), (4, None, 4, True), (5, None, 4, False)],
)
def test_a_budget_is_of_the_ratio_where_there_is_a_floor(ours, floor, budget, within):
    assert timing(ours=ours, floor=floor, budget=budget).is_within is within


def test_only_a_count_over_its_budget_breaks_the_run():
    slow, much, unjudged = timing(budget=0.1), count(budget=3), timing()

    assert results.exit_status([slow, unjudged, count(budget=4)]) == 0
    assert results.exit_status([slow, much]) == 1


def test_the_verdict_says_whether_a_figure_decides():
    verdicts = [each.verdict for each in (timing(budget=0.1), count(budget=3), timing())]

    assert verdicts == ["over (a timing, does not decide)", "OVER", ""]


def test_the_table_has_a_line_for_each_measure():
    shown = results.table(
        [timing(budget=0.5, spread=(0.2, 0.31)), count(budget=4), timing(name="p50", floor=None)]
    )

    assert shown.splitlines()[0].split() == ["what", "ours", "floor", "ratio", "spread", "budget"]
    lines = [line.split() for line in shown.splitlines()[2:]]
    assert lines == [
        ["GET", "1.00", "ms", "4.00", "ms", "0.25", "0.20–0.31", "≤", "0.5", "×", "ok"],
        ["calls", "4", "calls", "–", "–", "–", "≤", "4", "calls", "ok"],
        ["p50", "1.00", "ms", "–", "–", "–", "–"],
    ]


def test_a_program_reads_the_same_figures():
    assert timing(budget=0.5).to_dict() == {
        "name": "GET",
        "unit": "ms",
        "ours": 1.0,
        "floor": 4.0,
        "ratio": 0.25,
        "spread": None,
        "budget": 0.5,
        "within": True,
        "decides": False,
    }
