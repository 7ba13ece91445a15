"""``make run`` from the outside: everything answers, and nothing stays behind."""

from __future__ import annotations

import signal
from pathlib import Path

import boto3
import pytest

from infra.local import emulator, waiting
from tests.local import running

pytestmark = pytest.mark.aws
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return running.copy_checkout(tmp_path)


def test_everything_answers_and_ctrl_c_ends_it_all(checkout):
    ports = running.free_ports()
    run = running.start(checkout, ports)
    try:
        answers = [
            waiting.status(ports["PORT"], "/"),
            waiting.status(ports["MAIL_PORT"], "/"),
            waiting.status(ports["AWS_PORT"], emulator.HEALTH),
        ]
    finally:
        status, rest = run.end(signal.SIGINT)

    assert answers == [200, 200, 200]
    assert all(run.address(setting) in run.said for setting in ("PORT", "MAIL_PORT", "AWS_PORT"))
    assert "chair@example.org" in run.said
    assert (status, rest.strip()) == (0, "Stopped.")
    assert all(waiting.is_free(port) for port in ports.values())


def test_a_second_run_finds_the_data_of_the_first(checkout, monkeypatch):
    ports = running.free_ports()
    for name, value in emulator.client_environment(ports["AWS_PORT"]).items():
        monkeypatch.setenv(name, value)

    assert item_kept_by_a_run(checkout, ports, signal.SIGTERM) is None
    assert item_kept_by_a_run(checkout, ports, signal.SIGINT) == {"S": "kept"}


def item_kept_by_a_run(checkout: Path, ports: dict[str, int], ending: signal.Signals) -> object:
    """What a run finds under a key, where it then leaves something for the next run."""
    run = running.start(checkout, ports)
    try:
        client = boto3.client("dynamodb")
        [table] = client.list_tables()["TableNames"]
        found = client.get_item(TableName=table, Key=KEY)
        client.put_item(TableName=table, Item=KEY | {"left": {"S": "kept"}})
    finally:
        status, _ = run.end(ending)
    assert status == 0
    return found.get("Item", {}).get("left")
