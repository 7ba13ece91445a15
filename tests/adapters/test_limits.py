"""Limits and pseudonyms on the local AWS: counted once each, whoever else counts at the time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.adapters import keys
from chalicelib.domain.errors import TooOften
from chalicelib.domain.limits import Limit, window
from tests import stage as stages
from tests.faults.harness import Faults
from tests.stage import Stage

pytestmark = pytest.mark.aws

HOME = "192.0.2.7"
MAILBOX = "priya@hospital.example.org"


def count(stage: Stage, limit: Limit, whose: str, times: int = 1) -> None:
    for _ in range(times):
        stage.services.limits.count(limit, whose, now=stage.clock())


@pytest.mark.parametrize("limit", Limit)
def test_up_to_its_number_a_limit_says_nothing(stage: Stage, limit: Limit):
    count(stage, limit, "somebody", limit.most)
    with pytest.raises(TooOften):
        count(stage, limit, "somebody")


def test_a_refusal_says_when_to_come_back_and_then_it_works(stage: Stage):
    stage.clock.advance(timedelta(minutes=40))
    count(stage, Limit.LINKS_BY_MAILBOX, MAILBOX, 3)
    with pytest.raises(TooOften) as refused:
        count(stage, Limit.LINKS_BY_MAILBOX, MAILBOX)
    assert refused.value.retry_at - stage.clock() == timedelta(minutes=20)
    stage.clock.now = refused.value.retry_at
    count(stage, Limit.LINKS_BY_MAILBOX, MAILBOX, 3)


def test_each_is_counted_alone(stage: Stage):
    count(stage, Limit.LINKS_BY_MAILBOX, MAILBOX, 3)
    count(stage, Limit.LINKS_BY_MAILBOX, "other@hospital.example.org", 3)
    count(stage, Limit.CODES_BY_MAILBOX, MAILBOX, 3)


def test_counts_at_the_same_time_all_count(stage: Stage):
    def once(_: int) -> bool:
        try:
            count(stage, Limit.CODES_BY_MAILBOX, MAILBOX)
        except TooOften:
            return False
        return True

    count(stage, Limit.CODES_BY_MAILBOX, MAILBOX)
    with ThreadPoolExecutor(16) as pool:
        counted = list(pool.map(once, range(32)))
    assert counted.count(True) == Limit.CODES_BY_MAILBOX.most - 1


def test_what_comes_from_nowhere_is_not_counted(stage: Stage):
    count(stage, Limit.LINKS_BY_MAILBOX, "", 10)


def test_a_stage_may_allow_a_network_more_and_only_a_network(aws: dict[str, str]):
    stage = stages.build(aws, NETWORK_ALLOWANCE="2")
    count(stage, Limit.LOOKUPS_BY_NETWORK, HOME, 60)
    with pytest.raises(TooOften):
        count(stage, Limit.LOOKUPS_BY_NETWORK, HOME)
    count(stage, Limit.LINKS_BY_MAILBOX, MAILBOX, 3)
    with pytest.raises(TooOften):
        count(stage, Limit.LINKS_BY_MAILBOX, MAILBOX)


def test_one_count_is_one_call_and_its_item_is_forgotten(stage: Stage):
    faults = Faults(stage.services.clients.session)
    count(stage, Limit.LOOKUPS_BY_NETWORK, HOME)
    with faults.counting() as calls:
        count(stage, Limit.LOOKUPS_BY_NETWORK, HOME)
    assert calls == ["dynamodb.UpdateItem"]
    whose = stage.services.pseudonyms.of("network", HOME)
    start, end = window(stage.clock())
    item = stage.table.get(keys.limit(Limit.LOOKUPS_BY_NETWORK, whose, start))
    assert item
    assert item["count"] == 2
    assert item["expires_epoch"] > end.timestamp()
    assert HOME not in repr(item)


def test_a_pseudonym_is_the_same_in_every_process(stage: Stage):
    other = bootstrap.build(stage.environ)
    assert stage.services.pseudonyms.of("mailbox", MAILBOX) == other.pseudonyms.of(
        "mailbox", f" {MAILBOX.upper()} "
    )


def test_a_pseudonym_tells_nothing_and_differs_by_purpose(stage: Stage):
    pseudonyms = stage.services.pseudonyms
    found = {
        pseudonyms.of("mailbox", MAILBOX),
        pseudonyms.of("network", MAILBOX),
        pseudonyms.of("mailbox", "other@hospital.example.org"),
    }
    assert len(found) == 3
    assert all(len(each) == 32 and int(each, 16) for each in found)


def test_kms_is_asked_once_for_each_purpose(stage: Stage):
    faults = Faults(stage.services.clients.session)
    with faults.counting() as calls:
        for value in ("a", "b", "c"):
            stage.services.pseudonyms.of("mailbox", value)
            stage.services.pseudonyms.of("network", value)
    assert calls == ["kms.GenerateMac"] * 2
