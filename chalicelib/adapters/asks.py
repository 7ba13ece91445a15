"""Asks in the table: each stands in the ``due`` index until it was answered, and then goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.links import code_write, link_write
from chalicelib.adapters.table import NEW, Item, Table
from chalicelib.domain.errors import StaleVersion
from chalicelib.domain.links import Link
from chalicelib.domain.messages import LEASE
from chalicelib.ports import AnsweredAsk, Ask, AskKind, DueAsk, IssuedCode

FORGOTTEN_AFTER = timedelta(days=1)


class TableAsks:
    """Asks lent by lease to one job at a time."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, ask: Ask, records: Sequence[Link | IssuedCode] = ()) -> None:
        """Keep an ask, with the link and the code that it is about, in one request."""
        own = self._table.putting(_item(ask), condition=NEW)
        others = [
            link_write(self._table, record)
            if isinstance(record, Link)
            else code_write(self._table, record)
            for record in records
        ]
        self._table.transact([own, *others])

    def claim(self, ask_id: str, *, now: datetime) -> Ask | None:
        """Lend an ask that is due; None where it was answered or somebody is at it."""
        try:
            item = self._table.update(
                keys.ask(ask_id),
                "SET #due_at = :lease",
                {":lease": now + LEASE, ":now": now},
                condition="attribute_exists(#pk) AND #due_at <= :now",
            )
        except StaleVersion:
            return None
        return _ask(item)

    def waiting(self, *, now: datetime, limit: int) -> Sequence[DueAsk]:
        """Asks that nobody answered yet and nobody is at, the oldest first."""
        return [
            DueAsk(keys.which_ask(item), datetime.fromisoformat(item["not_before"]))
            for item in self._table.due(keys.ASKS, until=now, limit=limit)
        ]

    def done(self, ask: Ask) -> None:
        """Forget an ask that was answered. Doing so twice is safe."""
        self._table.transact([self._table.deleting(keys.ask(ask.ask_id))])


def answered(table: Table, ask: AnsweredAsk) -> dict[str, Any]:
    """That an ask was answered, as a part of a transaction: it waits no more, and once is enough.

    It is not deleted there, because a role is allowed a transaction by all of its keys together,
    and nobody who answers asks should be allowed to delete a case.
    """
    return table.updating(
        keys.ask(ask.ask_id),
        "REMOVE #due_pk, #due_at",
        {":ask": "ask"},
        condition="#kind = :ask AND attribute_exists(#due_at)",
    )


def _item(ask: Ask) -> Item:
    # The index holds ``not_before``, which for an ask is when it was made.
    return (
        keys.ask(ask.ask_id)
        | keys.unanswered(ask.asked_at)
        | {
            "kind": "ask",
            "schema": 1,
            "ask_id": ask.ask_id,
            "ask_kind": ask.kind,
            "subject": ask.subject,
            "link": ask.link,
            "not_before": ask.asked_at,
            "expires_epoch": int((ask.asked_at + FORGOTTEN_AFTER).timestamp()),
        }
    )


def _ask(item: Item) -> Ask:
    return Ask(
        ask_id=item["ask_id"],
        kind=AskKind(item["ask_kind"]),
        subject=item["subject"],
        asked_at=datetime.fromisoformat(item["not_before"]),
        link=item.get("link", ""),
    )
