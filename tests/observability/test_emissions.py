"""What happens is counted and timed: the use cases on the local AWS, their metrics read back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import bootstrap, jobs
from chalicelib.domain import errors
from chalicelib.domain.cases import Outcome
from chalicelib.domain.limits import Limit
from chalicelib.domain.links import CODE_TRIES, CODES_AN_HOUR
from chalicelib.domain.messages import GIVE_UP_AFTER, Kind, Message, Report
from infra.local import worker
from tests.observability import lines
from tests.observability.lines import Log
from tests.stage import Stage

pytestmark = pytest.mark.aws

MINUTE = timedelta(minutes=1)


@pytest.fixture
def log() -> Iterator[Log]:
    with lines.written() as log:
        yield log


@pytest.fixture
def hearing(stage: Stage) -> Stage:
    """A stage whose mail provider tells what became of each message."""
    settings = stage.services.settings.model_copy(update={"ses_configuration_set": "referrals"})
    stage.services.messages = replace(stage.services.messages, settings=settings)
    return stage


def request_for_decision(stage: Stage) -> Message:
    """The message to the decision-maker of the only case."""
    (case,) = stage.services.cases.page().cases
    found = stage.services.cases.cases.messages(case.reference)
    (message,) = [each for each in found if each.kind is Kind.DECISION_REQUEST]
    return message


def report(stage: Stage, message: Message, what: Report) -> None:
    stage.services.messages.report(message.reference, message.message_id, what, at=stage.clock())


def test_a_referral_is_counted_once_however_often_it_is_sent(stage: Stage, log: Log):
    draft = stage.draft()
    for _ in range(2):
        opened = stage.services.drafts.open(draft.token, now=stage.clock())
        stage.services.referrals.submit(opened, seen=draft.version, now=stage.clock())
    assert log.values("ReferralSubmitted", Stage="local") == [1]
    assert log.values("ReferralRepeated") == [1]


@pytest.mark.parametrize(
    "outcome", [each for each in Outcome if each is not Outcome.MORE_INFORMATION]
)
def test_a_decision_is_counted_by_its_outcome(stage: Stage, log: Log, outcome: Outcome):
    stage.submit()
    stage.deliver()
    link, session, nonce = stage.pending(outcome)
    for _ in range(2):
        stage.services.decisions.confirm(link, session, nonce, now=stage.clock())
    assert log.values("DecisionRecorded", Outcome=outcome.value) == [1]
    assert log.values("InformationRequested") == []


def test_a_request_for_information_is_no_decision(stage: Stage, log: Log):
    stage.submit()
    stage.deliver()
    link, session, nonce = stage.pending(Outcome.MORE_INFORMATION)
    stage.services.decisions.confirm(link, session, nonce, now=stage.clock())
    assert log.values("InformationRequested") == [1]
    assert log.values("DecisionRecorded") == []


def test_a_conflict_is_counted_once(stage: Stage, log: Log):
    stage.submit()
    stage.deliver()
    link, session = stage.session()
    for _ in range(2):
        stage.services.decisions.step_aside(link, session, now=stage.clock())
    assert log.values("ConflictDeclared") == [1]


def test_codes_are_counted_as_sent_and_as_refused_by_reason(stage: Stage, log: Log):
    stage.submit()
    stage.deliver()
    code = stage.code()
    wrong = "000000" if code != "000000" else "111111"
    links, link = stage.services.links, stage.link()
    for _ in range(CODE_TRIES + 1):
        with pytest.raises((errors.CodeWrong, errors.CodeExpired)):
            links.open_session(link, wrong, now=stage.clock())
    for _ in range(CODES_AN_HOUR - 1):
        links.send_code(link, now=stage.clock())
    with pytest.raises(errors.TooManyCodes):
        links.send_code(link, now=stage.clock())
    refused = {
        reason: len(log.values("CodeRefused", Reason=reason))
        for reason in ("wrong", "expired", "too-many")
    }
    assert refused == {"wrong": CODE_TRIES - 1, "expired": 2, "too-many": 1}
    assert len(log.values("CodeSent")) == CODES_AN_HOUR


def test_a_message_is_timed_from_queue_to_provider_to_mailbox(hearing: Stage, log: Log):
    hearing.submit()
    hearing.clock.advance(timedelta(seconds=3))
    hearing.deliver()
    assert log.values("MessageSendDelay") == [3000, 3000, 3000]
    assert log.values("MessageAttempts") == [1, 1, 1]
    assert log.values("MessageSent", Kind="decision-request") == [1]
    hearing.clock.advance(timedelta(seconds=40))
    for _ in range(2):
        report(hearing, request_for_decision(hearing), Report.DELIVERED)
    assert log.values("MessageDeliveryDelay") == [40_000]


def test_a_report_from_a_clock_behind_ours_is_no_time_at_all(hearing: Stage, log: Log):
    hearing.submit()
    hearing.deliver()
    hearing.clock.advance(-timedelta(seconds=1))
    report(hearing, request_for_decision(hearing), Report.DELIVERED)
    assert log.values("MessageDeliveryDelay") == [0]


@pytest.mark.parametrize(
    "what, metric",
    [(Report.BOUNCED, "MessageBounced"), (Report.COMPLAINED, "MessageComplained")],
)
def test_a_message_that_did_not_arrive_is_counted_once(
    stage: Stage, log: Log, what: Report, metric: str
):
    stage.submit()
    stage.deliver()
    for _ in range(2):
        report(stage, request_for_decision(stage), what)
    assert log.values(metric) == [1]


def test_tries_are_counted_until_one_is_given_up(stage: Stage, log: Log):
    stage.submit()
    stage.mailbox.failing = errors.MailUnavailable("SMTP 421")
    stage.deliver()
    assert log.values("MessageRetried") == [1, 1, 1]
    assert log.values("AwsUnavailable") == []
    stage.clock.advance(GIVE_UP_AFTER)
    stage.deliver()
    assert log.values("MessageFailed") == [1, 1, 1]


def test_a_message_that_is_no_longer_true_is_counted_as_lapsed(stage: Stage, log: Log):
    stage.submit()
    stage.deliver()
    stage.services.links.send_code(stage.link(), now=stage.clock())
    stage.clock.advance(timedelta(minutes=30))
    stage.deliver()
    assert log.values("MessageLapsed") == [1]


def test_a_broken_seal_is_counted_where_a_message_is_opened(stage: Stage, log: Log):
    stage.submit()
    message = request_for_decision(stage)
    stage.table.update(
        {"pk": f"CASE#{message.reference}", "sk": f"MESSAGE#{message.message_id}"},
        "SET #letter = :letter",
        {":letter": b"\x01" + bytes(40)},
    )
    stage.deliver()
    assert log.values("SealBroken") == [1]
    assert log.values("MessageFailed") == [1]


def test_the_sweep_says_how_much_is_due_and_since_when(stage: Stage, log: Log):
    stage.deliver()
    assert log.values("MessagesDue") == [0]
    assert log.values("OldestDueAge") == [0]
    log.clear()
    stage.submit()
    stage.clock.advance(7 * MINUTE)
    stage.deliver()
    assert log.values("MessagesDue") == [3]
    assert log.values("OldestDueAge") == [420]


def test_a_message_between_two_tries_still_waits(stage: Stage, log: Log):
    stage.submit()
    stage.mailbox.failing = errors.MailUnavailable("SMTP 421")
    for _ in range(20):
        stage.deliver()
        stage.clock.advance(MINUTE)
    assert log.values("MessagesDue") == [3] * 20
    assert log.values("OldestDueAge") == [60 * minute for minute in range(20)]
    assert len(log.values("MessageRetried")) == 3 * len((0, 1, 3, 7, 15))


def test_a_request_not_delivered_within_five_minutes_is_counted_once(hearing: Stage, log: Log):
    hearing.submit()
    hearing.deliver()
    messages = hearing.services.messages
    hearing.clock.advance(timedelta(minutes=4, seconds=59))
    messages.check_arrivals(now=hearing.clock())
    assert log.values("DecisionRequestUndelivered") == []
    hearing.clock.advance(timedelta(seconds=1))
    for _ in range(2):
        messages.check_arrivals(now=hearing.clock())
    assert log.values("DecisionRequestUndelivered") == [1]
    (line,) = [each for each in log.lines if each["level"] == "ERROR"]
    assert line["message"] == "request for a decision not delivered"
    assert line["message_id"] == request_for_decision(hearing).message_id


@pytest.mark.parametrize("what", [Report.DELIVERED, Report.BOUNCED])
def test_a_request_of_which_the_provider_told_is_not_missed(hearing: Stage, log: Log, what: Report):
    hearing.submit()
    hearing.deliver()
    report(hearing, request_for_decision(hearing), what)
    hearing.clock.advance(5 * MINUTE)
    hearing.services.messages.check_arrivals(now=hearing.clock())
    assert log.values("DecisionRequestUndelivered") == []
    assert not hearing.services.messages.outbox.to_check(now=hearing.clock(), limit=1)


def test_where_the_provider_never_tells_nothing_is_missed(stage: Stage, log: Log):
    stage.submit()
    stage.deliver()
    stage.clock.advance(timedelta(hours=1))
    stage.services.messages.check_arrivals(now=stage.clock())
    assert log.values("DecisionRequestUndelivered") == []


def test_a_message_that_waits_to_be_checked_is_not_sent_again(hearing: Stage):
    hearing.submit()
    hearing.deliver()
    message = request_for_decision(hearing)
    hearing.clock.advance(timedelta(hours=1))
    hearing.deliver()
    ids = message.reference, message.message_id
    assert not hearing.services.messages.send(*ids, now=hearing.clock())
    assert len(hearing.mailbox.to("chair@example.org")) == 1


def test_the_sweep_job_says_that_it_ran(stage: Stage, log: Log, monkeypatch: pytest.MonkeyPatch):
    for name, value in stage.environ.items():
        monkeypatch.setenv(name, value)
    jobs.sweep(worker.scheduled_event(stage.clock(), "eu-west-2"), None)
    bootstrap.services.cache_clear()
    assert log.values("SweepRan", Stage="local") == [1]


def test_a_limit_is_counted_each_time_that_it_refuses(stage: Stage, log: Log):
    for _ in range(Limit.LINKS_BY_MAILBOX.most + 2):
        with suppress(errors.TooOften):
            stage.services.limits.count(Limit.LINKS_BY_MAILBOX, "a@example.org", now=stage.clock())
    assert log.values("LimitReached") == [1, 1]


def test_a_code_to_follow_a_case_is_counted_when_it_is_sent_and_for_no_other_reference(
    stage: Stage, log: Log
):
    known = stage.submit().reference
    for reference in (known, "PR-22222222"):
        stage.services.links.ask(reference, network="192.0.2.7", now=stage.clock())
    assert log.values("CodeSent") == []
    stage.clock.advance(timedelta(seconds=90))
    jobs.answer_asks(stage.services)
    assert log.values("CodeSent") == [1]
    jobs.answer_asks(stage.services)
    assert log.values("OldestAskAge") == [90, 0]
