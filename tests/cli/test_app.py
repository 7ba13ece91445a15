"""The command line as a whole: its help, its exit codes, and how it is started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.cli import app

ROOT = Path(__file__).parents[2]
COMMANDS = (
    *("init", "doctor", "deploy", "diff", "rollback", "smoke", "destroy", "status", "logs"),
    *("case", "link", "message", "people", "audit", "backup", "dlq", "drafts", "keys"),
    *("run", "seed"),
)
ON_A_STAGE = ("doctor", "deploy", "diff", "rollback", "smoke", "destroy", "status", "logs")


def started(*words: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own, as people start it."""
    return subprocess.run(
        [sys.executable, "-m", "infra", *words],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_help_names_every_command():
    help_ = started("--help")

    assert help_.returncode == 0
    assert [name for name in COMMANDS if f" {name} " not in help_.stdout] == []


def test_a_word_that_is_no_command_is_a_usage_error():
    wrong = started("deplooy")

    assert wrong.returncode == 2
    assert "Did you mean 'deploy'?" in wrong.stderr


@pytest.mark.parametrize("name", ON_A_STAGE)
def test_help_says_when_a_command_is_used_and_gives_an_example(name: str):
    result = CliRunner().invoke(app.build(), [name, "--help"], env={"COLUMNS": "120"})

    assert "When: " in result.output
    assert f"Example: python -m infra {name}" in result.output


@pytest.mark.parametrize("name", [each for each in ON_A_STAGE if each != "doctor"])
def test_a_stage_that_does_not_exist_is_a_usage_error(name: str):
    result = CliRunner().invoke(app.build(), [name, "nowhere"])

    assert result.exit_code == 2
    assert "python -m infra init nowhere" in result.stderr


def test_an_error_is_json_for_a_machine():
    result = CliRunner().invoke(app.build(), ["status", "nowhere", "--json"])

    told = json.loads(result.stderr)
    assert told["exit_code"] == result.exit_code == 2
    assert "nowhere" in told["error"]


def test_the_local_run_takes_no_words():
    assert CliRunner().invoke(app.build(), ["run", "fast"]).exit_code == 2


def test_seeding_says_what_to_start_where_nothing_runs():
    free = {"AWS_PORT": "1", "PORT": "2", "MAIL_PORT": "3", "MAIL_SMTP_PORT": "4"}
    result = CliRunner().invoke(app.build(), ["seed"], env=free)

    assert result.exit_code == 1
    assert "make run" in result.stderr
