"""Cold start: a fresh process to the first form page from the built zip, against two others.

The floor is a fresh process that imports what any such service must, from the same libraries as
they are installed, with bytecode. The other is the same app as ``chalice package`` alone makes it.
A process counts with its processor time, which other programs on the machine disturb least.
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
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.build import archive, build, bytecode, packaging, staging
from infra.local.emulator import plain_environment
from tests import stage
from tests.bench import canned, ours, timing
from tests.bench.events import event
from tests.bench.results import Measure
from tests.bench.timing import Timer
from tests.build.fixtures import HERE

BUDGET = 1.25
PAGE = "child/name"
STAGE = "bench"
FRESH = Path(__file__).with_name("fresh")
FIRST_PAGE = "first_page.py"
FLOOR = "floor.py"


@dataclass(frozen=True)
class Workshop:
    """A folder with three unpacked zips, the programs and what they are given.

    A function unpacks its zip where nothing is written afterwards, so no process writes bytecode.
    """

    folder: Path

    @property
    def built(self) -> Path:
        return self.folder / "built"

    @property
    def plain(self) -> Path:
        return self.folder / "plain"

    @property
    def libraries(self) -> Path:
        return self.folder / "libraries"

    def prepare(self) -> None:
        """Build and package the service, seal a draft."""
        archive.unpack(build(STAGE, architecture=HERE, out=self.folder / "out").zip, self.built)
        app = staging.stage(self.folder / "app", stage_name=STAGE, architecture=HERE)
        packaged = packaging.package(app, self.folder / "packaged", stage_name=STAGE)
        archive.unpack(packaged.zip, self.plain)
        bytecode.write(shutil.copytree(self.plain, self.libraries))
        for program in (FRESH / FIRST_PAGE, FRESH / FLOOR, Path(canned.__file__)):
            shutil.copy(program, self.folder)
        sealed = ours.seal()
        given = {
            "item": sealed.travelling,
            "key": base64.b64encode(sealed.key).decode(),
            "event": event(PAGE, cookies=sealed.cookies),
        }
        (self.folder / "given.json").write_text(json.dumps(given), encoding="utf-8")

    def timer(self, program: str, code: Path) -> Timer:
        """The processor's seconds of a fresh process that runs ``program`` on ``code``."""
        return partial(self._run, program, code)

    def _run(self, program: str, code: Path) -> float:
        given = self.folder / "given.json"
        before = _seconds_of_children()
        subprocess.run(
            [sys.executable, "-I", "-S", "-B", self.folder / program, code, given],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=True,
        )
        return _seconds_of_children() - before


def measure(*, rounds: int) -> Iterator[Measure]:
    """The processor time of our first page against the floor's, and against a plain package's."""
    with TemporaryDirectory(prefix="bench-") as folder:
        workshop = Workshop(Path(folder))
        workshop.prepare()
        built = workshop.timer(FIRST_PAGE, workshop.built)
        floor = workshop.timer(FLOOR, workshop.libraries)
        plain = workshop.timer(FIRST_PAGE, workshop.plain)
        yield _measure("the built zip", built, floor, rounds=rounds, budget=BUDGET)
        yield _measure("against a plain package", built, plain, rounds=rounds)


def _measure(
    name: str, ours: Timer, floor: Timer, *, rounds: int, budget: float | None = None
) -> Measure:
    taken = timing.interleave(ours, floor, rounds=rounds, warm_up=2)
    return Measure(
        f"cold start to {PAGE}, {name}",
        "ms",
        ours=taken.ours_ms,
        floor=taken.floor_ms,
        spread=taken.spread,
        budget=budget,
    )


def _environment() -> dict[str, str]:
    """Nothing of this machine's settings."""
    return plain_environment() | stage.environment(canned.ENVIRONMENT | canned.SETTINGS)


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
