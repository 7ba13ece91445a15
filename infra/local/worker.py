"""Runs the jobs that events start in AWS: those of the table's stream, of the clock, of a scanner.

``python -m infra.local.worker`` reads the stream as Lambda would and hands on the same events.
"""

from __future__ import annotations

import base64
import logging
import os
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import jobs
from chalicelib.domain.errors import ServiceError
from infra.local import scanning
from infra.local.scanning import Quarantine
from infra.local.settings import JOBS_READY

if TYPE_CHECKING:
    from types_boto3_dynamodbstreams import DynamoDBStreamsClient
    from types_boto3_dynamodbstreams.type_defs import RecordTypeDef, ShardTypeDef

POLL_SECONDS = 0.25
SCAN_SECONDS = 1.0
SWEEP_SECONDS = 60.0
ACCOUNT = "000000000000"

FAILURES = (BotoCoreError, ClientError, ServiceError, jobs.JobFailed, OSError)

log = logging.getLogger(__name__)


def stream_event(records: list[RecordTypeDef], arn: str) -> dict[str, Any]:
    """Records as the stream's API gives them, in the shape in which Lambda gets them."""
    return {"Records": [_plain(dict(record)) | {"eventSourceARN": arn} for record in records]}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.timestamp() if isinstance(value, datetime) else value


def scheduled_event(now: datetime, region: str) -> dict[str, Any]:
    """What EventBridge sends when a schedule comes round."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{ACCOUNT}:rule/sweep"],
        "detail": {},
    }


class Stream:
    """The table's stream from now on. What came before is the sweep's to find."""

    def __init__(self, table_name: str) -> None:
        self._client: DynamoDBStreamsClient = boto3.client("dynamodbstreams")
        table = boto3.client("dynamodb").describe_table(TableName=table_name)["Table"]
        self.arn = table["LatestStreamArn"]
        self._iterators = {shard["ShardId"]: self._at(shard, "LATEST") for shard in self._shards()}

    def batches(self) -> Iterator[list[RecordTypeDef]]:
        """Each shard's records since the last call, where there are any."""
        for shard in self._shards():
            if shard["ShardId"] not in self._iterators:
                self._iterators[shard["ShardId"]] = self._at(shard, "TRIM_HORIZON")
        for shard_id, iterator in self._iterators.items():
            if not iterator:
                continue
            read = self._client.get_records(ShardIterator=iterator)
            self._iterators[shard_id] = read.get("NextShardIterator", "")
            if read["Records"]:
                yield read["Records"]

    def _shards(self) -> list[ShardTypeDef]:
        return self._client.describe_stream(StreamArn=self.arn)["StreamDescription"]["Shards"]

    def _at(self, shard: ShardTypeDef, position: Any) -> str:
        answer = self._client.get_shard_iterator(
            StreamArn=self.arn, ShardId=shard["ShardId"], ShardIteratorType=position
        )
        return answer["ShardIterator"]


Task = tuple[float, Callable[[], None]]


def tasks(stream: Stream, quarantine: Quarantine, *, region: str) -> list[Task]:
    """What is to be done, and every how many seconds."""

    def read_stream() -> None:
        for records in stream.batches():
            jobs.table_stream(stream_event(records, stream.arn), None)

    def scan() -> None:
        for version in quarantine.waiting():
            try:
                jobs.scan_result(quarantine.event(version), None)
            except FAILURES:
                log.exception("scan failed, it is tried again")
                continue
            quarantine.told(version)

    def sweep() -> None:
        jobs.sweep(scheduled_event(datetime.now(UTC), region), None)

    return [(POLL_SECONDS, read_stream), (SCAN_SECONDS, scan), (SWEEP_SECONDS, sweep)]


def work(tasks: Sequence[Task], stopping: threading.Event) -> None:
    """Do each task when its time comes, until ``stopping`` is set. One that fails comes again."""
    due = dict.fromkeys(range(len(tasks)), time.monotonic())
    while not stopping.is_set():
        for number, (every, task) in enumerate(tasks):
            if time.monotonic() < due[number]:
                continue
            due[number] = time.monotonic() + every
            try:
                task()
            except FAILURES:
                log.exception("job failed, it is tried again")
        stopping.wait(POLL_SECONDS)


def main() -> int:
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    region = os.environ["AWS_REGION"]
    stream = Stream(os.environ["TABLE_NAME"])
    scanner = scanning.chosen(os.environ)
    quarantine = Quarantine(os.environ["QUARANTINE_BUCKET"], scanner, region=region)
    print(JOBS_READY, flush=True)
    work(tasks(stream, quarantine, region=region), stopping)
    return 0


if __name__ == "__main__":
    sys.exit(main())
