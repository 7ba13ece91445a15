"""How often somebody may do what costs others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.limits import MOST, Limit, window

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("limit", Limit)
def test_every_limit_has_a_number_and_somebody_whom_it_counts(limit: Limit):
    assert limit.most == MOST[limit] > 0
    assert limit.whose in {"network", "mailbox", "draft"}


def test_an_hour_is_one_of_the_clock():
    assert window(NOON) == window(NOON + timedelta(minutes=59, seconds=59))
    assert window(NOON) == (NOON, NOON + timedelta(hours=1))
    assert window(NOON + timedelta(hours=1))[0] == NOON + timedelta(hours=1)
