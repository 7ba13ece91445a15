"""``people``: who a stage's e-mails go to, in its file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from infra.cli import app

DEMO = Path(__file__).parents[2] / "infra" / "stages" / "local.json"
SAM = ("--name", "Sam Example", "--email", "sam@example.org")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A production stage's file."""
    monkeypatch.setenv("STAGES_FOLDER", str(tmp_path))
    demo = json.loads(DEMO.read_text()) | {
        "stage": "prod",
        "base_url": "https://referrals.example.org",
        "deploy": {"alarm_email": "alarms@example.org"},
    }
    path = tmp_path / "prod.json"
    path.write_text(json.dumps(demo))
    return path


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app.build(), ["people", *words])
    assert result.exit_code == code, result.output
    return result


def written(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text()))


def test_the_three_roles_are_listed(file: Path):
    told = json.loads(run("list", "prod", "--json").stdout)
    assert [each["role"] for each in told] == ["decision-maker", "deputy", "office"]
    assert told[0]["email"] == "chair@example.org"


def test_somebody_takes_a_role(file: Path):
    before = written(file)
    result = run("add", "prod", "deputy", *SAM, "--label", "Acting chair", "--yes", "prod")
    after = written(file)
    assert (after["deputy_name"], after["deputy_email"]) == ("Sam Example", "sam@example.org")
    assert after["deputy_label"] == "Acting chair"
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed - {"deploy", "is_production"} == {"deputy_name", "deputy_email", "deputy_label"}
    assert "stay with whom they were sent to" in result.stderr
    assert "infra deploy prod" in result.stderr


def test_the_deputy_can_go_and_nobody_else(file: Path):
    run("remove", "prod", "deputy", "--yes", "prod")
    assert "deputy_email" not in written(file)
    run("remove", "prod", "deputy", "--yes", "prod", code=2)
    run("remove", "prod", "office", "--yes", "prod", code=3)
    run("remove", "prod", "decision-maker", "--yes", "prod", code=3)


@pytest.mark.parametrize(
    "words",
    [
        ("--name", "Sam", "--email", "no address"),
        ("--name", "Sam\nBcc: all", "--email", "sam@example.org"),
        ("--name", " ", "--email", "sam@example.org"),
    ],
)
def test_what_cannot_stand_in_an_email_is_refused(file: Path, words: tuple[str, ...]):
    before = file.read_bytes()
    run("add", "prod", "deputy", *words, "--yes", "prod", code=2)
    assert file.read_bytes() == before


def test_nothing_changes_unconfirmed_or_on_a_dry_run(file: Path):
    before = file.read_bytes()
    run("add", "prod", "deputy", *SAM, code=3)
    run("add", "prod", "deputy", *SAM, "--dry-run")
    run("remove", "prod", "deputy", "--dry-run")
    assert file.read_bytes() == before


def test_the_demonstration_stage_stays_as_it_is():
    before = DEMO.read_bytes()
    run("add", "local", "deputy", *SAM, code=3)
    assert DEMO.read_bytes() == before
