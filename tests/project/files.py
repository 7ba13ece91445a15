"""The project's own files, for the tests of its conventions."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def tracked(*patterns: str) -> tuple[str, ...]:
    """Paths of the files that git keeps, or would keep, and that match one of ``patterns``."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]
    listing = subprocess.run(
        [*command, *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return tuple(sorted(path for path in set(listing.split("\0")) if (ROOT / path).is_file()))


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
