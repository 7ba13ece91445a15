"""What is known of attachments, in the table: one item a file, and one that counts them.

A file of which somebody should look what became of it stands in the ``due`` index.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.keys import Key
from chalicelib.adapters.table import NEW, Item, Table, moment
from chalicelib.domain.attachments import Attachment, Flaw, State
from chalicelib.domain.errors import StaleVersion
from chalicelib.ports import Shelf

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
# As many as one transaction takes.
TRANSACTION = 100
# A verdict is written once, and never on what is gone or going.
OPEN = (
    "attribute_exists(#pk) AND attribute_not_exists(#removed_at)"
    " AND attribute_not_exists(#settled_at)"
)


class TableAttachments:
    """Records of files."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def shelf(self, case_id: str) -> Shelf:
        """All records of a case, in the order in which the files were begun, in one request."""
        items = self._table.begins(keys.attachments(case_id)["pk"], "FILE")
        found = [to_attachment(item) for item in items if item["kind"] == "attachment"]
        issued = next((item["issued"] for item in items if item["kind"] == "attachments"), 0)
        return Shelf(case_id, tuple(sorted(found, key=lambda each: each.number)), issued)

    def get(self, case_id: str, attachment_id: str) -> Attachment | None:
        """The record of one file, if there is one."""
        item = self._table.get(keys.attachment(case_id, attachment_id))
        return to_attachment(item) if item else None

    def add(self, shelf: Shelf, attachment: Attachment) -> None:
        """Write a new record. Raises StaleVersion where another was begun since ``shelf``."""
        count = keys.attachments(shelf.case_id) | {
            "kind": "attachments",
            "schema": 1,
            "issued": attachment.number,
        }
        condition, values = (NEW, {}) if not shelf.issued else ("#issued = :read", _read(shelf))
        self._table.transact(
            [
                self._table.putting(count, condition=condition, values=values),
                self._table.putting(attachment_item(attachment), condition=NEW),
            ]
        )

    def arrived(self, attachment: Attachment) -> None:
        """Keep that a file came in, unless it was checked or removed meanwhile."""
        try:
            self._table.put(attachment_item(attachment), condition=OPEN)
        except StaleVersion:
            return

    def settle(self, attachment: Attachment) -> None:
        """Write a verdict. Raises StaleVersion where there is one, or the file is going."""
        self._table.put(attachment_item(attachment), condition=OPEN)

    def begin_removal(self, case_id: str, attachment_id: str) -> None:
        """Mark a file as going. From then on it is in no list, and no verdict is written on it.

        The sweep finishes a removal that stopped half-way.
        """
        try:
            self._table.update(
                keys.attachment(case_id, attachment_id),
                "SET #removed_at = :once, #due_pk = :due, #due_at = :once",
                {":once": AT_ONCE, ":due": keys.FILES},
                condition="attribute_exists(#pk)",
            )
        except StaleVersion:
            return

    def forget(self, case_id: str, attachment_id: str) -> None:
        """Delete a record. One that is not there is no error."""
        self._table.transact([self._table.deleting(keys.attachment(case_id, attachment_id))])

    def clear(self, case_id: str) -> None:
        """Delete every record of a case, the count too."""
        items = self._table.begins(keys.attachments(case_id)["pk"], "FILE")
        for first in range(0, len(items), TRANSACTION):
            some = items[first : first + TRANSACTION]
            self._table.transact([self._table.deleting(_key_of(item)) for item in some])

    def due(self, *, now: datetime, limit: int) -> Sequence[tuple[str, str]]:
        """Case and id of the files that it is time to look at, the longest due first."""
        items = self._table.due(keys.FILES, until=now, limit=limit)
        return [keys.which_attachment(item) for item in items]


def settling(table: Table, attachment: Attachment) -> dict[str, Any]:
    """The same as ``settle``, as a part of a transaction."""
    return table.putting(attachment_item(attachment), condition=OPEN)


def _key_of(item: Item) -> Key:
    return {"pk": item["pk"], "sk": item["sk"]}


def _read(shelf: Shelf) -> dict[str, int]:
    return {":read": shelf.issued}


def attachment_item(attachment: Attachment) -> Item:
    """A file as an item."""
    due: Key = keys.look(attachment.due_at) if attachment.due_at else {}
    return (
        keys.attachment(attachment.case_id, attachment.attachment_id)
        | due
        | {
            "kind": "attachment",
            "schema": 1,
            "case_id": attachment.case_id,
            "attachment_id": attachment.attachment_id,
            "owner": attachment.owner,
            "part": attachment.part,
            "number": attachment.number,
            "state": attachment.state,
            "flaw": attachment.flaw,
            "added_at": attachment.added_at,
            "form_ends_at": attachment.form_ends_at,
            "arrived_at": attachment.arrived_at,
            "settled_at": attachment.settled_at,
            "size": attachment.size,
            "extension": attachment.extension,
            "name": attachment.name,
            "version": attachment.version,
            "sha256": attachment.sha256,
            "removed_at": attachment.removed_at,
        }
    )


def to_attachment(item: Item) -> Attachment:
    """A file from its item."""
    return Attachment(
        case_id=item["case_id"],
        attachment_id=item["attachment_id"],
        owner=item["owner"],
        part=item["part"],
        number=item["number"],
        state=State(item["state"]),
        flaw=Flaw(item["flaw"]) if "flaw" in item else None,
        added_at=datetime.fromisoformat(item["added_at"]),
        form_ends_at=datetime.fromisoformat(item["form_ends_at"]),
        arrived_at=moment(item.get("arrived_at")),
        settled_at=moment(item.get("settled_at")),
        size=item["size"],
        extension=item.get("extension", ""),
        name=item.get("name", b""),
        version=item.get("version", ""),
        sha256=item.get("sha256", ""),
        due_at=moment(item.get("due_at")),
        removed_at=moment(item.get("removed_at")),
    )
