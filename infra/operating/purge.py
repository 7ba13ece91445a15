"""Removing drafts that are past their date, before the sweep comes round or where it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.services.drafts import DraftService

# As many as one look can find: whoever has more purges again.
COUNTED = 1000


@dataclass(frozen=True)
class Purged:
    """How many drafts were past their date, and how many of them went."""

    found: int
    removed: int


def purge(
    drafts: DraftService, *, now: datetime, watch: Callable[[int], object], dry_run: bool = False
) -> Purged:
    """Dispose of drafts past their date. What does not go is left, and found by the next purge."""
    found = len(drafts.drafts.overdue(now=now, limit=COUNTED))
    removed = 0
    while not dry_run and removed < found:
        gone = drafts.expire(now=now)
        if not gone:
            break
        removed += gone
        watch(removed)
    return Purged(found, removed)
