"""Logs hold identifiers and never content, whoever writes them."""

from __future__ import annotations

import contextvars
import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from itertools import count
from typing import Any

import pytest

from chalicelib import logs


class Colour(Enum):
    TEAL = "teal"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the configured root logger writes."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers[:], root.level = before


def line(stream: io.StringIO) -> dict[str, Any]:
    """The only line that was written."""
    (written,) = stream.getvalue().splitlines()
    return dict(json.loads(written))


def test_a_line_is_json_with_its_extra_fields(stream):
    logging.getLogger("a").info("case opened", extra={"reference": "PR-ABCD2345"})
    written = line(stream)

    assert written["message"] == "case opened"
    assert written["reference"] == "PR-ABCD2345"
    assert written["level"] == "INFO"
    assert written["logger"] == "a"
    assert datetime.fromisoformat(written["time"]).tzinfo is UTC


def test_values_in_a_message_are_not_written(stream):
    logging.getLogger("somebody.elses").warning("could not parse %r", "Ada Canary")

    assert line(stream)["message"] == "could not parse %r"
    assert "Canary" not in stream.getvalue()


def test_an_exception_is_written_by_type_and_place_through_its_causes(stream):
    try:
        try:
            int("Ada Canary")
        except ValueError as cause:
            raise KeyError("Ada Canary") from cause
    except KeyError:
        logging.getLogger("a").exception("failed")
    written = line(stream)

    assert written["error"] == ["KeyError", "ValueError"]
    assert all(frame.startswith("tests/test_logs.py:") for frame in written["frames"])
    assert "Canary" not in stream.getvalue()


def test_an_object_that_is_no_plain_value_is_written_by_type(stream):
    extra = {"fields": Exception("Ada Canary"), "colour": Colour.TEAL, "some": {"b", "a"}}
    logging.getLogger("a").info("strange", extra=extra | {"at": datetime(2026, 11, 24, tzinfo=UTC)})
    written = line(stream)

    assert written["fields"] == "<Exception>"
    assert written["colour"] == "teal"
    assert written["some"] == ["a", "b"]
    assert written["at"] == "2026-11-24T00:00:00+00:00"


def test_an_exception_that_causes_itself_ends(stream):
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first

    assert logs.failure(first)["error"] == ["ValueError", "KeyError"]


def test_each_line_of_an_invocation_bears_its_id_and_the_first_ones_say_so(stream, monkeypatch):
    monkeypatch.setattr(logs, "_invocations", count(1))
    for request_id in ("first", "second"):
        contextvars.copy_context().run(_invocation, request_id)
    contextvars.Context().run(logging.getLogger("a").info, "outside")
    written = [json.loads(each) for each in stream.getvalue().splitlines()]

    assert [each.get("request_id") for each in written] == [
        "first",
        "first",
        "second",
        "second",
        None,
    ]
    assert [each.get("cold_start") for each in written] == [True, True, None, None, None]


def _invocation(request_id: str) -> None:
    logs.invoked(request_id)
    logging.getLogger("a").info("begun")
    logging.getLogger("b").warning("done")
