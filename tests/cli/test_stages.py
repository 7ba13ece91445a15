"""A stage's file, and what becomes of its settings."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from infra.cli import stages
from infra.cli.console import BadUsage
from infra.cli.stages import Deploy

ROOT = Path(__file__).parents[2]
CONTENT = json.loads((stages.STAGES / "local.json").read_text(encoding="utf-8")) | {
    "stage": "test",
    "base_url": "https://referrals.example.org",
    "deploy": {"alarm_email": "alarms@example.org"},
}


def test_settings_become_the_functions_variables():
    stage = stages.parse(
        "test", CONTENT | {"smtp_tls": False, "extra_bank_holidays": ["2027-06-14"]}
    )

    variables = stage.environment({"TableName": "table-1", "Other": "left out"})

    assert variables["TABLE_NAME"] == "table-1"
    assert variables["AREA"] == "Newham"
    assert variables["SMTP_TLS"] == "false"
    assert variables["EXTRA_BANK_HOLIDAYS"] == "2027-06-14"
    assert "OTHER" not in variables


def test_every_fault_is_named_at_once():
    wrong = CONTENT | {"mail_from": "nobody", "colour": "teal", "deploy": {"memory_mb": 1}}

    with pytest.raises(BadUsage) as refused:
        stages.parse("test", wrong)

    for name in ("mail_from", "colour", "deploy.memory_mb"):
        assert name in refused.value.message


def test_a_fault_never_repeats_what_was_entered():
    with pytest.raises(BadUsage) as refused:
        stages.parse("test", CONTENT | {"decision_maker_email": "chair at example"})

    assert "chair at example" not in refused.value.message


def test_a_file_of_another_stage_is_refused():
    with pytest.raises(BadUsage, match="says that it is 'test'"):
        stages.parse("prod", CONTENT)


def test_a_stage_is_written_as_it_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STAGES_FOLDER", str(tmp_path))
    stage = stages.parse("test", CONTENT | {"is_production": True})

    stages.save(stage)

    assert stages.load("test") == stage


def test_every_setting_of_a_deployment_is_documented():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE))

    assert documented == set(Deploy.model_fields)
