"""The outbox in the table: a message that waits stands in the ``due`` index; a sent one is out.

A sent one whose arrival is to be checked stands there again, apart from those that wait. The
messages of a case stay with it; those of a draft are forgotten some time after they were due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.table import Item, Table, moment
from chalicelib.domain.errors import StaleVersion
from chalicelib.domain.messages import LEASE, LONGEST_WAIT, Kind, Message, Report
from chalicelib.domain.people import Role
from chalicelib.ports import DueMessage

REPORTED = {
    Report.DELIVERED: "delivered_at",
    Report.BOUNCED: "bounced_at",
    Report.COMPLAINED: "complained_at",
}
# For a draft's messages: long enough to give up, to be reported on and to be looked into.
FORGOTTEN_AFTER = timedelta(days=14)
NO_LONGER_DUE = "REMOVE #due_pk, #due_at, #lease_until"
CLAIMED_STILL = "#lease_until = :lease"


class TableOutbox:
    """Messages lent by lease to one sender at a time."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def claim(self, reference: str, message_id: str, *, now: datetime) -> Message | None:
        """Lend a message that is due, or None where it is not or another sender has it."""
        try:
            item = self._table.update(
                keys.message(reference, message_id),
                "SET #lease_until = :lease, #due_at = :lease, #attempts = #attempts + :one",
                {":lease": now + LEASE, ":now": now, ":one": 1, ":waiting": keys.DUE},
                condition="#due_pk = :waiting AND #due_at <= :now",
            )
        except StaleVersion:
            return None
        return to_message(item)

    def waiting(self, *, now: datetime, limit: int) -> Sequence[DueMessage]:
        """Messages that should be out by now: first those whose next try is due, then the others.

        None is left out, because no wait between tries is longer than the longest.
        """
        found = self._due(keys.DUE, until=now + LONGEST_WAIT, limit=limit)
        return [each for each in found if each.not_before <= now]

    def mark_sent(
        self, message: Message, *, provider_id: str, now: datetime, check_at: datetime | None
    ) -> None:
        """Keep that the provider took it, and when to look whether it arrived."""
        facts = {"sent_at": now, "provider_id": provider_id}
        if check_at is None:
            self._finish(message, facts)
            return
        check = keys.check(check_at)
        self._table.transact([self._setting(message, facts | check, "REMOVE #lease_until")])

    def to_check(self, *, now: datetime, limit: int) -> Sequence[DueMessage]:
        """Sent messages of which it is time to look whether they arrived."""
        return self._due(keys.CHECKS, until=now, limit=limit)

    def mark_checked(self, message: Message) -> None:
        """Keep that it was looked at, unless it waits to be sent again."""
        try:
            self._table.update(
                _key(message),
                "REMOVE #due_pk, #due_at",
                {":checks": keys.CHECKS},
                condition="#due_pk = :checks",
            )
        except StaleVersion:
            return

    def mark_lapsed(self, message: Message, *, now: datetime) -> None:
        """Keep that it was not worth sending any more."""
        self._finish(message, {"lapsed_at": now})

    def try_again(self, message: Message, *, at: datetime) -> None:
        """Put it back until ``at``, unless its lease ran out and another sender has it."""
        try:
            self._table.update(
                _key(message),
                "SET #due_at = :at REMOVE #lease_until",
                {":at": at, ":lease": message.due_at},
                condition=CLAIMED_STILL,
            )
        except StaleVersion:
            return

    def put_off(self, message: Message, *, until: datetime) -> None:
        """Let it wait anew, as if it had been queued for ``until``, unless another has it."""
        try:
            self._table.update(
                _key(message),
                "SET #not_before = :until, #due_at = :until, #attempts = :none,"
                " #expires_epoch = :forgotten REMOVE #lease_until",
                {
                    ":until": until,
                    ":none": 0,
                    ":forgotten": _forgotten(until),
                    ":lease": message.due_at,
                },
                condition=CLAIMED_STILL,
            )
        except StaleVersion:
            return

    def fail(self, message: Message, *, now: datetime, telling: Message | None) -> None:
        """Keep that it cannot be sent, and queue the message that tells of it, together."""
        update = self._setting(message, {"failed_at": now}, NO_LONGER_DUE)
        self._table.transact([update, *self._told(telling)])

    def read(self, reference: str, message_id: str) -> Message | None:
        """A message, if it is there."""
        item = self._table.get(keys.message(reference, message_id))
        return to_message(item) if item else None

    def report(
        self, message: Message, report: Report, *, at: datetime, telling: Message | None
    ) -> bool:
        """Keep a provider's report, once. False where the same report was kept before."""
        name = REPORTED[report]
        update = self._setting(message, {name: at}, "", condition=f"attribute_not_exists(#{name})")
        try:
            self._table.transact([update, *self._told(telling)])
        except StaleVersion:
            return False
        return True

    def _due(self, what: str, *, until: datetime, limit: int) -> list[DueMessage]:
        return [
            DueMessage(
                *keys.which_message(item),
                due_at=datetime.fromisoformat(item["due_at"]),
                not_before=datetime.fromisoformat(item["not_before"]),
            )
            for item in self._table.due(what, until=until, limit=limit)
        ]

    def _finish(self, message: Message, facts: Mapping[str, Any]) -> None:
        self._table.transact([self._setting(message, facts, NO_LONGER_DUE)])

    def _setting(
        self, message: Message, facts: Mapping[str, Any], rest: str, *, condition: str = ""
    ) -> dict[str, Any]:
        sets = ", ".join(f"#{name} = :{name}" for name in facts)
        return self._table.updating(
            _key(message),
            f"SET {sets} {rest}".strip(),
            {f":{name}": value for name, value in facts.items()},
            condition=condition or "attribute_exists(#pk)",
        )

    def _told(self, telling: Message | None) -> list[dict[str, Any]]:
        return [self._table.putting(message_item(telling))] if telling else []


def _key(message: Message) -> keys.Key:
    return keys.message(message.reference, message.message_id)


def message_item(message: Message) -> Item:
    """A new message as an item that waits to be sent."""
    return (
        keys.message(message.reference, message.message_id)
        | keys.due(message.due_at)
        | {
            "kind": "message",
            "schema": 1,
            "reference": message.reference,
            "message_id": message.message_id,
            "message_kind": message.kind,
            "role": message.role,
            "letter": message.letter,
            "queued_at": message.queued_at,
            "not_before": message.not_before,
            "lapses_at": message.lapses_at,
            "attempts": message.attempts,
            "expires_epoch": _forgotten(message.not_before) if message.is_of_draft else None,
        }
    )


def _forgotten(not_before: datetime) -> int:
    return int((not_before + FORGOTTEN_AFTER).timestamp())


def to_message(item: Item) -> Message:
    """A message from its item. One that waits no longer is due when it was first."""
    return Message(
        reference=item["reference"],
        message_id=item["message_id"],
        kind=Kind(item["message_kind"]),
        role=Role(item["role"]),
        letter=item["letter"],
        queued_at=datetime.fromisoformat(item["queued_at"]),
        not_before=datetime.fromisoformat(item["not_before"]),
        due_at=datetime.fromisoformat(item.get("due_at") or item["not_before"]),
        lapses_at=moment(item.get("lapses_at")),
        attempts=item["attempts"],
        sent_at=moment(item.get("sent_at")),
        delivered_at=moment(item.get("delivered_at")),
        bounced_at=moment(item.get("bounced_at")),
        complained_at=moment(item.get("complained_at")),
        failed_at=moment(item.get("failed_at")),
        lapsed_at=moment(item.get("lapsed_at")),
    )
