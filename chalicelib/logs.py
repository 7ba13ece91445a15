"""Logs: one JSON object a line; identifiers, never content.

A message is a constant and its values come as ``extra``. The formatter holds everybody to that:
it never fills values into a message, and of an exception it writes the types and the places, not
the text, because libraries put what they were given into their messages.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime
from enum import Enum
from itertools import count
from pathlib import Path
from traceback import walk_tb
from typing import Any, TextIO

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_MAX_FRAMES = 30

_invocations = count(1)
_invocation: ContextVar[Mapping[str, Any] | None] = ContextVar("invocation", default=None)


def configure(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Make the root logger write JSON to ``stream`` (standard error), and only there."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def invoked(request_id: str) -> None:
    """From here on each line bears this id, by which Lambda names the invocation.

    Those of the process's first invocation say as well that it was a cold start.
    """
    is_first = next(_invocations) == 1
    _invocation.set({"request_id": request_id} | ({"cold_start": True} if is_first else {}))


def failure(error: BaseException) -> dict[str, Any]:
    """``extra`` fields that say what failed and where, without a word of the messages."""
    chain = list(_chain(error))
    return {
        "error": [type(each).__qualname__ for each in chain],
        "frames": [frame for each in chain for frame in _frames(each)][:_MAX_FRAMES],
    }


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's time, level, logger, unfilled message and extra fields."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": str(record.msg),
        }
        line |= _invocation.get() or {}
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[1]:
            line |= failure(record.exc_info[1])
        return _encode(line)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(str(each) for each in value)
    return f"<{type(value).__qualname__}>"


# One encoder for all lines: with a ``default`` the json module would make one for each.
_encode = json.JSONEncoder(default=_plain).encode


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _frames(error: BaseException) -> Iterator[str]:
    for frame, line in walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        yield f"{path.parent.name}/{path.name}:{line}"
