"""The outbox on the local AWS: at least once, never zero, and known for what became of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.messages import message_item
from chalicelib.domain import errors
from chalicelib.domain.messages import (
    BEFORE_THE_END,
    GIVE_UP_AFTER,
    LEASE,
    CodeContent,
    Kind,
    Message,
    Report,
    Status,
)
from chalicelib.domain.people import Person, Role
from chalicelib.services import messages
from chalicelib.services.drafts import Draft
from tests.stage import Stage

pytestmark = pytest.mark.aws


def message_of(stage: Stage, kind: Kind) -> Message:
    (case,) = stage.services.cases.page().cases
    found = [m for m in stage.services.cases.cases.messages(case.reference) if m.kind is kind]
    return found[0]


def send(stage: Stage, message: Message) -> bool:
    return stage.services.messages.send(message.reference, message.message_id, now=stage.clock())


def report(stage: Stage, message: Message, what: Report) -> None:
    stage.services.messages.report(message.reference, message.message_id, what, at=stage.clock())


def test_each_message_goes_to_its_reader_once(stage: Stage):
    stage.submit()
    stage.deliver()
    stage.deliver()
    assert sorted(email.to_email for email in stage.mailbox.emails) == [
        "chair@example.org",
        "office@example.org",
        "priya@hospital.example.org",
    ]


def test_two_senders_at_once_send_one_message(stage: Stage):
    stage.submit()
    message = message_of(stage, Kind.RECEIPT)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: send(stage, message), range(8)))
    assert results.count(True) == 1
    assert len(stage.mailbox.emails) == 1


def test_a_sender_that_died_is_followed_by_another_when_its_lease_ends(stage: Stage):
    stage.submit()
    message = message_of(stage, Kind.RECEIPT)
    outbox = stage.services.messages.outbox
    assert outbox.claim(message.reference, message.message_id, now=stage.clock())
    assert not send(stage, message)
    stage.clock.advance(LEASE)
    assert send(stage, message)


def test_a_second_copy_bears_the_same_message_id(stage: Stage):
    stage.submit()
    message = message_of(stage, Kind.RECEIPT)
    assert send(stage, message)
    # The provider took it, and the note of that was lost: the item still waits to be sent.
    stage.table.update(
        {"pk": f"CASE#{message.reference}", "sk": f"MESSAGE#{message.message_id}"},
        "SET #due_pk = :due, #due_at = :now REMOVE #sent_at",
        {":due": "MESSAGES", ":now": stage.clock()},
    )
    assert send(stage, message)
    first, second = stage.mailbox.emails
    assert (first.message_id, first.tag) == (second.message_id, second.tag)


def test_a_provider_out_of_reach_is_tried_again_with_longer_waits(stage: Stage):
    stage.submit()
    message = message_of(stage, Kind.RECEIPT)
    stage.mailbox.failing = errors.MailUnavailable("SMTP 421")
    waits = []
    for _ in range(4):
        assert not send(stage, message)
        due = message_of(stage, Kind.RECEIPT).due_at
        waits.append((due - stage.clock()) // timedelta(minutes=1))
        assert not send(stage, message)
        stage.clock.now = due
    assert waits == [1, 2, 4, 8]
    stage.mailbox.failing = None
    assert send(stage, message)
    assert message_of(stage, Kind.RECEIPT).status is Status.SENT


def test_after_twelve_hours_the_office_is_told(stage: Stage):
    stage.submit()
    message = message_of(stage, Kind.DECISION_REQUEST)
    stage.mailbox.failing = errors.MailUnavailable("SMTP 421")
    stage.clock.advance(GIVE_UP_AFTER)
    assert not send(stage, message)
    assert message_of(stage, Kind.DECISION_REQUEST).status is Status.FAILED
    stage.mailbox.failing = None
    stage.deliver()
    (told,) = stage.mailbox.to("office@example.org", subject="did not arrive")
    assert message.reference in told.subject


def test_a_refused_message_is_not_tried_again_and_the_office_is_told(stage: Stage):
    stage.submit()
    message = message_of(stage, Kind.RECEIPT)
    stage.mailbox.failing = errors.MailRefused("SMTP 550")
    assert not send(stage, message)
    stage.mailbox.failing = None
    stage.clock.advance(timedelta(days=1))
    assert not send(stage, message)
    assert message_of(stage, Kind.RECEIPT).status is Status.FAILED
    assert message_of(stage, Kind.NOT_DELIVERED).status is Status.QUEUED


def test_a_message_to_the_office_that_fails_tells_nobody_again(stage: Stage):
    stage.submit()
    stage.mailbox.failing = errors.MailRefused("SMTP 550")
    send(stage, message_of(stage, Kind.REFERRAL_RECEIVED))
    (case,) = stage.services.cases.page().cases
    assert Kind.NOT_DELIVERED not in stage.sent(case.reference)


def test_one_message_that_fails_does_not_keep_the_next_from_being_sent(stage: Stage):
    stage.submit()
    victim = message_of(stage, Kind.DECISION_REQUEST)
    stage.table.update(
        {"pk": f"CASE#{victim.reference}", "sk": f"MESSAGE#{victim.message_id}"},
        "SET #letter = :broken",
        {":broken": b"\x01" + b"0" * 40},
    )
    stage.deliver()
    assert message_of(stage, Kind.DECISION_REQUEST).status is Status.FAILED
    assert len(stage.mailbox.emails) == 2


@pytest.mark.parametrize("first", [Report.DELIVERED, Report.BOUNCED])
def test_reports_are_kept_once_and_in_any_order(stage: Stage, first: Report):
    stage.submit()
    message = message_of(stage, Kind.RECEIPT)
    report(stage, message, first)
    moment = stage.clock()
    stage.clock.advance(timedelta(hours=1))
    report(stage, message, first)
    second = Report.BOUNCED if first is Report.DELIVERED else Report.DELIVERED
    report(stage, message, second)
    send(stage, message)
    kept = message_of(stage, Kind.RECEIPT)
    assert kept.status is Status.BOUNCED
    assert (kept.delivered_at if first is Report.DELIVERED else kept.bounced_at) == moment


def test_a_bounce_reported_twice_tells_the_office_once(stage: Stage):
    stage.submit()
    stage.deliver()
    message = message_of(stage, Kind.DECISION_REQUEST)
    for _ in range(3):
        report(stage, message, Report.BOUNCED)
    assert stage.sent(message.reference)[Kind.NOT_DELIVERED] == ["queued"]
    stage.deliver()
    (told,) = stage.mailbox.to("office@example.org", subject="did not arrive")
    assert "Independent Chair" in told.text


def test_a_report_on_an_unknown_message_is_ignored(stage: Stage):
    reference = stage.submit().reference
    stage.services.messages.report(reference, "f" * 32, Report.BOUNCED, at=stage.clock())
    assert Kind.NOT_DELIVERED not in stage.sent(reference)


def test_the_office_hears_of_a_silent_decision_maker_only_while_it_is_true(stage: Stage):
    reference = stage.submit().reference
    stage.deliver()
    stage.clock.advance(timedelta(days=8))
    stage.deliver()
    assert stage.sent(reference)[Kind.DECISION_WAITING] == ["sent"]
    second = stage.submit().reference
    stage.deliver()
    link, session, nonce = stage.pending()
    stage.services.decisions.confirm(link, session, nonce, now=stage.clock())
    stage.clock.advance(timedelta(days=8))
    stage.deliver()
    assert stage.sent(second)[Kind.DECISION_WAITING] == ["lapsed"]


def queue_on_draft(stage: Stage, kind: Kind = Kind.CODE) -> tuple[Draft, Message]:
    """A draft with a message to its writer, as a code is queued."""
    draft = stage.draft()
    assert draft.key
    to = Person(Role.REFERRER, "Referrer", "Priya", "priya@hospital.example.org")
    message = messages.write(
        draft.key,
        kind,
        CodeContent(code="048213", expires_at=stage.clock()),
        to=to,
        now=stage.clock(),
        owner=draft.stored.case_id,
    )
    stage.table.put(message_item(message))
    return draft, message


def read_again(stage: Stage, message: Message) -> Message:
    found = stage.services.messages.outbox.read(message.reference, message.message_id)
    assert found
    return found


def test_a_message_may_belong_to_a_draft(stage: Stage):
    draft, message = queue_on_draft(stage)
    assert send(stage, message)
    (email,) = stage.mailbox.emails
    assert email.subject == "Your referral: the code you asked for"
    assert email.tag == f"{draft.stored.case_id}_{message.message_id}"
    assert "reference" not in email.text


def test_the_sweep_sends_a_draft_s_messages_too(stage: Stage):
    queue_on_draft(stage)
    stage.deliver()
    assert len(stage.mailbox.emails) == 1


def test_a_draft_s_message_is_forgotten_some_time_after_it_was_due(stage: Stage):
    _, message = queue_on_draft(stage)
    item = stage.table.get(keys.message(message.reference, message.message_id))
    assert item
    later = stage.clock() + GIVE_UP_AFTER + timedelta(days=7)
    assert item["expires_epoch"] > later.timestamp()
    stage.submit()
    kept = message_of(stage, Kind.RECEIPT)
    item = stage.table.get(keys.message(kept.reference, kept.message_id))
    assert item
    assert "expires_epoch" not in item


def test_a_message_of_a_draft_that_was_sent_still_goes_out(stage: Stage):
    draft, message = queue_on_draft(stage)
    stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    assert send(stage, message)


def test_a_message_of_a_draft_that_is_gone_lapses(stage: Stage):
    draft, message = queue_on_draft(stage)
    key = keys.draft(draft.stored.case_id)
    stage.table.transact([stage.table.deleting(key)])
    assert not send(stage, message)
    assert read_again(stage, message).status is Status.LAPSED


def test_a_message_of_a_draft_past_its_date_lapses(stage: Stage):
    draft, message = queue_on_draft(stage)
    stage.clock.now = draft.expires_at
    assert not send(stage, message)
    assert read_again(stage, message).status is Status.LAPSED


@pytest.mark.parametrize("kind", [Kind.CODE, Kind.RECEIPT])
def test_the_office_is_not_told_of_a_draft_s_message_that_did_not_arrive(stage: Stage, kind: Kind):
    draft, message = queue_on_draft(stage, kind)
    report(stage, message, Report.BOUNCED)
    assert read_again(stage, message).status is Status.BOUNCED
    stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    report(stage, message, Report.COMPLAINED)
    (case,) = stage.services.cases.page().cases
    assert Kind.NOT_DELIVERED not in stage.sent(case.reference)


def test_a_message_is_put_off_while_its_draft_lives_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(BEFORE_THE_END, Kind.CODE, timedelta(days=7))
    draft, message = queue_on_draft(stage)
    assert not send(stage, message)
    waiting = read_again(stage, message)
    until = draft.expires_at - timedelta(days=7)
    assert (waiting.not_before, waiting.due_at, waiting.attempts) == (until, until, 0)
    assert not send(stage, message)
    item = stage.table.get(keys.message(message.reference, message.message_id))
    assert item
    assert item["expires_epoch"] > draft.expires_at.timestamp()
    stage.clock.now = until
    stage.deliver()
    assert read_again(stage, message).status is Status.SENT


def test_what_is_of_use_on_a_draft_alone_lapses_once_it_was_sent(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("chalicelib.domain.messages.ONLY_WHILE_UNSENT", frozenset({Kind.CODE}))
    draft, message = queue_on_draft(stage)
    stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    assert not send(stage, message)
    assert read_again(stage, message).status is Status.LAPSED
