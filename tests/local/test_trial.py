"""A stage deployed to a fresh local AWS by one command, as a newcomer would do it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from infra.local import emulator, trial, waiting

COMMAND = [sys.executable, "-m", "infra", "trial"]


def test_a_port_that_is_taken_is_named_with_its_setting():
    with socket.socket() as taken:
        taken.bind((waiting.HOST, 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = subprocess.run(
            COMMAND,
            env=os.environ | {"AWS_PORT": port},
            cwd=emulator.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode == 1
    assert port in told.stderr
    assert "AWS_PORT" in told.stderr


@pytest.mark.aws
def test_one_command_deploys_a_stage_and_ctrl_c_takes_it_away():
    port = waiting.free_port()
    process = subprocess.Popen(
        COMMAND,
        env=os.environ | {"AWS_PORT": str(port)},
        cwd=emulator.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            break
    try:
        assert f"The stage {trial.NAME} runs." in "".join(said), "".join(said)
        assert "Sending a test referral" in "".join(said)
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Stopped." in rest
    assert waiting.is_free(port)
