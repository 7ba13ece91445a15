"""What was measured, held against its budget, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NONE = "–"
HEADINGS = ("what", "ours", "floor", "ratio", "spread", "budget", "")
DIGITS = {"ms": 2, "s": 2, "calls": 0, "items": 0}


@dataclass(frozen=True)
class Measure:
    """One figure and its budget: of the ratio where there is a floor, else of the figure itself.

    Without a budget it is shown and not judged. ``spread`` holds the lower and the upper quartile
    of the ratio. Only a count ``decides``: a timing depends on the machine, so it is marked and
    never breaks a build.
    """

    name: str
    unit: str
    ours: float
    budget: float | None = None
    floor: float | None = None
    spread: tuple[float, float] | None = None
    decides: bool = False

    @property
    def ratio(self) -> float | None:
        return None if self.floor is None else self.ours / self.floor

    @property
    def is_within(self) -> bool:
        if self.budget is None:
            return True
        return (self.ours if self.ratio is None else self.ratio) <= self.budget

    @property
    def verdict(self) -> str:
        if self.budget is None:
            return ""
        if self.is_within:
            return "ok"
        return "OVER" if self.decides else "over (a timing, does not decide)"

    def to_dict(self) -> dict[str, object]:
        """The figure for a program to read."""
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": self.ours,
            "floor": self.floor,
            "ratio": self.ratio,
            "spread": self.spread,
            "budget": self.budget,
            "within": self.is_within,
            "decides": self.decides,
        }

    def cells(self) -> tuple[str, ...]:
        """The figure for a person to read, under ``HEADINGS``."""
        return (
            self.name,
            self._amount(self.ours),
            NONE if self.floor is None else self._amount(self.floor),
            NONE if self.ratio is None else f"{self.ratio:.2f}",
            NONE if self.spread is None else "{:.2f}–{:.2f}".format(*self.spread),
            self._limit(),
            self.verdict,
        )

    def _limit(self) -> str:
        if self.budget is None:
            return NONE
        return f"≤ {self._amount(self.budget)}" if self.ratio is None else f"≤ {self.budget:g} ×"

    def _amount(self, value: float) -> str:
        return f"{value:.{DIGITS[self.unit]}f} {self.unit}"


def table(measures: Sequence[Measure]) -> str:
    """The measures in columns."""
    rows = [HEADINGS, *(measure.cells() for measure in measures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(lines)


def exit_status(measures: Sequence[Measure]) -> int:
    """1 where a count is over its budget, else 0."""
    return int(any(measure.decides and not measure.is_within for measure in measures))
