"""Child processes: started with a log of their own, stopped by their id, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 20.0
TAIL_LINES = 20


@dataclass(frozen=True)
class Child:
    """A running program and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Ask it to end, and end it by force where it does not."""
        if self.has_ended:
            return
        self.process.terminate()
        try:
            self.process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            self._end_group()
            self.process.wait()

    def _end_group(self) -> None:
        # The child leads its own group, so whatever it started itself ends with it.
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def tail(self) -> str:
        """The last lines it wrote."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])


def start(
    name: str, command: Sequence[str | Path], *, environment: Mapping[str, str], log: Path
) -> Child:
    """Start ``command`` in a session of its own, so that Ctrl-C reaches the parent alone.

    The parent then stops its children in the order that loses nothing.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Child(name, process, log)
