"""The one DynamoDB table: plain attributes in and out, and the few requests that are made of it.

In expressions every attribute is written ``#name``, because DynamoDB reserves hundreds of words
(``reference`` among them) and emulators do not mind; the names are filled in here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.clients import Clients, call
from chalicelib.adapters.keys import Key
from chalicelib.domain.errors import Unavailable

Item = dict[str, Any]

NEW = "attribute_not_exists(#pk)"


class Table:
    """Requests to the table named ``name``. Reads are consistent; nothing scans."""

    def __init__(self, clients: Clients, name: str) -> None:
        self._clients = clients
        self.name = name

    def get(self, key: Key) -> Item | None:
        """The item, or None."""
        answer = call(
            self._clients.dynamodb.get_item,
            TableName=self.name,
            Key=pack(key),
            ConsistentRead=True,
        )
        return unpack(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Sequence[Key]) -> list[Item | None]:
        """The items in the order of their keys, None where there is none, in one request."""
        answer = call(
            self._clients.dynamodb.batch_get_item,
            RequestItems={self.name: {"Keys": [pack(k) for k in keys], "ConsistentRead": True}},
        )
        if answer.get("UnprocessedKeys"):
            raise Unavailable("BatchGetItem: unprocessed keys")
        items = [unpack(item) for item in answer["Responses"].get(self.name, [])]
        found = {(item["pk"], item["sk"]): item for item in items}
        return [found.get((key["pk"], key["sk"])) for key in keys]

    def begins(self, partition: str, prefix: str) -> list[Item]:
        """Every item of a partition whose sort key begins with ``prefix``, in its order."""
        request: dict[str, Any] = {
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
            "ExpressionAttributeValues": pack({":pk": partition, ":sk": prefix}),
            "ConsistentRead": True,
        }
        items: list[Item] = []
        while True:
            answer = self.query(**request)
            items += [unpack(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return items
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def due(self, what: str, *, until: datetime, limit: int) -> list[Item]:
        """What the ``due`` index holds of ``what`` until a moment, the longest due first."""
        answer = self.query(
            IndexName=keys.DUE_INDEX,
            KeyConditionExpression="due_pk = :due AND due_at <= :until",
            ExpressionAttributeValues=pack({":due": what, ":until": until}),
            Limit=limit,
        )
        return [unpack(item) for item in answer["Items"]]

    def query(self, **request: Any) -> Any:
        """One page of a query, as botocore returns it."""
        return call(self._clients.dynamodb.query, TableName=self.name, **request)

    def put(self, item: Item, *, condition: str = "", values: Mapping[str, Any] = {}) -> None:
        """Write an item. Raises StaleVersion where ``condition`` does not hold."""
        call(self._clients.dynamodb.put_item, **self._put(item, condition, values))

    def update(
        self,
        key: Key,
        expression: str,
        values: Mapping[str, Any],
        *,
        condition: str = "",
    ) -> Item:
        """Change an item and return it whole. Raises StaleVersion."""
        answer = call(
            self._clients.dynamodb.update_item,
            ReturnValues="ALL_NEW",
            **self.updating(key, expression, values, condition=condition)["Update"],
        )
        return unpack(answer["Attributes"])

    def delete(self, key: Key, *, condition: str = "") -> None:
        """Delete an item; there being none is no error. Raises StaleVersion."""
        request: dict[str, Any] = {"TableName": self.name, "Key": pack(key)}
        if condition:
            request["ConditionExpression"] = condition
            request["ExpressionAttributeNames"] = _names(condition)
        call(self._clients.dynamodb.delete_item, **request)

    def transact(self, writes: Sequence[dict[str, Any]]) -> None:
        """Write all or nothing. Raises StaleVersion where any condition does not hold."""
        call(self._clients.dynamodb.transact_write_items, TransactItems=list(writes))

    def putting(
        self, item: Item, *, condition: str = "", values: Mapping[str, Any] = {}
    ) -> dict[str, Any]:
        """A put as part of a transaction."""
        return {"Put": self._put(item, condition, values)}

    def deleting(self, key: Key, *, condition: str = "") -> dict[str, Any]:
        """A deletion as part of a transaction."""
        request: dict[str, Any] = {"TableName": self.name, "Key": pack(key)}
        if condition:
            request["ConditionExpression"] = condition
            request["ExpressionAttributeNames"] = _names(condition)
        return {"Delete": request}

    def updating(
        self, key: Key, expression: str, values: Mapping[str, Any], *, condition: str = ""
    ) -> dict[str, Any]:
        """An update as part of a transaction."""
        update: dict[str, Any] = {
            "TableName": self.name,
            "Key": pack(key),
            "UpdateExpression": expression,
            "ExpressionAttributeValues": pack(values),
            "ExpressionAttributeNames": _names(f"{expression} {condition}"),
        }
        return {"Update": update | ({"ConditionExpression": condition} if condition else {})}

    def _put(self, item: Item, condition: str, values: Mapping[str, Any]) -> dict[str, Any]:
        request: dict[str, Any] = {"TableName": self.name, "Item": pack(item)}
        if condition:
            request["ConditionExpression"] = condition
            request["ExpressionAttributeNames"] = _names(condition)
        if values:
            request["ExpressionAttributeValues"] = pack(values)
        return request


def _names(expression: str) -> dict[str, str]:
    return {found: found[1:] for found in re.findall(r"#\w+", expression)}


def pack(item: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Plain attributes as DynamoDB's typed ones. None and empty text are left out."""
    return {name: _packed(value) for name, value in item.items() if value not in (None, "", b"")}


def unpack(item: Mapping[str, Mapping[str, Any]]) -> Item:
    """DynamoDB's typed attributes as plain ones: text, whole numbers, bytes, lists and maps."""
    return {name: _unpacked(value) for name, value in item.items()}


def moment(value: str | None) -> datetime | None:
    """A stored moment, if there is one."""
    return datetime.fromisoformat(value) if value else None


def _packed(value: Any) -> dict[str, Any]:
    if isinstance(value, Enum):
        return {"S": value.value}
    if isinstance(value, datetime | date):
        return {"S": value.isoformat()}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, list | tuple):
        return {"L": [_packed(part) for part in value]}
    if isinstance(value, Mapping):
        return {"M": pack(value)}
    return {"S": value}


def _unpacked(typed: Mapping[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    if kind == "N":
        return int(value)
    if kind == "L":
        return [_unpacked(part) for part in value]
    if kind == "M":
        return unpack(value)
    return value
