"""The jobs, called as Lambda calls them: with the events that AWS makes."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from chalicelib import bootstrap, jobs
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.messages import LEASE, Kind
from infra.local import scanning, worker
from tests.stage import Stage

pytestmark = pytest.mark.aws

SNS: dict[str, Any] = {"Subject": None, "MessageAttributes": {}}


@pytest.fixture
def live(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A stage whose process is configured as a job's is, with the real clock and mail by SES."""
    for name, value in stage.environ.items():
        monkeypatch.setenv(name, value)
    stage.clock.now = bootstrap.services().clock()
    stage.services.clients.ses.create_email_identity(
        EmailIdentity=stage.services.settings.mail_from
    )
    yield stage
    bootstrap.services.cache_clear()


def stream_event(stage: Stage) -> dict[str, Any]:
    """What the table's stream holds, as Lambda would bring it."""
    streams = boto3.client("dynamodbstreams", endpoint_url=stage.environ["AWS_ENDPOINT_URL"])
    (stream,) = streams.list_streams(TableName=stage.environ["TABLE_NAME"])["Streams"]
    shards = streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]
    records: list[Any] = []
    for shard in shards:
        iterator = streams.get_shard_iterator(
            StreamArn=stream["StreamArn"],
            ShardId=shard["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
        )["ShardIterator"]
        records += streams.get_records(ShardIterator=iterator)["Records"]
    return worker.stream_event(records, stream["StreamArn"])


def scheduled(stage: Stage) -> dict[str, Any]:
    return worker.scheduled_event(stage.clock(), "eu-west-2")


def taken_by_ses(stage: Stage) -> int:
    with urllib.request.urlopen(  # noqa: S310 - the local AWS, on this machine
        f"{stage.environ['AWS_ENDPOINT_URL']}/_ministack/ses/messages"
    ) as answer:
        return sum(len(mails) for mails in json.load(answer)["messages"].values())


def test_the_stream_sends_what_a_submission_queued(live: Stage):
    reference = live.submit().reference
    event = stream_event(live)
    assert jobs.table_stream(event, None) == {"batchItemFailures": []}
    assert taken_by_ses(live) == 3
    jobs.table_stream(event, None)
    assert taken_by_ses(live) == 3
    assert live.sent(reference)[Kind.DECISION_REQUEST] == ["sent"]


def test_the_sweep_sends_what_the_stream_missed(live: Stage):
    live.submit()
    jobs.sweep(scheduled(live), None)
    jobs.sweep(scheduled(live), None)
    assert taken_by_ses(live) == 3


def follow(live: Stage) -> str:
    """The token of a link to follow the only case, whose code was not sent yet."""
    (case,) = live.services.cases.page().cases
    return live.services.links.ask(case.reference, network="192.0.2.7", now=live.clock())


def test_the_stream_answers_an_ask_and_sends_the_code(live: Stage):
    reference = live.submit().reference
    follow(live)
    jobs.table_stream(stream_event(live), None)
    assert live.sent(reference)[Kind.CODE] == ["queued"]
    jobs.table_stream(stream_event(live), None)
    assert live.sent(reference)[Kind.CODE] == ["sent"]


def test_the_sweep_answers_an_ask_that_the_stream_missed(live: Stage):
    reference = live.submit().reference
    follow(live)
    jobs.sweep(scheduled(live), None)
    jobs.sweep(scheduled(live), None)
    assert live.sent(reference)[Kind.CODE] == ["sent"]


def test_an_ask_that_fails_stops_none_after_it_and_is_left_to_the_sweep(
    live: Stage, caplog: pytest.LogCaptureFixture
):
    reference = live.submit().reference
    links, real = bootstrap.services().links, bootstrap.services().links.cases
    follow(live)
    follow(live)
    replies = iter([Unavailable("away"), None])

    class Cases:
        def read(self, reference: str) -> Any:
            error = next(replies, None)
            if error:
                raise error
            return real.read(reference)

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

    object.__setattr__(links, "cases", Cases())
    jobs.table_stream(stream_event(live), None)
    assert live.sent(reference)[Kind.CODE] == ["queued"]
    assert "ask left for the sweep" in caplog.messages
    assert len(live.services.asks.waiting(now=live.clock() + LEASE * 2, limit=9)) == 1


@pytest.mark.parametrize("error", [Unavailable("away"), KeyError("Canary 1 chirps")])
def test_a_step_of_the_sweep_that_fails_stops_none_after_it(
    live: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
):
    done = []

    def first(_: Any) -> None:
        raise error

    def second(_: Any) -> None:
        done.append("second")

    monkeypatch.setattr(jobs, "STEPS", (first, second))
    with pytest.raises(jobs.JobFailed) as caught:
        jobs.sweep(scheduled(live), None)
    assert done == ["second"]
    assert "Canary" not in str(caught.value) + repr([vars(each) for each in caplog.records])


@pytest.mark.parametrize("way", ["sns", "eventbridge"])
def test_a_delivery_event_is_kept_whichever_way_it_comes(live: Stage, way: str):
    reference = live.submit().reference
    jobs.sweep(scheduled(live), None)
    (message,) = [
        m for m in live.services.cases.cases.messages(reference) if m.kind is Kind.DECISION_REQUEST
    ]
    told = {
        "eventType": "Bounce",
        "mail": {"tags": {"message": [f"{reference}_{message.message_id}"]}},
        "bounce": {"timestamp": "2026-11-24T12:00:00Z", "bounceType": "Permanent"},
    }
    if way == "sns":
        event = {"Records": [{"Sns": SNS | {"Message": json.dumps(told)}}]}
        jobs.delivery_by_sns(event, None)
    else:
        jobs.delivery_by_eventbridge(scheduled(live) | {"detail": told}, None)
    assert live.sent(reference)[Kind.DECISION_REQUEST] == ["bounced"]
    assert live.sent(reference)[Kind.NOT_DELIVERED] == ["queued"]


def test_a_delivery_event_of_another_sender_is_passed_over(live: Stage):
    jobs.delivery_by_eventbridge(
        scheduled(live) | {"detail": {"eventType": "Delivery", "mail": {}}}, None
    )


def test_a_scan_event_of_another_bucket_is_passed_over(
    live: Stage, caplog: pytest.LogCaptureFixture
):
    event = scanning.scan_event(
        scanning.Status.CLEAN,
        bucket="another",
        key=f"quarantine/{'0' * 32}/{'1' * 32}",
        version="v",
        region="eu-west-2",
        now=live.clock(),
    )
    jobs.scan_result(event, None)
    assert "scan event without one of our files" in caplog.messages


@pytest.mark.parametrize("job", [jobs.delivery_by_sns, jobs.delivery_by_eventbridge])
def test_an_unforeseen_error_keeps_its_words_to_itself(
    live: Stage, job: Any, caplog: pytest.LogCaptureFixture
):
    told = {
        "eventType": "Bounce",
        "mail": {"tags": {"message": [f"{live.submit().reference}_x"]}},
        "bounce": {"timestamp": "Canary 1 chirps"},
    }
    sns = {"Records": [{"Sns": SNS | {"Message": json.dumps(told)}}]}
    event = sns if job is jobs.delivery_by_sns else scheduled(live) | {"detail": told}
    with pytest.raises(jobs.JobFailed) as caught:
        job(event, None)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert "Canary" not in str(caught.value)
    (failed,) = [record for record in caplog.records if record.msg == "job failed"]
    assert "Canary" not in repr(vars(failed))
