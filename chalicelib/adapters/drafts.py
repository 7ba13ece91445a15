"""Drafts in the table, each by the id that its case will have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.links import code_write, link_write
from chalicelib.adapters.messages import message_item, to_message
from chalicelib.adapters.table import NEW, Item, Table, moment
from chalicelib.domain.drafts import FORGOTTEN_AFTER, Browser, Browsers
from chalicelib.domain.links import Link
from chalicelib.domain.messages import Message
from chalicelib.ports import DraftRecord, DueDraft, LeftMailbox, Mailbox, StoredDraft

UNSENT = "#version = :before AND attribute_not_exists(#reference)"


class TableDrafts:
    """Drafts, and what is written together with them."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, draft: StoredDraft) -> None:
        """Keep a new draft."""
        self._table.put(draft_item(draft), condition=NEW)

    def get(self, case_id: str) -> StoredDraft | None:
        """The draft, if it is there."""
        item = self._table.get(keys.draft(case_id))
        return to_draft(item) if item else None

    def write(self, draft: StoredDraft, records: Sequence[DraftRecord] = ()) -> None:
        """Write the draft over its version before, and ``records`` with it. Raises StaleVersion."""
        item, before = draft_item(draft), {":before": draft.version - 1}
        if not records:
            self._table.put(item, condition=UNSENT, values=before)
            return
        own = self._table.putting(item, condition=UNSENT, values=before)
        self._table.transact([own, *map(self._record, records)])

    def add(self, records: Sequence[DraftRecord]) -> None:
        """Write what belongs to a draft, and not the draft. Raises StaleVersion."""
        self._table.transact([self._record(record) for record in records])

    def by_mailbox(self, mailbox: str) -> Sequence[str]:
        """The ids of the drafts that belong to a mailbox, by its pseudonym."""
        items = self._table.begins(keys.mailbox(mailbox, "")["pk"], "DRAFT#")
        return [item["case_id"] for item in items]

    def messages(self, case_id: str) -> Sequence[Message]:
        """The messages of a draft, in no order that means anything."""
        return [to_message(item) for item in self._messages(case_id)]

    def overdue(self, *, now: datetime, limit: int) -> Sequence[DueDraft]:
        """Drafts that were not sent and are past their date, the oldest first."""
        return [
            DueDraft(keys.which_draft(item), datetime.fromisoformat(item["due_at"]))
            for item in self._table.due(keys.DRAFTS, until=now, limit=limit)
        ]

    def delete(self, draft: StoredDraft) -> None:
        """Forget a draft and what belongs to it, the draft last. Doing so twice is safe.

        Raises StaleVersion where it was sent.
        """
        own = keys.draft(draft.case_id)
        for item in self._messages(draft.case_id):
            self._table.delete(keys.message(draft.case_id, item["message_id"]))
        if draft.mailbox:
            self._table.delete(keys.mailbox(draft.mailbox, draft.case_id))
        self._table.delete(own, condition="attribute_not_exists(#reference)")

    def touch(self, case_id: str, secret: str, *, now: datetime) -> None:
        """Keep that a browser was used. Raises StaleVersion where it may not open the draft."""
        browser = f"#browsers.#{secret}"
        self._table.update(
            keys.draft(case_id),
            f"SET {browser}.#seen_at = :now",
            {":now": now},
            condition=f"attribute_exists({browser})",
        )

    def shut_out(self, case_id: str, secret: str) -> None:
        """Let a browser open the draft no longer. Raises StaleVersion where there is no draft."""
        self._table.update(
            keys.draft(case_id),
            f"REMOVE #browsers.#{secret}",
            {":draft": "draft"},
            condition="#kind = :draft",
        )

    def mark_as_test(self, case_id: str) -> None:
        """Mark a draft that was not sent yet. Raises StaleVersion for any other."""
        self._table.update(
            keys.draft(case_id),
            "SET #is_test = :yes",
            {":yes": 1},
            condition="attribute_exists(#pk) AND attribute_not_exists(#reference)",
        )

    def _messages(self, case_id: str) -> list[Item]:
        return self._table.begins(keys.draft(case_id)["pk"], keys.MESSAGE)

    def _record(self, record: DraftRecord) -> dict[str, Any]:
        if isinstance(record, Link):
            return link_write(self._table, record)
        if isinstance(record, Message):
            return self._table.putting(message_item(record))
        if isinstance(record, Mailbox):
            return self._table.putting(_mailbox_item(record))
        if isinstance(record, LeftMailbox):
            return self._table.deleting(keys.mailbox(record.mailbox, record.case_id))
        return code_write(self._table, record)


def draft_item(draft: StoredDraft) -> Item:
    """A draft as an item. What it holds outside ``sealed`` and ``contact`` is never personal."""
    waiting = {} if draft.reference else keys.expiring(draft.expires_at)
    return (
        keys.draft(draft.case_id)
        | waiting
        | {
            "kind": "draft",
            "schema": 1,
            "case_id": draft.case_id,
            "version": draft.version,
            "wrapped_key": draft.wrapped_key,
            "sealed": draft.sealed,
            "created_at": draft.created_at,
            "expires_at": draft.expires_at,
            "expires_epoch": int((draft.expires_at + FORGOTTEN_AFTER).timestamp()),
            "browsers": {
                secret: {"opened_at": each.opened_at, "seen_at": each.seen_at}
                for secret, each in draft.browsers.items()
            },
            "confirmed_at": draft.confirmed_at,
            "mailbox": draft.mailbox,
            "contact": draft.contact,
            "reference": draft.reference,
            "received_at": draft.received_at,
            "decision_due": draft.decision_due,
            "is_test": int(draft.is_test) or None,
        }
    )


def to_draft(item: Item) -> StoredDraft:
    """A draft from its item."""
    due = item.get("decision_due")
    return StoredDraft(
        case_id=item["case_id"],
        version=item["version"],
        wrapped_key=item.get("wrapped_key", b""),
        sealed=item.get("sealed", b""),
        created_at=datetime.fromisoformat(item["created_at"]),
        expires_at=datetime.fromisoformat(item["expires_at"]),
        browsers=_browsers(item["browsers"]),
        confirmed_at=moment(item.get("confirmed_at")),
        mailbox=item.get("mailbox", ""),
        contact=item.get("contact", b""),
        reference=item.get("reference", ""),
        received_at=moment(item.get("received_at")),
        decision_due=date.fromisoformat(due) if due else None,
        is_test=bool(item.get("is_test")),
    )


def _mailbox_item(record: Mailbox) -> Item:
    return keys.mailbox(record.mailbox, record.case_id) | {
        "kind": "mailbox",
        "schema": 1,
        "case_id": record.case_id,
    }


def _browsers(kept: Mapping[str, Mapping[str, str]]) -> Browsers:
    return {
        secret: Browser(
            opened_at=datetime.fromisoformat(each["opened_at"]),
            seen_at=datetime.fromisoformat(each["seen_at"]),
        )
        for secret, each in kept.items()
    }
