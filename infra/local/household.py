"""The programs of the local run, which live and end together."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NoReturn

from infra.local.processes import Child

WATCH_SECONDS = 0.2
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_on_signals() -> None:
    """Let a request to end, and a closed terminal, end the run as Ctrl-C does."""
    for ending in ENDINGS:
        signal.signal(ending, _interrupt)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def _undisturbed() -> Iterator[list[int]]:
    """Hold back Ctrl-C, so that nothing is cut in two; the list says what came meanwhile."""
    came: list[int] = []
    before = {each: signal.signal(each, lambda number, _: came.append(number)) for each in ENDINGS}
    try:
        yield came
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class Household:
    """The running programs, in the order in which they were started."""

    def __init__(self) -> None:
        self._children: list[Child] = []

    def start(self, launch: Callable[[], Child]) -> Child:
        """Start a program that is stopped with the others, whatever happens after."""
        with _undisturbed() as came:
            child = launch()
            self._children.append(child)
        if came:
            raise KeyboardInterrupt
        return child

    def first_to_end(self) -> Child:
        """Wait until one of them ends by itself."""
        while True:
            for child in self._children:
                if child.has_ended:
                    return child
            time.sleep(WATCH_SECONDS)

    def __enter__(self) -> Household:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The last started needs the others, so it goes first.
        with _undisturbed():
            for child in reversed(self._children):
                child.stop()
