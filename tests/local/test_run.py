"""``make run`` from the outside: everything answers, and nothing stays behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from infra import assets, node
from infra.local import emulator, waiting
from infra.local.emulator import ROOT
from infra.local.run import MAIL

pytestmark = pytest.mark.aws
SETTINGS = ("PORT", "MAIL_PORT", "MAIL_SMTP_PORT", "AWS_PORT")
PATIENCE_SECONDS = 240


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project, so that the data of a developer's own run stay as they are."""
    for name in ("chalicelib", "infra", "templates", ".chalice"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(ROOT / "app.py", tmp_path)
    linked = [ROOT / ".venv", ROOT / ".venv-aws"]
    for folder in (assets.SOURCES, MAIL):
        node.install(folder)
        linked.append(folder / "node_modules")
    for path in linked:
        (tmp_path / path.relative_to(ROOT)).symlink_to(path)
    return tmp_path


@pytest.fixture
def ports() -> dict[str, int]:
    return {setting: waiting.free_port() for setting in SETTINGS}


def start(checkout: Path, ports: dict[str, int]) -> subprocess.Popen[str]:
    """The local run in ``checkout``, its home an empty folder."""
    home = checkout / "home"
    home.mkdir(exist_ok=True)
    chosen = {setting: str(port) for setting, port in ports.items()}
    return subprocess.Popen(
        [sys.executable, "-m", "infra", "run"],
        cwd=checkout,
        env=os.environ | chosen | {"HOME": str(home), "PYTHONPATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until_it_runs(run: subprocess.Popen[str]) -> str:
    """What it prints up to the line that says how to stop it."""
    assert run.stdout
    lines = []
    for line in run.stdout:
        lines.append(line)
        if "Press Ctrl-C" in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def end(run: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str]:
    run.send_signal(number)
    rest, _ = run.communicate(timeout=PATIENCE_SECONDS)
    return run.returncode, rest


def test_everything_answers_and_ctrl_c_ends_it_all(checkout, ports):
    run = start(checkout, ports)
    try:
        said = until_it_runs(run)
        answers = [
            waiting.status(ports["PORT"], "/"),
            waiting.status(ports["MAIL_PORT"], "/"),
            waiting.status(ports["AWS_PORT"], "/_ministack/health"),
        ]
    finally:
        status, rest = end(run, signal.SIGINT)

    assert answers == [200, 200, 200]
    assert [f"http://127.0.0.1:{ports[name]}" in said for name in SETTINGS] == [1, 1, 0, 1]
    assert "chair@example.org" in said
    assert (status, rest.strip()) == (0, "Stopped.")
    assert all(waiting.is_free(port) for port in ports.values())


def test_a_second_run_finds_the_data_of_the_first(checkout, ports, monkeypatch):
    for name, value in emulator.client_environment(ports["AWS_PORT"]).items():
        monkeypatch.setenv(name, value)

    assert item_kept_by_a_run(checkout, ports, signal.SIGTERM) is None
    assert item_kept_by_a_run(checkout, ports, signal.SIGINT) == {"S": "kept"}


def item_kept_by_a_run(checkout: Path, ports: dict[str, int], ending: signal.Signals) -> object:
    """What a run finds under a key, where it then leaves something for the next run."""
    run = start(checkout, ports)
    try:
        until_it_runs(run)
        client = boto3.client("dynamodb")
        [table] = client.list_tables()["TableNames"]
        found = client.get_item(TableName=table, Key={"pk": {"S": "a"}, "sk": {"S": "b"}})
        item = {"pk": {"S": "a"}, "sk": {"S": "b"}, "left": {"S": "kept"}}
        client.put_item(TableName=table, Item=item)
    finally:
        status, _ = end(run, ending)
    assert status == 0
    return found.get("Item", {}).get("left")
