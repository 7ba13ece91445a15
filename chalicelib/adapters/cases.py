"""Cases in the table: one item for the state, one each for key, event, ruling and message."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.adapters import asks, keys, pending
from chalicelib.adapters.attachments import settling
from chalicelib.adapters.drafts import UNSENT, draft_item
from chalicelib.adapters.links import code_write, link_write, session_item
from chalicelib.adapters.messages import message_item, to_message
from chalicelib.adapters.table import NEW, Item, Table, moment, pack, unpack
from chalicelib.domain import errors
from chalicelib.domain.attachments import Attachment
from chalicelib.domain.audit import Act, Event
from chalicelib.domain.cases import Case, Document, Outcome, State
from chalicelib.domain.links import Link, Session
from chalicelib.domain.messages import Message
from chalicelib.domain.people import Role
from chalicelib.domain.updates import Writing
from chalicelib.ports import (
    AnsweredAsk,
    CaseFile,
    CaseList,
    Change,
    DestroyedKey,
    Information,
    IssuedCode,
    LeftMailbox,
    PendingRuling,
    PendingWords,
    Reason,
    Record,
    Ruling,
    SentWords,
    StoredDraft,
    WrappedKey,
)


class TableCases:
    """Cases and their changes."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def commit(self, change: Change) -> None:
        """Write a change whole. Raises StaleVersion where case or draft are not as they were."""
        reference = change.case.reference
        self._table.transact(
            [
                self._case(change.case),
                *(self._table.putting(_event_item(e), condition=NEW) for e in change.events),
                *(self._record(reference, record) for record in change.records),
            ]
        )

    def read(self, reference: str, *, link: str = "") -> CaseFile:
        """The case with its key, and what is pending under ``link``, in one request.

        Raises CaseNotFound or CaseErased.
        """
        wanted = [keys.case(reference), keys.wrapped_key(reference)]
        if link:
            wanted.append(keys.pending(reference, link))
        case, key, *written = self._table.get_many(wanted)
        if case and case["state"] == State.ERASED:
            raise errors.CaseErased
        if case is None or key is None:
            raise errors.CaseNotFound
        return CaseFile(
            case=to_case(case),
            key=_key(key),
            pending=pending.to_ruling(written[0]) if written and written[0] else None,
        )

    def find(self, reference: str) -> Case:
        """The case alone, its tombstone too. Raises CaseNotFound."""
        item = self._table.get(keys.case(reference))
        if item is None:
            raise errors.CaseNotFound
        return to_case(item)

    def rulings(self, reference: str) -> Sequence[Ruling]:
        """What was concluded, the oldest first."""
        return [_ruling(item) for item in self._begins(reference, keys.RULING)]

    def information(self, reference: str) -> Sequence[Information]:
        """What the referrer supplied after sending, the oldest first."""
        return [_information(item) for item in self._begins(reference, keys.INFORMATION)]

    def reasons(self, reference: str) -> Sequence[Reason]:
        """Why people did what they did, the oldest first."""
        items = self._begins(reference, keys.REASON)
        return [Reason(item["number"], item["sealed"]) for item in items]

    def trail(self, reference: str) -> Sequence[Event]:
        """The audit events, the oldest first. Raises EventUnreadable."""
        items = self._begins(reference, keys.EVENT)
        return [_event(item, number) for number, item in enumerate(items, start=1)]

    def messages(self, reference: str) -> Sequence[Message]:
        """The messages of a case, in no order that means anything."""
        return [to_message(item) for item in self._begins(reference, keys.MESSAGE)]

    def page(self, *, after: str = "", limit: int = 50) -> CaseList:
        """One page of all cases, newest first; costs its page however many cases there are."""
        request: dict[str, Any] = {"ExclusiveStartKey": _from_cursor(after)} if after else {}
        answer = self._table.query(
            IndexName=keys.LIST_INDEX,
            KeyConditionExpression="list_pk = :list",
            ExpressionAttributeValues=pack({":list": keys.LIST}),
            ScanIndexForward=False,
            Limit=limit,
            **request,
        )
        return CaseList(
            cases=tuple(to_case(unpack(item)) for item in answer["Items"]),
            next=_to_cursor(answer.get("LastEvaluatedKey")),
        )

    def save_pending(self, written: PendingRuling | PendingWords) -> None:
        """Keep what somebody wrote, in place of what they wrote before."""
        if isinstance(written, PendingRuling):
            self._table.put(pending.ruling_item(written))
        else:
            self._table.put(pending.words_item(written))

    def words(self, reference: str, writing: Writing) -> PendingWords | None:
        """What a referrer typed in a form and has not sent, if there is any."""
        item = self._table.get(keys.words(reference, writing))
        return pending.to_words(item) if item else None

    def rewrap(self, reference: str, key: WrappedKey, wrapped: bytes, *, at: datetime) -> None:
        """Put ``wrapped`` in place of the key that was read. Raises StaleVersion where it went."""
        self._table.update(
            keys.wrapped_key(reference),
            "SET #wrapped = :new, #wrapped_at = :at",
            {":new": wrapped, ":at": at, ":read": key.wrapped},
            condition="#wrapped = :read",
        )

    def _begins(self, reference: str, prefix: str) -> list[Item]:
        return self._table.begins(keys.case(reference)["pk"], prefix)

    def _case(self, case: Case) -> dict[str, Any]:
        item = _case_item(case)
        if case.version == 0:
            return self._table.putting(item, condition=NEW)
        return self._table.putting(
            item, condition="#version = :read", values={":read": case.version}
        )

    def _record(self, reference: str, record: Record) -> dict[str, Any]:
        if isinstance(record, StoredDraft):
            return self._table.putting(
                draft_item(record), condition=UNSENT, values={":before": record.version - 1}
            )
        if isinstance(record, LeftMailbox):
            return self._table.deleting(keys.mailbox(record.mailbox, record.case_id))
        if isinstance(record, PendingRuling):
            return self._table.deleting(keys.pending(reference, record.link))
        if isinstance(record, SentWords):
            return self._table.deleting(keys.words(reference, record.writing))
        if isinstance(record, DestroyedKey):
            return self._table.deleting(keys.wrapped_key(reference))
        if isinstance(record, Link):
            return link_write(self._table, record)
        if isinstance(record, AnsweredAsk):
            return asks.answered(self._table, record)
        if isinstance(record, IssuedCode):
            return code_write(self._table, record)
        if isinstance(record, Attachment):
            return settling(self._table, record)
        return self._table.putting(ITEMS[type(record)](reference, record))


def to_case(item: Item) -> Case:
    """A case from its item."""
    return Case(
        reference=item["reference"],
        case_id=item["case_id"],
        version=item["version"],
        state=State(item["state"]),
        received_at=datetime.fromisoformat(item["received_at"]),
        decision_due=date.fromisoformat(item["decision_due"]),
        agency=item.get("agency", ""),
        document=Document(
            key=item["document_key"], sha256=item["document_sha256"], size=item["document_size"]
        ),
        decider=Role(item["decider"]),
        events=item["events"],
        last_digest=item["last_digest"],
        outcome=Outcome(item["outcome"]) if "outcome" in item else None,
        decided_at=moment(item.get("decided_at")),
        decided_by=Role(item["decided_by"]) if "decided_by" in item else None,
        withdrawn_at=moment(item.get("withdrawn_at")),
        supplied=item.get("supplied", 0),
        nonce=item.get("nonce", ""),
        link=item.get("link", ""),
        held_at=moment(item.get("held_at")),
        is_test=bool(item.get("is_test")),
    )


def _case_item(case: Case) -> Item:
    return (
        keys.case(case.reference)
        | keys.listed(case.received_at, case.reference)
        | {
            "kind": "case",
            "schema": 1,
            "reference": case.reference,
            "case_id": case.case_id,
            "version": case.version + 1,
            "state": case.state,
            "received_at": case.received_at,
            "decision_due": case.decision_due,
            "agency": case.agency,
            "document_key": case.document.key,
            "document_sha256": case.document.sha256,
            "document_size": case.document.size,
            "decider": case.decider,
            "events": case.events,
            "last_digest": case.last_digest,
            "outcome": case.outcome,
            "decided_at": case.decided_at,
            "decided_by": case.decided_by,
            "withdrawn_at": case.withdrawn_at,
            "supplied": case.supplied or None,
            "nonce": case.nonce,
            "link": case.link,
            "held_at": case.held_at,
            "is_test": int(case.is_test) or None,
        }
    )


def _event_item(event: Event) -> Item:
    return keys.event(event.reference, event.number) | {
        "kind": "event",
        "schema": 1,
        "reference": event.reference,
        "number": event.number,
        "act": event.act,
        "role": event.role,
        "at": event.at,
        "subject": event.subject,
        "previous": event.previous,
        "digest": event.digest,
        "actor": event.actor,
    }


def _event(item: Item, number: int) -> Event:
    try:
        return Event(
            reference=item["reference"],
            number=item["number"],
            act=Act(item["act"]),
            role=Role(item["role"]),
            at=datetime.fromisoformat(item["at"]),
            subject=item.get("subject", ""),
            previous=item["previous"],
            digest=item["digest"],
            actor=item.get("actor", ""),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise errors.EventUnreadable(number) from error


def _key_item(reference: str, key: WrappedKey) -> Item:
    return keys.wrapped_key(reference) | {
        "kind": "key",
        "schema": 1,
        "case_id": key.case_id,
        "wrapped": key.wrapped,
        "referrer": key.referrer,
        "wrapped_at": key.wrapped_at,
    }


def _key(item: Item) -> WrappedKey:
    return WrappedKey(
        case_id=item["case_id"],
        wrapped=item["wrapped"],
        referrer=item["referrer"],
        wrapped_at=moment(item.get("wrapped_at")),
    )


def _ruling_item(reference: str, ruling: Ruling) -> Item:
    return keys.ruling(reference, ruling.number) | {
        "kind": "ruling",
        "schema": 1,
        "number": ruling.number,
        "outcome": ruling.outcome,
        "role": ruling.role,
        "at": ruling.at,
        "nonce": ruling.nonce,
        "sealed": ruling.sealed,
    }


def _ruling(item: Item) -> Ruling:
    return Ruling(
        number=item["number"],
        outcome=Outcome(item["outcome"]),
        role=Role(item["role"]),
        at=datetime.fromisoformat(item["at"]),
        nonce=item["nonce"],
        sealed=item["sealed"],
    )


def _information_item(reference: str, information: Information) -> Item:
    return keys.information(reference, information.number) | {
        "kind": "information",
        "schema": 1,
        "number": information.number,
        "at": information.at,
        "answers": information.answers or None,
        "nonce": information.nonce,
        "sealed": information.sealed,
    }


def _information(item: Item) -> Information:
    return Information(
        number=item["number"],
        at=datetime.fromisoformat(item["at"]),
        answers=item.get("answers", 0),
        nonce=item["nonce"],
        sealed=item["sealed"],
    )


def _reason_item(reference: str, reason: Reason) -> Item:
    return keys.reason(reference, reason.number) | {
        "kind": "reason",
        "schema": 1,
        "number": reason.number,
        "sealed": reason.sealed,
    }


def _to_cursor(last: dict[str, Any] | None) -> str:
    return base64.urlsafe_b64encode(json.dumps(unpack(last)).encode()).decode() if last else ""


def _from_cursor(cursor: str) -> dict[str, Any]:
    return pack(json.loads(base64.urlsafe_b64decode(cursor)))


ITEMS: dict[type, Callable[[str, Any], Item]] = {
    WrappedKey: _key_item,
    Ruling: _ruling_item,
    Information: _information_item,
    Reason: _reason_item,
    Message: lambda _, message: message_item(message),
    Session: lambda _, session: session_item(session),
}
