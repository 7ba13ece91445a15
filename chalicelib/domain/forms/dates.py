"""Dates and times as people write them: three inputs for a date, month names welcome.

A form gives a date as its parts (day, month, year), all strings; what was kept is ISO 8601. The
checks against today need ``{"today": date}`` as validation context.
"""

import re
from datetime import date, time, timedelta
from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from chalicelib.domain.calendar import MONTHS
from chalicelib.domain.forms.questions import DATE_PARTS, Input, Kind

FIRST_YEAR = 1900
DUE_AHEAD = timedelta(days=305)  # About ten months: longer than any pregnancy.
DUE_BEHIND = timedelta(days=31)

_MONTH_NUMBERS = {
    **{name.lower(): number for number, name in enumerate(MONTHS, start=1)},
    **{name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)},
    "sept": 9,
}
_DAY = re.compile("([0-9]{1,2})(?:st|nd|rd|th)?", re.IGNORECASE)
_YEAR = re.compile("[0-9]{4}")


def _wrong(message: str, *parts: str) -> PydanticCustomError:
    """An error about some parts of a date: the first is what the error summary links to."""
    return PydanticCustomError("after_subject", message, {"parts": parts or DATE_PARTS})


def _any_date(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return date.fromisoformat(value)
    if not (isinstance(value, tuple) and len(value) == len(DATE_PARTS)):
        raise PydanticCustomError("empty", "empty")
    missing = tuple(name for name, part in zip(DATE_PARTS, value, strict=True) if not part)
    if len(missing) == len(DATE_PARTS):
        raise PydanticCustomError("empty", "empty")
    if missing:
        raise _wrong(f"must include a {' and '.join(missing)}", *missing)
    return _written_date(*value)


def _written_date(day: str, month: str, year: str) -> date:
    if year.isascii() and year.isdigit() and len(year) != 4:
        raise _wrong("must have a year with 4 numbers, like 2019", "year")
    number = _MONTH_NUMBERS.get(month.lower().rstrip(".")) or _number(month)
    written_day = _DAY.fullmatch(day)
    if written_day is None or number is None or _YEAR.fullmatch(year) is None:
        raise _wrong("must be a real date")
    try:
        written = date(int(year), number, int(written_day[1]))
    except ValueError:
        raise _wrong("must be a real date") from None
    if written.year < FIRST_YEAR:
        raise _wrong(f"must have a year from {FIRST_YEAR} on", "year")
    return written


def _number(month: str) -> int | None:
    return int(month) if re.fullmatch("[0-9]{1,2}", month) else None


def _today(info: ValidationInfo) -> date | None:
    return info.context["today"] if info.context else None


def past_date(value: object, info: ValidationInfo) -> date:
    """A day that has come: today or earlier."""
    written = _any_date(value)
    today = _today(info)
    if today is not None and written > today:
        raise _wrong("must be today or in the past")
    return written


def due_date(value: object, info: ValidationInfo) -> date:
    """The day a child is expected: within a pregnancy from today, or shortly overdue."""
    written = _any_date(value)
    today = _today(info)
    if today is not None and written > today + DUE_AHEAD:
        raise _wrong("must be within the next 10 months")
    if today is not None and written < today - DUE_BEHIND:
        raise _wrong("must not be more than a month ago")
    return written


_CLOCK = re.compile(
    "(?P<hour>[0-9]{1,2})(?:[:. ]?(?P<minute>[0-9]{2}))?(?::[0-9]{2})?"
    r"(?: ?(?P<half>[ap])\.?(?:m\.?)?)?"
)
_NAMED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}


def clock_time(value: object) -> time:
    """A time of day, on a clock of 12 or 24 hours."""
    if isinstance(value, time):
        return value
    text = value.strip().lower() if isinstance(value, str) else ""
    known = _NAMED_TIMES.get(text) or _read_clock(text)
    if known is None:
        raise PydanticCustomError("whole", "Enter a time in the correct format, like 2:30pm")
    return known


def _read_clock(text: str) -> time | None:
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, half = int(match["hour"]), match["half"]
    if half is None and match["minute"] is None:
        return None  # A bare number may be an hour or a slip: ask.
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        return time(hour, int(match["minute"] or 0))
    except ValueError:
        return None


def write_time(moment: time) -> str:
    """A time for a person to read: 2:30pm."""
    return f"{moment.hour % 12 or 12}:{moment:%M}{'am' if moment.hour < 12 else 'pm'}"


PastDate = Annotated[date, BeforeValidator(past_date), Input(Kind.DATE)]
DueDate = Annotated[date, BeforeValidator(due_date), Input(Kind.DATE)]
ClockTime = Annotated[time, BeforeValidator(clock_time), Input(Kind.TEXT, width="10")]
