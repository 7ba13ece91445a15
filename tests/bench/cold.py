"""Cold start: a fresh process to the first form page, against a fresh process's imports.

The code is staged as a build stages it, templates compiled and bytecode written beforehand, but
the libraries are those of the checkout: the zip itself is measured where it is built. A process
counts with its processor time, which other programs on the machine disturb least.
"""

from __future__ import annotations

import base64
import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib import templating
from infra.local.emulator import ROOT, plain_environment
from tests import stage
from tests.bench import canned, ours, timing
from tests.bench.events import event
from tests.bench.results import Measure

BUDGET = 1.25
PAGE = "child/name"
FRESH = Path(__file__).with_name("fresh")


@dataclass(frozen=True)
class Workshop:
    """A folder with the staged code, the programs and what they are given."""

    folder: Path

    def stage(self) -> None:
        """Copy the code without bytecode, compile its templates, seal a draft."""
        code = self.folder / "code"
        shutil.copytree(
            ROOT / "chalicelib", code / "chalicelib", ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copy(ROOT / "app.py", code)
        compiled = code / "chalicelib" / "_templates"
        templating.environment().compile_templates(compiled, filter_func=_is_template, zip=None)
        for program in (FRESH / "first_page.py", FRESH / "floor.py", Path(canned.__file__)):
            shutil.copy(program, self.folder)
        sealed = ours.seal()
        given = {
            "item": sealed.travelling,
            "key": base64.b64encode(sealed.key).decode(),
            "event": event(PAGE, cookies=sealed.cookies),
        }
        (self.folder / "given.json").write_text(json.dumps(given), encoding="utf-8")

    def first_page(self) -> float:
        """The processor's seconds to our first page."""
        return self._run("first_page.py", str(self.folder / "given.json"))

    def floor(self) -> float:
        """The processor's seconds of the imports alone."""
        return self._run("floor.py")

    def _run(self, program: str, *arguments: str) -> float:
        before = _seconds_of_children()
        subprocess.run(
            [sys.executable, str(self.folder / program), *arguments],
            cwd=self.folder / "code",
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=True,
        )
        return _seconds_of_children() - before

    def _environment(self) -> dict[str, str]:
        """As in Lambda: bytecode is there, and nothing of this machine's settings."""
        own = stage.environment(canned.ENVIRONMENT | canned.SETTINGS)
        kept = {k: v for k, v in plain_environment().items() if not k.startswith("PYTHON")}
        return kept | own | {"PYTHONPYCACHEPREFIX": str(self.folder / "bytecode")}


def measure(*, rounds: int) -> Iterator[Measure]:
    """The processor time of our first page against the floor's."""
    with TemporaryDirectory(prefix="bench-") as folder:
        workshop = Workshop(Path(folder))
        workshop.stage()
        taken = timing.interleave(workshop.first_page, workshop.floor, rounds=rounds, warm_up=2)
    yield Measure(
        f"cold start to {PAGE}, from a checkout",
        "ms",
        ours=taken.ours_ms,
        floor=taken.floor_ms,
        spread=taken.spread,
        budget=BUDGET,
    )


def _is_template(name: str) -> bool:
    return name.endswith((".html", ".txt")) and not name.startswith("assets/")


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
