"""Starts ``python -m infra run`` in a copy of the checkout, as a developer would in a new one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra import assets, node
from infra.local import waiting
from infra.local.emulator import ROOT
from infra.local.run import MAIL

SETTINGS = ("PORT", "MAIL_PORT", "MAIL_SMTP_PORT", "AWS_PORT")
PATIENCE_SECONDS = 120


def copy_checkout(folder: Path) -> Path:
    """Copy the project, so that the data of a developer's own run stay as they are.

    What is installed is not copied but linked.
    """
    for name in ("chalicelib", "infra", "templates", ".chalice"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("node_modules"))
    shutil.copy(ROOT / "app.py", folder)
    linked = [ROOT / ".venv", ROOT / ".venv-aws"]
    for installed in (assets.SOURCES, MAIL):
        node.install(installed)
        linked.append(installed / "node_modules")
    for path in linked:
        (folder / path.relative_to(ROOT)).symlink_to(path)
    return folder


def free_ports() -> dict[str, int]:
    """A free port for each port setting of the local run."""
    return {setting: waiting.free_port() for setting in SETTINGS}


@dataclass(frozen=True)
class Run:
    """A local run that has started; ``said`` is what it printed until then."""

    process: subprocess.Popen[str]
    ports: dict[str, int]
    said: str

    def address(self, setting: str) -> str:
        return f"http://{waiting.HOST}:{self.ports[setting]}"

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to end; its exit status, and what it printed about that."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, rest


def start(checkout: Path, ports: dict[str, int]) -> Run:
    """Start the local run in ``checkout``, its home an empty folder, and wait until it serves."""
    home = checkout / "home"
    home.mkdir(exist_ok=True)
    chosen = {setting: str(port) for setting, port in ports.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "infra", "run"],
        cwd=checkout,
        env=os.environ | chosen | {"HOME": str(home), "PYTHONPATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Run(process, ports, _until_it_serves(process))


def _until_it_serves(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Press Ctrl-C" in line:
            return "".join(lines)
    raise AssertionError("".join(lines))
