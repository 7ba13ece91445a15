"""``audit verify``: an altered, a removed and a moved event are named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.operator import NAME, Operator, at_work
from tests.stage import Stage

pytestmark = pytest.mark.aws


@pytest.fixture
def operator(stage: Stage) -> Operator:
    return at_work(stage)


def key(reference: str, number: int) -> dict[str, str]:
    return {"pk": f"CASE#{reference}", "sk": f"EVENT#{number:06d}"}


def alter(operator: Operator, reference: str, number: int, **changes: Any) -> None:
    table = operator.stage.table
    table.put((table.get(key(reference, number)) or {}) | changes)


def test_whole_trails_hold(operator: Operator):
    operator.case()
    operator.decided()
    assert operator.json("audit", "verify", NAME) == {"verified": 2, "broken": []}
    assert operator.json("audit", "verify", NAME, "--all")["verified"] == 2


@pytest.mark.parametrize(
    "change",
    [
        {"role": "deputy"},
        {"at": "2026-01-01T00:00:00+00:00"},
        {"actor": "somebody-else"},
        {"act": "no-such-act"},
        {"act": ""},
    ],
    ids=lambda change: "-".join(change),
)
def test_an_altered_event_is_named(operator: Operator, change: dict[str, str]):
    good, bad = operator.case(), operator.decided()
    alter(operator, bad, 3, **change)
    told = operator.json("audit", "verify", NAME, code=1)
    assert told == {"verified": 2, "broken": [{"reference": bad, "event": 3}]}
    assert operator.json("audit", "verify", NAME, good)["broken"] == []
    assert bad in operator.run("audit", "verify", NAME, bad, code=1).stdout


@pytest.mark.parametrize("number", [1, 3])
def test_a_removed_event_is_named(operator: Operator, number: int):
    reference = operator.decided()
    table = operator.stage.table
    table.transact([table.deleting(key(reference, number))])
    assert operator.json("audit", "verify", NAME, code=1)["broken"] == [
        {"reference": reference, "event": number}
    ]


def test_a_missing_end_is_named(operator: Operator):
    reference = operator.decided()
    last, table = len(operator.trail(reference)), operator.stage.table
    table.transact([table.deleting(key(reference, last))])
    assert operator.json("audit", "verify", NAME, code=1)["broken"] == [
        {"reference": reference, "event": last}
    ]


def test_reordered_events_are_named(operator: Operator):
    reference = operator.decided()
    table = operator.stage.table
    second, third = (table.get(key(reference, number)) or {} for number in (2, 3))
    table.put(third | key(reference, 2))
    table.put(second | key(reference, 3))
    assert operator.json("audit", "verify", NAME, code=1)["broken"] == [
        {"reference": reference, "event": 2}
    ]


def test_an_event_of_another_case_is_named(operator: Operator):
    one, other = operator.decided(), operator.decided()
    table = operator.stage.table
    table.put((table.get(key(one, 2)) or {}) | key(other, 2))
    assert operator.json("audit", "verify", NAME, other, code=1)["broken"][0]["event"] == 2


def test_one_case_or_all_but_not_both(operator: Operator):
    reference = operator.case()
    operator.refused("audit", "verify", NAME, reference, "--all", code=2)
