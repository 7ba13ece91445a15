"""What is known of a message, and how long it is tried."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain import messages
from chalicelib.domain.messages import Kind, Message, Status
from chalicelib.domain.people import Role

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MESSAGE = Message(
    reference="PR-22222222",
    message_id="m",
    kind=Kind.RECEIPT,
    role=Role.REFERRER,
    letter=b"sealed",
    queued_at=NOON,
    not_before=NOON,
    due_at=NOON,
)
FACTS = ["sent_at", "delivered_at", "bounced_at", "complained_at"]


@pytest.mark.parametrize(
    "facts, status",
    [
        ([], Status.QUEUED),
        (["sent_at"], Status.SENT),
        (["sent_at", "delivered_at"], Status.DELIVERED),
        (["delivered_at"], Status.DELIVERED),
        (["sent_at", "bounced_at"], Status.BOUNCED),
        (["delivered_at", "bounced_at"], Status.BOUNCED),
        (["delivered_at", "complained_at"], Status.COMPLAINED),
        (["failed_at"], Status.FAILED),
        (["lapsed_at"], Status.LAPSED),
    ],
)
def test_the_weightiest_fact_is_the_status(facts: list[str], status: Status):
    known: dict[str, Any] = dict.fromkeys(facts, NOON)
    assert replace(MESSAGE, **known).status is status


def test_the_order_in_which_reports_come_does_not_matter():
    for order in itertools.permutations(FACTS):
        message = MESSAGE
        for number, fact in enumerate(order):
            known: dict[str, Any] = {fact: NOON + timedelta(seconds=number)}
            message = replace(message, **known)
        assert message.status is Status.COMPLAINED


def test_the_wait_doubles_to_half_an_hour():
    waits = [messages.wait_after(tries) // timedelta(minutes=1) for tries in range(1, 9)]
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]
    assert messages.wait_after(10_000) == messages.LONGEST_WAIT


def test_the_tries_go_on_for_twelve_hours_from_when_it_should_go_out():
    later = replace(MESSAGE, not_before=NOON + timedelta(days=5))
    assert not later.gives_up(now=NOON + timedelta(days=5, hours=11))
    assert later.gives_up(now=NOON + timedelta(days=5, hours=12))


OF_A_DRAFT = {Kind.DRAFT_SAVED, Kind.DRAFT_EXPIRING}
OF_AN_OPEN_CASE = {Kind.DECISION_WAITING, Kind.DECISION_REQUEST, Kind.INFORMATION_SUPPLIED}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_message_is_not_sent_once_it_is_untrue(kind: Kind):
    message = replace(MESSAGE, kind=kind)
    assert not message.has_lapsed(unsent=True, undecided=True, now=NOON)
    once_sent = message.has_lapsed(undecided=True, now=NOON)
    assert once_sent is (kind in OF_A_DRAFT)
    once_decided = message.has_lapsed(undecided=False, now=NOON)
    assert once_decided is (kind in OF_A_DRAFT | OF_AN_OPEN_CASE)


def test_what_belongs_to_no_case_belongs_to_a_draft():
    assert not MESSAGE.is_of_draft
    assert replace(MESSAGE, reference="f" * 32).is_of_draft


def test_a_reminder_waits_until_seven_days_before_its_draft_ends():
    reminder, end = replace(MESSAGE, kind=Kind.DRAFT_EXPIRING), NOON + timedelta(days=30)
    until = end - timedelta(days=7)
    assert reminder.put_off_until(end, now=until - timedelta(seconds=1)) == until
    assert reminder.put_off_until(end, now=until) is None
    assert reminder.put_off_until(None, now=NOON) is None
    assert MESSAGE.put_off_until(end, now=NOON) is None


def test_a_code_is_not_sent_after_it_ended():
    code = replace(MESSAGE, kind=Kind.CODE, lapses_at=NOON + timedelta(minutes=10))
    assert not code.has_lapsed(undecided=True, now=NOON + timedelta(minutes=9))
    assert code.has_lapsed(undecided=True, now=NOON + timedelta(minutes=10))


def test_every_kind_has_its_content():
    assert set(messages.CONTENTS) == set(Kind)
