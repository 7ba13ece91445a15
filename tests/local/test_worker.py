"""The events that the local jobs get are those that Lambda would get."""

from __future__ import annotations

from datetime import UTC, datetime

import boto3
import pytest
from chalice.app import CloudWatchEvent, DynamoDBEvent

from infra.local import worker

ARN = "arn:aws:dynamodb:eu-west-2:000000000000:table/cases/stream/2026-11-24T07:16:33.000"


def record(image):
    return {
        "eventID": "1",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-2",
        "dynamodb": {
            "ApproximateCreationDateTime": datetime(2026, 11, 24, 9, tzinfo=UTC),
            "Keys": {"pk": {"S": "a"}, "sk": {"S": "b"}},
            "NewImage": image,
            "SequenceNumber": "1",
            "SizeBytes": 10,
            "StreamViewType": "NEW_IMAGE",
        },
    }


@pytest.mark.filterwarnings("ignore:.*utcfromtimestamp:DeprecationWarning")
def test_a_stream_event_is_one_that_chalice_reads():
    event = worker.stream_event([record({"sealed": {"B": b"\x00\x01"}, "l": {"L": []}})], ARN)

    [read] = DynamoDBEvent(event, None)
    assert read.table_name == "cases"
    assert read.new_image == {"sealed": {"B": "AAE="}, "l": {"L": []}}
    assert read.timestamp == datetime(2026, 11, 24, 9)


def test_a_scheduled_event_is_one_that_chalice_reads():
    event = worker.scheduled_event(datetime(2026, 11, 24, 9, tzinfo=UTC), "eu-west-2")

    read = CloudWatchEvent(event, None)
    assert (read.detail_type, read.source) == ("Scheduled Event", "aws.events")
    assert read.time == "2026-11-24T09:00:00Z"


@pytest.mark.aws
def test_the_stream_gives_what_was_written_since_the_last_look(aws):
    dynamodb = boto3.client("dynamodb")

    def put(key):
        dynamodb.put_item(TableName=aws["TABLE_NAME"], Item={"pk": {"S": key}, "sk": {"S": "-"}})

    def seen():
        records = (each for batch in stream.batches() for each in batch)
        return [each["dynamodb"]["Keys"]["pk"]["S"] for each in records]

    put("before")
    stream = worker.Stream(aws["TABLE_NAME"])
    put("first")
    put("second")
    assert seen() == ["first", "second"]
    assert seen() == []
    put("third")
    assert seen() == ["third"]
