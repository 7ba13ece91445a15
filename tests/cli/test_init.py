"""``init`` writes a stage's file that every other command can read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from infra.cli import app, stages
from infra.cli.init import QUESTIONS

ANSWERS = {
    "partnership_name": "Exampleton Safeguarding Children Partnership",
    "partnership_short": "ESCP",
    "area": "Exampleton",
    "base_url": "https://referrals.example.org",
    "mail_from": "reviews@example.org",
    "decision_maker_name": "Rosalind Invented",
    "decision_maker_email": "chair@example.org",
    "office_phone": "020 7946 0103",
    "office_email": "office@example.org",
    "urgent_phone": "020 7946 0101",
    "urgent_phone_out_of_hours": "020 7946 0102",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STAGES_FOLDER", str(tmp_path))
    (tmp_path / "answers.txt").write_text(json.dumps(ANSWERS))
    return tmp_path


def init(folder: Path, *words: str, code: int = 0, typed: str | None = None) -> Result:
    given = ("--answers", str(folder / "answers.txt")) if typed is None else ()
    result = CliRunner().invoke(app.build(), ["init", "test", *given, *words], input=typed)
    assert result.exit_code == code, result.output
    return result


def test_a_file_of_answers_makes_a_stage_that_can_be_deployed(folder: Path):
    init(folder)

    stage = stages.load("test")
    assert stage.settings.area == "Exampleton"
    assert stage.deploy.region == "eu-west-2"
    assert not stage.is_production


def test_alarms_go_to_the_office_unless_somebody_else_is_named(folder: Path):
    init(folder)
    assert stages.load("test").deploy.alarm_email == "office@example.org"

    init(folder, "--force", "--set", "deploy.alarm_email=ops@example.org")
    assert stages.load("test").deploy.alarm_email == "ops@example.org"


def test_a_file_that_is_there_is_left_alone(folder: Path):
    init(folder)
    before = (folder / "test.json").read_text()

    said = init(folder, "--set", "area=Elsewhere", code=3).stderr

    assert "--force" in said
    assert (folder / "test.json").read_text() == before


def test_a_dry_run_writes_nothing(folder: Path):
    shown = init(folder, "--dry-run").stdout

    assert "Exampleton" in shown
    assert not (folder / "test.json").exists()


@pytest.mark.parametrize(
    "wrong,fault",
    [
        ("mail_from=nobody", "mail_from: must be an e-mail address"),
        ("base_url=http://example.org", "base_url: must start with https://"),
        ("draft_days=0", "draft_days: "),
        ("deputy_email=deputy@example.org", "DEPUTY_NAME must be set"),
        ("deploy.memory_mb=64", "deploy.memory_mb: "),
        ("deploy.domain_name=a.example.org", "certificate_arn belong together"),
        ("favourite_colour=teal", "favourite_colour: there is no such setting"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_written(folder: Path, wrong: str, fault: str):
    said = init(folder, "--set", wrong, code=2).stderr

    assert fault in said
    assert not (folder / "test.json").exists()


def test_what_is_asked_is_asked_again_until_it_is_right(folder: Path):
    typed = [ANSWERS.get(question.name, "") for question in QUESTIONS]
    at = [question.name for question in QUESTIONS].index("base_url")
    typed.insert(at, "referrals.example.org")

    said = init(folder, typed="\n".join(typed) + "\n").stderr

    assert "Warning: must start with https://" in said
    assert stages.load("test").settings.base_url == "https://referrals.example.org"
    assert stages.load("test").settings.draft_days == 30


def test_a_stage_called_prod_is_production(folder: Path):
    answers = ("--answers", str(folder / "answers.txt"))
    CliRunner().invoke(app.build(), ["init", "prod", *answers])

    assert stages.load("prod").is_production


@pytest.mark.parametrize("name", ["Prod", "../prod", "a b"])
def test_a_name_that_cannot_be_a_stage_s_is_refused(folder: Path, name: str):
    assert CliRunner().invoke(app.build(), ["init", name]).exit_code == 2
