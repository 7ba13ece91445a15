"""Attributes in and out, and the words that DynamoDB reserves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.adapters.table import _names, pack, unpack
from chalicelib.domain.errors import StaleVersion
from chalicelib.domain.people import Role
from tests.stage import Stage

KEY = {"pk": "P", "sk": "S"}


def test_plain_values_become_typed_ones_and_come_back():
    item = {"text": "a", "number": 7, "bytes": b"\x00", "list": ["a", 1]}
    assert unpack(pack(item)) == item


def test_moments_days_and_words_are_kept_as_text():
    at = datetime(2026, 1, 2, tzinfo=UTC)
    packed = pack({"at": at, "on": at.date(), "r": Role.OFFICE})
    assert packed == {
        "at": {"S": "2026-01-02T00:00:00+00:00"},
        "on": {"S": "2026-01-02"},
        "r": {"S": "office"},
    }


def test_what_is_empty_is_left_out():
    assert pack({"none": None, "text": "", "bytes": b"", "zero": 0}) == {"zero": {"N": "0"}}


def test_every_attribute_of_an_expression_is_named():
    assert _names("SET #a = :a REMOVE #b_c attribute_exists(#pk)") == {
        "#a": "a",
        "#b_c": "b_c",
        "#pk": "pk",
    }


@pytest.mark.aws
def test_a_condition_that_does_not_hold_is_a_lost_race(stage: Stage):
    table = stage.table
    table.put(KEY | {"version": 1})
    with pytest.raises(StaleVersion):
        table.put(KEY | {"version": 2}, condition="#version = :v", values={":v": 7})
    with pytest.raises(StaleVersion):
        table.update(KEY, "SET #version = :v", {":v": 3}, condition="attribute_exists(#nothing)")
    with pytest.raises(StaleVersion):
        table.transact([table.putting(KEY, condition="attribute_not_exists(#pk)")])
    assert table.get(KEY) == KEY | {"version": 1}


@pytest.mark.aws
def test_many_items_come_in_the_order_of_their_keys(stage: Stage):
    table = stage.table
    for number in range(3):
        table.put({"pk": "P", "sk": str(number), "n": number})
    found = table.get_many([{"pk": "P", "sk": sk} for sk in ("2", "missing", "0")])
    assert [item and item["n"] for item in found] == [2, None, 0]


@pytest.mark.aws
def test_a_partition_longer_than_one_page_is_read_whole(stage: Stage):
    table = stage.table
    for number in range(12):
        table.put({"pk": "P", "sk": f"E#{number:02}", "filler": "x" * 120_000})
    assert len(table.begins("P", "E#")) == 12
