"""Which browsers may open a draft, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain import drafts
from chalicelib.domain.drafts import IDLE, LONGEST, MOST_BROWSERS, Browser

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ID = "0123456789abcdef0123456789abcdef"


def test_a_token_names_its_draft_and_hides_its_secret():
    token = drafts.new_token(ID)
    found = drafts.parts(token)
    assert found is not None
    assert found[0] == ID
    assert found[1] not in token
    assert drafts.new_token(ID) != token


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        ID,
        f"{ID}.",
        f".{'a' * 32}",
        f"{ID}.{'a' * 31}",
        f"{ID.upper()}.{'a' * 32}",
        f"{ID}.{'a' * 32}\n",
        f"{ID}.{'a' * 16}.{'a' * 15}",
        f"{'☃' * 32}.{'a' * 32}",
    ],
)
def test_nothing_else_is_a_token(token: str):
    assert drafts.parts(token) is None


def test_the_browser_that_was_used_least_recently_makes_room():
    browsers: drafts.Browsers = {}
    for number in range(MOST_BROWSERS):
        browsers = drafts.admitted(browsers, str(number), now=NOON + number * MINUTE)
    browsers = drafts.seen(browsers, "0", now=NOON + 20 * MINUTE)
    browsers = drafts.admitted(browsers, "new", now=NOON + 21 * MINUTE)
    assert set(browsers) == {"0", "2", "3", "4", "5", "6", "7", "new"}


def test_a_browser_that_comes_back_takes_no_second_place():
    browsers = drafts.admitted({}, "one", now=NOON)
    browsers = drafts.admitted(browsers, "one", now=NOON + MINUTE)
    assert browsers == {"one": Browser(NOON + MINUTE, NOON + MINUTE)}


@pytest.mark.parametrize(
    "used_after, ends_after",
    [
        (timedelta(), IDLE),
        (timedelta(hours=3), timedelta(hours=3) + IDLE),
        (LONGEST - MINUTE, LONGEST),
    ],
)
def test_a_session_ends_an_hour_after_its_last_use_or_after_twelve(
    used_after: timedelta, ends_after: timedelta
):
    assert Browser(NOON, NOON + used_after).ends_at() == NOON + ends_after


def test_a_use_is_written_again_after_ten_minutes():
    browser = Browser(NOON, NOON)
    assert browser.is_fresh(now=NOON + 9 * MINUTE)
    assert not browser.is_fresh(now=NOON + 10 * MINUTE)
