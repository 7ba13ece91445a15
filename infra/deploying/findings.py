"""What a check found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. WARN can wait; FAIL means that a deployment or its mail will not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One finding. ``next_step`` is empty where nothing is to be done."""

    name: str
    level: Level
    found: str
    next_step: str = ""
