"""``drafts purge``: drafts past their date go, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain import errors
from infra.operating import purge
from tests.cli.operator import NAME, Operator, at_work
from tests.stage import Stage

pytestmark = pytest.mark.aws


@pytest.fixture
def operator(stage: Stage) -> Operator:
    return at_work(stage)


def draft(operator: Operator, *, days_old: int) -> str:
    """A draft that was saved so long ago; its token."""
    operator.stage.clock.now = datetime.now(UTC) - timedelta(days=days_old)
    token = operator.stage.draft().token
    operator.stage.clock.now = datetime.now(UTC)
    return token


def is_there(operator: Operator, token: str) -> bool:
    try:
        operator.stage.services.drafts.open(token, now=operator.stage.clock())
    except errors.DraftExpired:
        return True
    except errors.DraftNotFound:
        return False
    return True


def test_expired_drafts_go_and_the_others_stay(operator: Operator):
    old, young = draft(operator, days_old=31), draft(operator, days_old=29)
    reference = operator.case()

    dry = operator.json("drafts", "purge", NAME, "--dry-run")
    assert dry == {"found": 1, "removed": 0, "dry_run": True}
    assert is_there(operator, old)

    assert operator.json("drafts", "purge", NAME)["removed"] == 1
    assert (is_there(operator, old), is_there(operator, young)) == (False, True)
    operator.stage.services.cases.check(reference)
    assert operator.json("drafts", "purge", NAME)["found"] == 0


def test_a_draft_that_is_saved_meanwhile_stays(operator: Operator):
    stage = operator.stage
    token = draft(operator, days_old=0)
    stored = stage.services.drafts.open(token, now=stage.clock()).stored
    key = {"pk": {"S": f"DRAFT#{stored.case_id}"}, "sk": {"S": "DRAFT"}}
    now = int(stage.clock().timestamp())
    dynamodb = stage.services.clients.dynamodb
    assert not purge.delete(dynamodb, stage.table.name, key, now_epoch=now)
    assert is_there(operator, token)


def test_the_table_is_read_no_faster_than_the_rate(operator: Operator):
    for _ in range(3):
        draft(operator, days_old=31)
    waits: list[float] = []
    paged: Any = _Paged(operator.stage.services.clients.dynamodb)
    found = purge.expired(
        paged,
        operator.stage.table.name,
        now_epoch=int(operator.stage.clock().timestamp()),
        units_a_second=2,
        sleep=waits.append,
    )
    assert len(list(found)) == 3
    assert len(waits) >= 2
    assert waits == [5.0] * len(waits)


class _Paged:
    """The table, one item a page, each page costing ten units."""

    def __init__(self, client) -> None:
        self._client = client

    def scan(self, **request):
        page = self._client.scan(**request | {"Limit": 1})
        return page | {"ConsumedCapacity": {"CapacityUnits": 10.0}}
