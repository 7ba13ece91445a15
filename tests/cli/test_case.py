"""``case``: nothing personal without a recorded reason, and nothing left of what was erased."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.domain import errors
from chalicelib.domain.audit import Act
from chalicelib.domain.messages import Kind, Status
from chalicelib.domain.people import Role
from tests.cli.operator import NAME, Operator, at_work, sung, unchanged, with_canaries
from tests.stage import Stage
from tests.web.decider import Decider
from tests.web.visitor import heading

pytestmark = pytest.mark.aws

ROOT = Path(__file__).parents[2]
REASON = "Canary 999 asks"


@pytest.fixture
def operator(stage: Stage) -> Operator:
    return at_work(stage)


def objects(stage: Stage) -> list[str]:
    """Every version and marker in the referrals' bucket."""
    bucket = stage.services.settings.referrals_bucket
    found = stage.services.clients.s3.list_object_versions(Bucket=bucket)
    return [each["Key"] for each in (*found.get("Versions", []), *found.get("DeleteMarkers", []))]


def test_the_list_has_the_newest_first_and_can_be_narrowed(operator: Operator):
    first = operator.decided()
    operator.stage.clock.advance(timedelta(seconds=1))
    second = operator.case()
    assert [each["reference"] for each in operator.json("case", "list", NAME)] == [second, first]
    narrowed = operator.json("case", "list", NAME, "--state", "decided")
    assert [each["reference"] for each in narrowed] == [first]
    assert len(operator.json("case", "list", NAME, "--limit", "1")) == 1


def test_the_command_runs_as_it_is_typed(operator: Operator):
    reference = operator.case()
    command = [sys.executable, "-m", "infra", "case", "show", NAME, reference, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["case"]["reference"] == reference


def test_a_case_is_shown_without_a_word_of_it(operator: Operator):
    reference, canaries = with_canaries(operator)
    with unchanged(operator, reference):
        said = operator.run("case", "show", NAME, reference).output
        told = operator.json("case", "show", NAME, reference)
        listed = operator.run("case", "list", NAME).output
    assert sung(said + listed + json.dumps(told), canaries) == set()
    assert told["case"]["state"] == "awaiting-decision"
    assert told["link"]["is_live"]
    assert [each["act"] for each in told["trail"]] == ["referral-submitted", "link-issued"]
    assert len(told["messages"]) == 4


def test_unsealing_needs_a_reason(operator: Operator):
    reference = operator.case()
    with unchanged(operator, reference):
        for command in (("show", "--unseal"), ("export",), ("hold",), ("release",)):
            said = operator.refused("case", command[0], NAME, reference, *command[1:], code=2)
            assert "reason" in said


def test_an_unsealed_case_is_shown_whole_and_its_reason_kept(operator: Operator):
    reference, canaries = with_canaries(operator)
    words = ("case", "show", NAME, reference, "--unseal", "--reason", REASON)
    told = operator.json(*words)
    said = operator.run(*words).output
    assert sung(json.dumps(told, ensure_ascii=False), canaries) == set(canaries)
    assert sung(" ".join(said.split()), canaries) == set(canaries)
    assert told["trail"][-1]["reason"] == REASON
    last = operator.trail(reference)[-1]
    assert (last.act, last.role, len(last.actor)) == (Act.CASE_UNSEALED, Role.OPERATOR, 16)


def test_the_trail_says_so_before_anything_is_shown(operator: Operator):
    stage = operator.stage
    reference, canaries = with_canaries(operator)
    settings = stage.services.settings
    stage.services.clients.s3.put_object(
        Bucket=settings.referrals_bucket,
        Key=stage.services.cases.cases.find(reference).document.key,
        Body=b"altered",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=settings.storage_key_id,
    )
    words = ("case", "show", NAME, reference, "--unseal", "--reason", REASON)
    result = operator.run(*words, code=1)
    assert "does not open" in result.stderr
    assert sung(result.output, canaries) == set()
    assert operator.acts(reference)[-1] is Act.CASE_UNSEALED


def test_no_seal_opens_when_the_trail_cannot_be_written(operator: Operator):
    reference, canaries = with_canaries(operator)
    table = operator.stage.table
    item = table.get({"pk": f"CASE#{reference}", "sk": "EVENT#000002"}) or {}
    table.put(item | {"sk": "EVENT#000003"})
    result = operator.run("case", "show", NAME, reference, "--unseal", "--reason", REASON, code=1)
    assert sung(result.output, canaries) == set()


def test_reasons_and_personal_data_are_nowhere_in_plain(operator: Operator):
    reference, canaries = with_canaries(operator)
    for words in (("show", "--unseal"), ("hold",), ("release",)):
        operator.run("case", words[0], NAME, reference, *words[1:], "--reason", REASON)
    items = repr(
        operator.stage.services.clients.dynamodb.scan(TableName=operator.stage.table.name)["Items"]
    )
    assert reference in items
    assert sung(items, (*canaries, REASON)) == set()
    assert sung(operator.run("case", "show", NAME, reference).output, (REASON,)) == set()


def test_a_held_case_is_not_erased(operator: Operator):
    reference = operator.decided()
    operator.run("case", "hold", NAME, reference, "--reason", "Inquest")
    erase = ("case", "erase", NAME, reference, "--reason", "retention-ended")
    with unchanged(operator, reference):
        assert "legal hold" in operator.refused(*erase, "--confirm", reference)
        assert "legal hold" in operator.refused(*erase, "--dry-run")
        operator.refused("case", "hold", NAME, reference, "--reason", "Twice")
        operator.run("case", "release", NAME, reference, "--reason", "Ended", "--dry-run")
    operator.run("case", "release", NAME, reference, "--reason", "Ended")
    operator.refused("case", "release", NAME, reference, "--reason", "Twice")
    operator.run(*erase, "--confirm", reference)
    assert operator.acts(reference)[-3:] == [Act.HOLD_PLACED, Act.HOLD_LIFTED, Act.CASE_ERASED]


def test_only_a_decided_case_whose_reference_is_typed_is_erased(operator: Operator):
    waiting, decided = operator.case(), operator.decided()
    disposal = ("--reason", "retention-ended")
    with unchanged(operator, waiting), unchanged(operator, decided):
        operator.refused("case", "erase", NAME, waiting, *disposal, "--confirm", waiting)
        operator.refused("case", "erase", NAME, decided, *disposal)
        operator.refused("case", "erase", NAME, decided, *disposal, "--confirm", waiting)
        operator.run("case", "erase", NAME, decided, *disposal, "--dry-run")
        operator.run("case", "erase", NAME, decided, "--reason", "because", code=2)
    assert len(objects(operator.stage)) == 2


def erased(operator: Operator) -> str:
    reference = operator.decided()
    disposal = ("--reason", "court-order", "--confirm", reference)
    told = operator.json("case", "erase", NAME, reference, *disposal)
    assert told["state"] == "erased"
    return reference


def test_an_erased_case_cannot_be_read_by_anybody(operator: Operator):
    stage = operator.stage
    reference = erased(operator)
    assert objects(stage) == []
    assert stage.table.get({"pk": f"CASE#{reference}", "sk": "KEY"}) is None
    for words in (("show", "--unseal"), ("export",)):
        said = operator.refused("case", words[0], NAME, reference, *words[1:], "--reason", REASON)
        assert "erased" in said
    with pytest.raises(errors.CaseErased):
        stage.services.cases.cases.read(reference)


def test_a_tombstone_and_a_whole_trail_are_left(operator: Operator):
    reference = erased(operator)
    told = operator.json("case", "show", NAME, reference)
    assert told["case"]["outcome"] == "review"
    assert (told["trail"][-1]["act"], told["trail"][-1]["subject"]) == (
        "case-erased",
        "court-order",
    )
    assert operator.json("audit", "verify", NAME)["broken"] == []


def test_an_erasure_that_was_interrupted_is_finished(operator: Operator):
    stage = operator.stage
    reference = erased(operator)
    case = stage.services.cases.cases.find(reference)
    stage.services.decisions.documents.put(case.case_id, b"left behind")
    operator.run(
        "case", "erase", NAME, reference, "--reason", "court-order", "--confirm", reference
    )
    assert objects(stage) == []
    assert operator.acts(reference).count(Act.CASE_ERASED) == 1


def test_other_cases_stay_when_one_is_erased(operator: Operator):
    other = operator.case()
    erased(operator)
    assert len(objects(operator.stage)) == 1
    operator.stage.services.cases.check(other)


def test_messages_that_wait_lapse_with_an_erased_case(operator: Operator):
    stage = operator.stage
    reference = operator.decided()
    operator.run(
        "case", "erase", NAME, reference, "--reason", "court-order", "--confirm", reference
    )
    before = len(stage.mailbox.emails)
    operator.deliver()
    assert len(stage.mailbox.emails) == before
    assert operator.message(reference, Kind.OUTCOME).status is Status.LAPSED


def test_the_link_of_an_erased_case_says_that_it_ended(operator: Operator):
    stage = operator.stage
    reference = operator.case()
    link, session, nonce = stage.pending()
    stage.services.decisions.confirm(link, session, nonce, now=stage.clock())
    operator.run(
        "case", "erase", NAME, reference, "--reason", "court-order", "--confirm", reference
    )
    now = datetime.now(UTC)
    response = Decider(stage).get()
    assert (response.status_code, heading(response)) == (410, "This page has ended")
    with pytest.raises(errors.Gone):
        stage.services.decisions.status(link, session, now=now, ended=True)


def test_a_production_stage_is_confirmed_by_its_name(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    demo = json.loads((ROOT / "infra" / "stages" / "local.json").read_text())
    (tmp_path / "local.json").write_text(json.dumps(demo | {"is_production": True}))
    monkeypatch.setenv("STAGES_FOLDER", str(tmp_path))
    reference, out = operator.decided(), str(tmp_path / "case.zip")
    reason = ("--reason", REASON)
    commands = (
        ("case", "show", NAME, reference, "--unseal", *reason),
        ("case", "export", NAME, reference, out, *reason),
        ("case", "hold", NAME, reference, *reason),
        ("case", "erase", NAME, reference, "--reason", "court-order", "--confirm", reference),
    )
    with unchanged(operator, reference):
        for command in commands:
            assert "--yes local" in operator.refused(*command)
            operator.refused(*command, "--yes", "prod")
    operator.run("case", "hold", NAME, reference, *reason, "--yes", NAME)
