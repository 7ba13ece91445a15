"""Removing drafts that are past their date and that the table has not forgotten yet.

The service never reads the whole table, so no index leads to old drafts. An operator may: page by
page, and no faster than a rate, so that the service does not feel it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PAGE_ITEMS = 200
EXPIRED = "#kind = :draft AND #expires < :now"
NAMES = {"#kind": "kind", "#expires": "expires_epoch"}


def expired(
    dynamodb: DynamoDBClient,
    table: str,
    *,
    now_epoch: int,
    units_a_second: float,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[dict[str, Any]]:
    """The keys of expired drafts. Reads the whole table at ``units_a_second`` read units."""
    request: dict[str, Any] = {
        "TableName": table,
        "Limit": PAGE_ITEMS,
        "FilterExpression": EXPIRED,
        "ProjectionExpression": "pk, sk",
        "ExpressionAttributeNames": NAMES,
        "ExpressionAttributeValues": _values(now_epoch),
        "ReturnConsumedCapacity": "TOTAL",
    }
    while True:
        page = dynamodb.scan(**request)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        sleep(page.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0) / units_a_second)


def delete(dynamodb: DynamoDBClient, table: str, key: dict[str, Any], *, now_epoch: int) -> bool:
    """Delete the draft unless it was saved again meanwhile. True where it went."""
    try:
        dynamodb.delete_item(
            TableName=table,
            Key=key,
            ConditionExpression=EXPIRED,
            ExpressionAttributeNames=NAMES,
            ExpressionAttributeValues=_values(now_epoch),
        )
    except ClientError as error:
        if error.response["Error"].get("Code") == "ConditionalCheckFailedException":
            return False
        raise
    return True


def _values(now_epoch: int) -> dict[str, Any]:
    return {":draft": {"S": "draft"}, ":now": {"N": str(now_epoch)}}
