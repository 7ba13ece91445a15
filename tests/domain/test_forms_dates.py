"""Dates and times as people write them."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.calendar import MONTHS, write_date
from chalicelib.domain.forms.dates import (
    DUE_AHEAD,
    DUE_BEHIND,
    FIRST_YEAR,
    ClockTime,
    DueDate,
    PastDate,
    write_time,
)
from chalicelib.domain.forms.parsing import Invalid, Problem, parse, to_fields
from chalicelib.domain.forms.questions import Ask, Question
from tests.factories import TODAY


class Sheet(Question):
    born: Annotated[
        PastDate | None,
        Ask("Date of birth", empty="Enter the child’s date of birth"),
    ] = None
    due: Annotated[DueDate | None, Ask("Due date")] = None
    at: Annotated[ClockTime | None, Ask("Time")] = None


class Needed(Question):
    born: Annotated[PastDate, Ask("Date of birth", empty="Enter the child’s date of birth")]


def form(name: str, day: str, month: str, year: str) -> dict[str, list[str]]:
    return {f"{name}-day": [day], f"{name}-month": [month], f"{name}-year": [year]}


def written(day: date) -> tuple[str, str, str]:
    return str(day.day), str(day.month), str(day.year)


def problem(fields: dict[str, list[str]], model: type[Question] = Sheet) -> Problem:
    with pytest.raises(Invalid) as caught:
        parse(model, fields, today=TODAY)
    (found,) = caught.value.problems
    return found


@pytest.mark.parametrize(
    "parts",
    [
        ("3", "3", "2019"),
        ("03", "03", "2019"),
        (" 3 ", " March ", " 2019 "),
        ("3", "mar", "2019"),
        ("3", "MAR.", "2019"),
        ("3rd", "march", "2019"),
    ],
)
def test_a_date_may_be_written_in_figures_or_with_the_months_name(parts: tuple[str, str, str]):
    assert parse(Sheet, form("born", *parts), today=TODAY).born == date(2019, 3, 3)


@pytest.mark.parametrize("number,name", list(enumerate(MONTHS, start=1)))
def test_every_month_has_a_name_and_a_short_name(number: int, name: str):
    for month in (name, name[:3].upper()):
        read = parse(Sheet, form("born", "1", month, "2019"), today=TODAY)
        assert read.born == date(2019, number, 1)


@pytest.mark.parametrize(
    "parts,message,wrong",
    [
        (("", "3", "2019"), "must include a day", ("day",)),
        (("3", "", "2019"), "must include a month", ("month",)),
        (("3", "3", ""), "must include a year", ("year",)),
        (("", "", "2019"), "must include a day and month", ("day", "month")),
        (("3", " ", ""), "must include a month and year", ("month", "year")),
        (("3", "3", "19"), "must have a year with 4 numbers, like 2019", ("year",)),
        (("3", "3", "02019"), "must have a year with 4 numbers, like 2019", ("year",)),
        (("3", "3", "1899"), "must have a year from 1900 on", ("year",)),
        (("29", "2", "2019"), "must be a real date", ("day", "month", "year")),
        (("0", "1", "2019"), "must be a real date", ("day", "month", "year")),
        (("1", "13", "2019"), "must be a real date", ("day", "month", "year")),
        (("1", "Marchember", "2019"), "must be a real date", ("day", "month", "year")),
        (("-1", "3", "2019"), "must be a real date", ("day", "month", "year")),
        (("٣", "3", "2019"), "must be a real date", ("day", "month", "year")),
        (("3", "3", "two"), "must be a real date", ("day", "month", "year")),
        (written(TODAY + timedelta(1)), "must be today or in the past", ("day", "month", "year")),
    ],
)
def test_each_mistake_in_a_date_has_its_own_message(
    parts: tuple[str, str, str], message: str, wrong: tuple[str, ...]
):
    assert problem(form("born", *parts)) == Problem(
        field="born",
        message=f"Date of birth {message}",
        anchor=f"born-{wrong[0]}",
        parts=wrong,
    )


def test_a_date_left_blank_is_asked_for_in_its_own_words():
    found = problem(form("born", " ", "", ""), Needed)
    assert found == Problem("born", "Enter the child’s date of birth", "born-day")


def test_a_child_may_be_born_today():
    assert parse(Sheet, form("born", *written(TODAY)), today=TODAY).born == TODAY


@pytest.mark.parametrize("due", [TODAY + DUE_AHEAD, TODAY, TODAY - DUE_BEHIND])
def test_a_child_is_due_within_a_pregnancy_or_a_little_ago(due: date):
    assert parse(Sheet, form("due", *written(due)), today=TODAY).due == due


@pytest.mark.parametrize(
    "due,message",
    [
        (TODAY + DUE_AHEAD + timedelta(1), "Due date must be within the next 10 months"),
        (TODAY - DUE_BEHIND - timedelta(1), "Due date must not be more than a month ago"),
    ],
)
def test_a_due_date_far_off_is_refused(due: date, message: str):
    assert problem(form("due", *written(due))).message == message


def test_a_kept_date_is_not_held_against_a_later_today():
    assert Sheet.model_validate({"due": "2020-01-01"}).due == date(2020, 1, 1)


@pytest.mark.parametrize(
    "typed,expected",
    [
        ("14:30", time(14, 30)),
        ("14.30", time(14, 30)),
        ("1430", time(14, 30)),
        ("2.30pm", time(14, 30)),
        ("2:30 PM", time(14, 30)),
        ("2.30 p.m.", time(14, 30)),
        ("2pm", time(14)),
        ("12am", time(0)),
        ("12:05pm", time(12, 5)),
        ("0:05", time(0, 5)),
        ("Noon", time(12)),
        ("midnight", time(0)),
        ("14:30:00", time(14, 30)),
    ],
)
def test_a_time_may_be_written_on_either_clock(typed: str, expected: time):
    assert parse(Sheet, {"at": [typed]}, today=TODAY).at == expected


@pytest.mark.parametrize("typed", ["2", "25:00", "14:60", "13pm", "0am", "teatime", "2:3", "٢:30"])
def test_a_time_that_cannot_be_told_is_asked_for_again(typed: str):
    assert problem({"at": [typed]}).message == "Enter a time in the correct format, like 2:30pm"


@settings(deadline=None, derandomize=True)
@given(
    st.dates(min_value=date(FIRST_YEAR, 1, 1), max_value=TODAY),
    st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
)
def test_what_is_shown_can_be_typed_back(day: date, moment: time):
    sheet = Sheet(born=day, at=moment)
    assert parse(Sheet, to_fields(sheet), today=TODAY) == sheet
    spelt = form("born", *write_date(day).split()) | {"at": [write_time(moment)]}
    assert parse(Sheet, spelt, today=TODAY) == sheet
