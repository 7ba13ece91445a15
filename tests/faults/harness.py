"""Faults at AWS calls, injected at botocore's own event hooks.

``before`` fails a call that never reached AWS; ``after`` loses the answer of one that took effect.
Every call of a use case is counted, so that a test can fail each of them in turn and skip none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

from botocore.exceptions import ConnectionClosedError
from botocore.session import Session


class Side(Enum):
    BEFORE = "before"
    AFTER = "after"


class Faults:
    """Counts the calls of a session's clients, and fails the one it is told to."""

    def __init__(self, session: Session) -> None:
        self.calls: list[str] = []
        self._target: tuple[int, Side] | None = None
        self.injected = 0
        session.register("before-call", self._before)
        session.register("after-call", self._after)

    @contextmanager
    def at(self, number: int, side: Side) -> Iterator[None]:
        """Within it, the call with this number (from 1) fails on this side."""
        self.calls, self._target, self.injected = [], (number, side), 0
        try:
            yield
        finally:
            self._target = None

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Within it, calls are only counted; gives the list of their names."""
        self.calls = []
        yield self.calls

    def _before(self, **event: Any) -> None:
        model = event["model"]
        self.calls.append(f"{model.service_model.service_name}.{model.name}")
        self._fail(Side.BEFORE)

    def _after(self, **event: Any) -> None:
        # What streams would be left open by whoever loses the answer.
        body = event["parsed"].get("Body")
        if body is not None and self._target == (len(self.calls), Side.AFTER):
            body.close()
        self._fail(Side.AFTER)

    def _fail(self, side: Side) -> None:
        if self._target == (len(self.calls), side):
            self.injected += 1
            raise ConnectionClosedError(endpoint_url="http://127.0.0.1/")
