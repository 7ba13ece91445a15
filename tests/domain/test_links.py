"""What a link, a code and a session allow, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain import errors, links
from chalicelib.domain.links import Code, Link, Purpose, Session
from chalicelib.domain.people import Role

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

LINK = Link(
    digest="d" * 64,
    purpose=Purpose.DECIDE,
    reference="PR-22222222",
    role=Role.DECISION_MAKER,
    issued_at=NOON,
    expires_at=NOON + timedelta(days=28),
    holder=b"sealed",
)
SESSION = Session(
    digest="s" * 64,
    link=LINK.digest,
    reference=LINK.reference,
    role=LINK.role,
    opened_at=NOON,
    seen_at=NOON,
)


def test_a_link_lives_until_its_date():
    LINK.ensure_live(now=LINK.expires_at - timedelta(seconds=1))
    with pytest.raises(errors.LinkExpired):
        LINK.ensure_live(now=LINK.expires_at)


@pytest.mark.parametrize(
    "ended, error",
    [
        (LINK.spend(now=NOON), errors.LinkSpent),
        (LINK.supersede(now=NOON), errors.LinkSuperseded),
        (replace(LINK, revoked_at=NOON), errors.LinkRevoked),
        (replace(LINK.spend(now=NOON), superseded_at=NOON), errors.LinkSpent),
    ],
)
def test_an_ended_link_says_how_it_ended(ended: Link, error: type[Exception]):
    for now in (NOON, LINK.expires_at + timedelta(days=1)):
        with pytest.raises(error):
            ended.ensure_live(now=now)


def test_only_the_code_itself_is_right():
    code = Code(b"salt", links.code_hash("123456", b"salt"), NOON, 0, ())
    assert code.is_right("123456")
    for wrong in ("123457", "", "0123456", "12345", "１２３４５６"):
        assert not code.is_right(wrong)


def test_a_code_is_read_as_people_paste_it():
    assert links.normal_code(" 123 456\n") == "123456"
    assert links.normal_code("123-456") == "123456"


def test_five_codes_an_hour_may_be_sent():
    sent = tuple(NOON + timedelta(minutes=n) for n in range(5))
    with pytest.raises(errors.TooManyCodes):
        links.sent_within_the_hour(sent, now=NOON + timedelta(minutes=59))
    later = NOON + timedelta(minutes=60)
    assert links.sent_within_the_hour(sent, now=later) == sent[1:]


@pytest.mark.parametrize(
    "after, is_open",
    [(timedelta(minutes=29, seconds=59), True), (timedelta(minutes=30), False)],
)
def test_a_session_ends_after_half_an_hour_without_use(after: timedelta, is_open: bool):
    assert SESSION.is_open(now=NOON + after) is is_open


def test_use_extends_a_session_but_not_for_ever():
    now, session = NOON, SESSION
    while session.is_open(now=now):
        session = session.touched(now=now)
        now += timedelta(minutes=20)
    assert now - NOON >= links.SESSION_LONGEST
    assert now - NOON < links.SESSION_LONGEST + timedelta(minutes=20)


def test_reading_in_quick_succession_is_not_written_each_time():
    assert SESSION.touched(now=NOON + timedelta(seconds=30)) is SESSION
    assert SESSION.touched(now=NOON + timedelta(minutes=3)) is not SESSION
