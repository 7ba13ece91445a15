"""Two things timed side by side, so that what else the machine does falls on both alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import thread_time

Timer = Callable[[], float]
MS_A_SECOND = 1000


@dataclass(frozen=True)
class Comparison:
    """Samples taken in turn: ``ours[n]`` and ``floor[n]`` are of the same moment. In seconds."""

    ours: tuple[float, ...]
    floor: tuple[float, ...]

    @property
    def ours_ms(self) -> float:
        return statistics.median(self.ours) * MS_A_SECOND

    @property
    def floor_ms(self) -> float:
        return statistics.median(self.floor) * MS_A_SECOND

    @property
    def spread(self) -> tuple[float, float]:
        """The lower and the upper quartile of the ratios of each moment."""
        ratios = [a / b for a, b in zip(self.ours, self.floor, strict=True)]
        lower, _, upper = statistics.quantiles(ratios, n=4, method="inclusive")
        return lower, upper


def interleave(ours: Timer, floor: Timer, *, rounds: int, warm_up: int = 0) -> Comparison:
    """Take ``rounds`` samples of each; whose turn is first changes from round to round.

    The first ``warm_up`` rounds come before those and are thrown away.
    """
    taken: dict[Timer, list[float]] = {ours: [], floor: []}
    for number in range(warm_up + rounds):
        for timer in (ours, floor) if number % 2 else (floor, ours):
            taken[timer].append(timer())
    return Comparison(tuple(taken[ours][warm_up:]), tuple(taken[floor][warm_up:]))


def timed(act: Callable[[], object]) -> Timer:
    """A timer of ``act``, in seconds."""

    def timer() -> float:
        started = thread_time()
        act()
        return thread_time() - started

    return timer


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that ``percent`` in a hundred of the values do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]
