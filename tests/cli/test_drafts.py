"""``drafts purge``: drafts past their date go, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

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
    return operator.stage.services.drafts.drafts.get(token.partition(".")[0]) is not None


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


def test_a_draft_that_cannot_be_removed_is_left_for_the_next_time(
    operator: Operator,
):
    token = draft(operator, days_old=31)
    drafts = operator.stage.services.drafts

    def refuse(_: str) -> None:
        raise errors.Unavailable("the storage does not answer")

    failing = replace(drafts, destroy_files=refuse)
    now, seen = operator.stage.clock(), list[int]()
    assert purge.purge(failing, now=now, watch=seen.append) == purge.Purged(1, 0)
    assert is_there(operator, token)
    assert purge.purge(drafts, now=now, watch=seen.append) == purge.Purged(1, 1)
    assert (is_there(operator, token), seen) == (False, [1])
