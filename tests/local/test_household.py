"""The programs of the local run live and end together."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path

import pytest

from infra.local import processes
from infra.local.household import Household
from infra.local.processes import Child

OBEDIENT = 'trap "echo $1 >> $2; exit" TERM; echo ready; while :; do sleep 0.01; done'
STUBBORN = 'trap "" TERM; echo ready; while :; do sleep 0.01; done'


def shell(folder: Path, script: str, *arguments: str) -> Child:
    """A running shell that has reached its loop."""
    name = arguments[0] if arguments else "shell"
    command = ["sh", "-c", script, "sh", *arguments]
    child = processes.start(name, command, environment=os.environ, log=folder / f"{name}.log")
    while "ready" not in child.tail() and not child.has_ended:
        os.sched_yield()
    return child


def test_the_last_started_is_stopped_first(tmp_path):
    order = tmp_path / "order"
    with Household() as house:
        for name in ("aws", "pages", "jobs"):
            house.start(partial(shell, tmp_path, OBEDIENT, name, str(order)))

    assert order.read_text().split() == ["jobs", "pages", "aws"]


def test_every_program_ends_when_a_later_one_cannot_start(tmp_path):
    order = tmp_path / "order"

    def fail() -> Child:
        raise LookupError("no such program")

    started = []
    with pytest.raises(LookupError), Household() as house:  # noqa: PT012 - both steps are the case
        started.append(house.start(lambda: shell(tmp_path, OBEDIENT, "aws", str(order))))
        house.start(fail)

    assert started[0].has_ended


def test_ctrl_c_while_a_program_starts_still_stops_that_program(tmp_path):
    started = []

    def interrupted() -> Child:
        started.append(shell(tmp_path, OBEDIENT, "aws", str(tmp_path / "order")))
        signal.raise_signal(signal.SIGINT)
        return started[0]

    with pytest.raises(KeyboardInterrupt), Household() as house:
        house.start(interrupted)

    assert started[0].has_ended


def test_the_program_that_ended_by_itself_is_named(tmp_path):
    with Household() as house:
        house.start(lambda: shell(tmp_path, OBEDIENT, "aws", str(tmp_path / "order")))
        house.start(lambda: shell(tmp_path, "echo broken; exit 3", "jobs"))
        ended = house.first_to_end()

    assert (ended.name, ended.tail()) == ("jobs", "broken")


def test_a_program_that_will_not_end_is_ended(tmp_path):
    child = shell(tmp_path, STUBBORN)

    child.stop(patience_seconds=0.05)

    assert child.process.returncode == -signal.SIGKILL


def test_only_the_last_lines_of_a_log_are_shown(tmp_path):
    child = shell(tmp_path, "seq 100; echo ready")
    child.process.wait()

    assert child.tail().splitlines() == [*(str(number) for number in range(82, 101)), "ready"]
