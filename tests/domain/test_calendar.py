"""Working days, as England counts them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import holidays
import pytest

from chalicelib.domain import calendar


@pytest.mark.parametrize(
    "start, days, expected",
    [
        (date(2026, 12, 24), 5, date(2027, 1, 5)),
        (date(2026, 12, 24), 15, date(2027, 1, 19)),
        (date(2027, 3, 25), 5, date(2027, 4, 5)),
        (date(2027, 3, 25), 15, date(2027, 4, 19)),
        (date(2026, 8, 28), 5, date(2026, 9, 7)),
        (date(2026, 8, 28), 15, date(2026, 9, 21)),
        (date(2027, 12, 24), 5, date(2028, 1, 5)),
        (date(2027, 12, 24), 15, date(2028, 1, 19)),
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
    ],
)
def test_the_day_after_the_start_is_day_one(start: date, days: int, expected: date):
    assert calendar.add_working_days(start, days) == expected


def test_a_proclaimed_day_from_the_settings_moves_a_deadline():
    start = date(2026, 11, 24)
    assert calendar.add_working_days(start, 1) == date(2026, 11, 25)
    extra = (date(2026, 11, 25),)
    assert calendar.add_working_days(start, 1, extra_holidays=extra) == date(2026, 11, 26)


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_the_list_is_that_of_the_holidays_package(year: int):
    known = holidays.country_holidays("GB", subdiv="ENG", years=year)
    # The package also lists the days at weekends that the substitute days stand for.
    working = {day for day in known if day.weekday() < 5}
    assert {day for day in calendar.BANK_HOLIDAYS if day.year == year} == working


def test_the_list_reaches_a_year_ahead():
    last = max(calendar.BANK_HOLIDAYS).year
    today = datetime.now(UTC).date()
    assert today.year < last, "add the next year's bank holidays to domain/calendar.py"


@pytest.mark.parametrize(
    "moment, day",
    [
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_a_moment_falls_on_the_day_that_england_has(moment: datetime, day: date):
    assert calendar.london_date(moment) == day


def test_morning_is_nine_o_clock_in_england():
    assert calendar.morning_of(date(2026, 7, 1)) == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert calendar.morning_of(date(2026, 12, 1)) == datetime(2026, 12, 1, 9, tzinfo=UTC)
