"""Bytecode that is never compared with its source.

A function unpacks its zip to files of 1980, so bytecode that names its source's date would be
found stale, and everything compiled anew at every cold start.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from infra.build.errors import BuildFailed

# Where the functions find their code; a traceback then names the file that is there.
UNPACKED = "/var/task"


def write(folder: Path) -> None:
    """Compile every module below ``folder``. Raises BuildFailed with what does not compile."""
    done = subprocess.run(
        [
            *(sys.executable, "-B", "-S", "-m", "compileall", "-q"),
            *("--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", UNPACKED),
            str(folder),
        ],
        # Sets are written in the order of their hashes: they must be the same in every build.
        env={"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildFailed(f"Some module does not compile:\n{done.stdout}{done.stderr}")
