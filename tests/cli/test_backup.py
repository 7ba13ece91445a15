"""``backup restore-drill``: restores beside the live table, finds what is amiss, and tidies up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.operating import drill
from tests.cli.operator import NAME, Operator, at_work, sung, with_canaries
from tests.stage import Stage

pytestmark = pytest.mark.aws

DRILL = ("backup", "restore-drill", NAME, "--poll", "0.05")


@pytest.fixture
def operator(stage: Stage) -> Operator:
    return at_work(stage)


def tables(operator: Operator) -> list[str]:
    return list(operator.stage.services.clients.dynamodb.list_tables()["TableNames"])


def test_a_sound_backup_passes_and_its_table_is_removed(operator: Operator):
    reference, canaries = with_canaries(operator)
    operator.decided()
    erased = operator.decided()
    operator.run("case", "erase", NAME, erased, "--reason", "court-order", "--confirm", erased)
    before, trail = tables(operator), operator.trail(reference)

    result = operator.run(*DRILL, "--json")

    told = json.loads(result.stdout)
    assert told["passed"]
    assert (told["live"], told["restored"], told["same"], told["opened"]) == (3, 3, 3, 2)
    assert told["restore_seconds"] <= told["seconds"]
    assert tables(operator) == before
    assert operator.trail(reference) == trail
    assert sung(result.output, canaries) == set()


def test_the_sample_is_as_large_as_it_was_asked_for(operator: Operator):
    for _ in range(3):
        operator.case()
    assert operator.json(*DRILL, "--sample", "2")["opened"] == 2


def test_a_document_that_does_not_open_fails_the_drill(operator: Operator):
    stage, reference = operator.stage, operator.case()
    stage.services.clients.s3.put_object(
        Bucket=stage.services.settings.referrals_bucket,
        Key=stage.services.cases.cases.find(reference).document.key,
        Body=b"altered",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=stage.services.settings.storage_key_id,
    )
    before = tables(operator)
    told = operator.json(*DRILL, code=1)
    assert (told["passed"], told["unreadable"]) == (False, [reference])
    assert tables(operator) == before


def test_a_trail_that_was_altered_fails_the_drill(operator: Operator):
    reference, table = operator.case(), operator.stage.table
    table.transact([table.deleting({"pk": f"CASE#{reference}", "sk": "EVENT#000001"})])
    assert operator.json(*DRILL, code=1)["unreadable"] == [reference]


def test_a_kept_table_is_named(operator: Operator):
    operator.case()
    told = operator.json(*DRILL, "--keep")
    assert told["side_table"] in tables(operator)


def test_a_dry_run_restores_nothing(operator: Operator):
    before = tables(operator)
    told = operator.json(*DRILL, "--dry-run")
    assert told["dry_run"]
    assert tables(operator) == before


def test_only_a_table_that_a_drill_made_is_removed(operator: Operator):
    live, dynamodb = operator.stage.table.name, operator.stage.services.clients.dynamodb
    for name in (live, f"other{drill.MARK}1", f"{live}x"):
        with pytest.raises(drill.NotOurs):
            drill.remove(dynamodb, name, live=live)
    assert live in tables(operator)


def test_what_differs_between_the_tables_is_told_apart(operator: Operator):
    stage = operator.stage
    cases = stage.services.cases
    lost, moved, altered = operator.case(), operator.case(), operator.case()
    restored = list(cases.every())
    moment = stage.clock()
    operator.run("case", "hold", NAME, moved, "--reason", "Inquest")
    operator.deliver()
    newer = operator.case()
    table = stage.table
    key = {"pk": f"CASE#{altered}", "sk": "CASE"}
    table.put((table.get(key) or {}) | {"agency": "Somebody else"})

    side: Any = _Listed([case for case in restored if case.reference != lost])
    found, whole = drill.compare(
        cases,
        side,
        moment=moment,
        told=lambda _: None,
    )

    assert (found.missing, found.different, found.newer) == ([lost], [altered], 1)
    assert (found.moved_on, found.same, whole) == (1, 0, [])
    assert newer not in found.missing


class _Listed:
    """A restored table, as it lists its cases."""

    def __init__(self, cases) -> None:
        self._cases = cases

    def every(self):
        return iter(self._cases)
