"""Dates, times and people's text as templates write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from jinja2 import UndefinedError

from chalicelib import templating


def test_a_date_is_written_in_words():
    assert templating.format_date(date(2026, 11, 4)) == "4 November 2026"


def test_a_moment_is_dated_in_london():
    assert templating.format_date(datetime(2026, 7, 31, 23, 30, tzinfo=UTC)) == "1 August 2026"


@pytest.mark.parametrize(
    "moment, text",
    [
        (datetime(2026, 11, 24, 14, 30, tzinfo=UTC), "2:30pm"),
        (datetime(2026, 11, 24, 9, 0, tzinfo=UTC), "9am"),
        (datetime(2026, 11, 24, 9, 5, tzinfo=UTC), "9:05am"),
        (datetime(2026, 7, 1, 14, 30, tzinfo=UTC), "3:30pm"),
        (datetime(2026, 11, 24, 12, 0, tzinfo=UTC), "midday"),
        (datetime(2026, 11, 24, 12, 1, tzinfo=UTC), "12:01pm"),
        (datetime(2026, 11, 24, 0, 0, tzinfo=UTC), "midnight"),
        (datetime(2026, 11, 24, 0, 10, tzinfo=UTC), "12:10am"),
    ],
)
def test_a_time_is_written_as_people_say_it(moment, text):
    assert templating.format_time(moment) == text


def test_a_moment_is_written_with_its_day():
    moment = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)

    assert templating.format_date_time(moment) == "24 November 2026 at 2:30pm"


def test_text_keeps_its_lines_and_is_escaped():
    assert templating.lines("<b>\ntwo") == "&lt;b&gt;<br>two"


def test_text_is_parted_at_empty_lines():
    assert templating.paragraphs("one\ntwo\n\n\n\nthree <b>\n") == (
        '<p class="govuk-body">one<br>two</p>\n<p class="govuk-body">three &lt;b&gt;</p>'
    )


def test_a_number_can_be_called_whatever_its_spaces():
    assert templating.tel("020 7946 0101") == "tel:02079460101"


def test_a_variable_that_is_not_given_is_an_error():
    with pytest.raises(UndefinedError):
        templating.environment().from_string("{{ name }}").render()


def test_text_templates_are_not_escaped():
    environment = templating.environment()

    assert callable(environment.autoescape)
    assert environment.autoescape("email/receipt/body.html")
    assert not environment.autoescape("email/receipt/body.txt")
