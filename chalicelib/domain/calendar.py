"""Dates as people in England write them, and working days as they count them.

Day 1 is the day after the start. Weekends and England's bank holidays do not count. Dates are
calendar dates in Europe/London; moments are aware and in UTC.

Source of the list: the bank holidays of England and Wales that the government publishes.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_LISTED = (
    (2026, 1, 1),
    (2026, 4, 3),
    (2026, 4, 6),
    (2026, 5, 4),
    (2026, 5, 25),
    (2026, 8, 31),
    (2026, 12, 25),
    (2026, 12, 28),
    (2027, 1, 1),
    (2027, 3, 26),
    (2027, 3, 29),
    (2027, 5, 3),
    (2027, 5, 31),
    (2027, 8, 30),
    (2027, 12, 27),
    (2027, 12, 28),
    (2028, 1, 3),
    (2028, 4, 14),
    (2028, 4, 17),
    (2028, 5, 1),
    (2028, 5, 29),
    (2028, 8, 28),
    (2028, 12, 25),
    (2028, 12, 26),
)
BANK_HOLIDAYS = frozenset(date(*day) for day in _LISTED)


def write_date(day: date) -> str:
    """A day for a person to read: 3 March 2019."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def london_date(moment: datetime) -> date:
    """The calendar date in England at ``moment`` (aware)."""
    return moment.astimezone(LONDON).date()


def is_working_day(day: date, *, extra_holidays: Collection[date] = ()) -> bool:
    """Whether ``day`` counts towards a period in working days."""
    return day.weekday() < 5 and day not in BANK_HOLIDAYS and day not in extra_holidays


def add_working_days(start: date, days: int, *, extra_holidays: Collection[date] = ()) -> date:
    """The ``days``-th working day after ``start`` (``days`` ≥ 0)."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        if is_working_day(day, extra_holidays=extra_holidays):
            days -= 1
    return day


def morning_of(day: date) -> datetime:
    """Nine o'clock in England on ``day``, as a moment in UTC."""
    return datetime.combine(day, time(9), tzinfo=LONDON).astimezone(UTC)
