"""Runs the unpacked zip in a process that sees nothing else of ours."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.emulator import plain_environment
from tests import stage
from tests.bench import canned, ours
from tests.bench.events import event

ANSWERS = Path(__file__).with_name("fresh") / "answers.py"
CLIENTS = Path(__file__).with_name("fresh") / "clients.py"
PAGE = "child/name"


@dataclass(frozen=True)
class Answer:
    status: int
    type: str
    body: str


@dataclass(frozen=True)
class Told:
    """What a fresh process answered, by path, and the modules that it imported for that."""

    answers: dict[str, Answer]
    imported: frozenset[str]


def ask(code: Path, folder: Path, *, paths: tuple[str, ...] = ()) -> Told:
    """Ask the zip in ``code`` for a question page and for ``paths``."""
    sealed = ours.seal()
    question = event(PAGE, cookies=sealed.cookies)
    given = {
        "item": sealed.travelling,
        "key": base64.b64encode(sealed.key).decode(),
        "events": [question, *(_plain(path) for path in paths)],
    }
    file = folder / "given.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    told = run(ANSWERS, code, file, Path(canned.__file__).parent)
    answers = {path: Answer(*answer) for path, answer in told["answers"].items()}
    return Told(answers, frozenset(told["imported"]))


def run(program: Path, *arguments: Path) -> dict[str, Any]:
    """The JSON that the last line of a program's output holds. Its errors are the test's."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", program, *arguments],
        env=plain_environment() | stage.environment(canned.ENVIRONMENT | canned.SETTINGS),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _plain(path: str) -> dict[str, Any]:
    """A request without cookies, on the route that the gateway finds for it."""
    parts = path.strip("/").split("/")
    route, params = path, None
    if parts[0] == "assets":
        route, params = "/assets/{fingerprint}/{name}", {"fingerprint": parts[1], "name": parts[2]}
    asked = event(PAGE, cookies={})
    asked["requestContext"] |= {"resourcePath": route, "path": path}
    return asked | {"resource": route, "path": path, "pathParameters": params}
