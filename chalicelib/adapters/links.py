"""Links, their codes and sessions in the table, each by a digest; no token is stored anywhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chalicelib.adapters import keys
from chalicelib.adapters.messages import message_item
from chalicelib.adapters.table import Item, Table, moment
from chalicelib.domain.errors import StaleVersion
from chalicelib.domain.links import CODE_TRIES, Code, Link, Purpose, Session
from chalicelib.domain.messages import Message
from chalicelib.domain.people import Role
from chalicelib.ports import IssuedCode

FORGOTTEN_AFTER = timedelta(days=1)


class TableLinks:
    """Links with what belongs to them."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, link: str, *, session: str = "") -> tuple[Link | None, Session | None]:
        """The link and the session of these digests, in one request."""
        wanted = [keys.link(link)] + ([keys.session(session)] if session else [])
        found = self._table.get_many(wanted)
        opened = found[1] if session else None
        return (_link(found[0]) if found[0] else None, _session(opened) if opened else None)

    def code(self, link: str) -> Code | None:
        """The code last issued for a link."""
        item = self._table.get(keys.code(link))
        return _code(item) if item else None

    def count_try(self, link: str) -> Code | None:
        """Count one try and return the code; None where there is no code or no try is left.

        Counting comes before comparing, so that guesses made at the same time all count.
        """
        try:
            item = self._table.update(
                keys.code(link),
                "SET #tries = #tries + :one",
                {":one": 1, ":most": CODE_TRIES},
                condition="attribute_exists(#pk) AND #tries < :most",
            )
        except StaleVersion:
            return None
        return _code(item)

    def save_code(self, issued: IssuedCode, message: Message) -> None:
        """Keep a code and the message that carries it, together. Raises StaleVersion."""
        self._table.transact(
            [code_write(self._table, issued), self._table.putting(message_item(message))]
        )

    def save_session(self, session: Session) -> None:
        """Keep a session."""
        self._table.put(session_item(session))


# What ended stays ended: a change of a link that was read before it ended is refused.
STANDING = " AND ".join(
    f"attribute_not_exists(#{end})" for end in ("spent_at", "superseded_at", "revoked_at")
)


def link_write(table: Table, link: Link) -> dict[str, Any]:
    """A link as part of a transaction."""
    return table.putting(link_item(link), condition=STANDING)


def code_write(table: Table, issued: IssuedCode) -> dict[str, Any]:
    """A code as part of a transaction, refused where the one it replaces stands no longer."""
    item, before = code_item(issued), issued.replaces
    if before is None:
        return table.putting(item)
    key = keys.code(issued.link)
    kept = {"tries"} if issued.keeps_tries else set()
    facts = {name: value for name, value in item.items() if name not in key.keys() | kept}
    sets = ", ".join(f"#{name} = :{name}" for name in facts)
    return table.updating(
        key,
        f"SET {sets}",
        {f":{name}": value for name, value in facts.items()}
        | {":stood": before.hash, ":until": before.expires_at},
        condition="#hash = :stood AND #expires_at = :until",
    )


def link_item(link: Link) -> Item:
    """A link as an item. One that anybody may have made by typing is forgotten after its end."""
    is_kept = link.purpose is Purpose.DECIDE
    return keys.link(link.digest) | {
        "kind": "link",
        "schema": 1,
        "digest": link.digest,
        "purpose": link.purpose,
        "reference": link.reference,
        "role": link.role,
        "issued_at": link.issued_at,
        "expires_at": link.expires_at,
        "holder": link.holder,
        "superseded_at": link.superseded_at,
        "revoked_at": link.revoked_at,
        "spent_at": link.spent_at,
        "no_conflict_at": link.no_conflict_at,
        "token": link.token,
        "expires_epoch": None if is_kept else _forgotten(link.expires_at),
    }


def _link(item: Item) -> Link:
    return Link(
        digest=item["digest"],
        purpose=Purpose(item["purpose"]),
        reference=item["reference"],
        role=Role(item["role"]),
        issued_at=datetime.fromisoformat(item["issued_at"]),
        expires_at=datetime.fromisoformat(item["expires_at"]),
        holder=item.get("holder", b""),
        superseded_at=moment(item.get("superseded_at")),
        revoked_at=moment(item.get("revoked_at")),
        spent_at=moment(item.get("spent_at")),
        no_conflict_at=moment(item.get("no_conflict_at")),
        token=item.get("token", b""),
    )


def code_item(issued: IssuedCode) -> Item:
    """A code as an item, in place of the link's code before. It is forgotten after a day."""
    code = issued.code
    return keys.code(issued.link) | {
        "kind": "code",
        "schema": 1,
        "salt": code.salt,
        "hash": code.hash,
        "expires_at": code.expires_at,
        "tries": code.tries,
        "sent": code.sent,
        "expires_epoch": _forgotten(code.expires_at),
    }


def _code(item: Item) -> Code:
    return Code(
        salt=item["salt"],
        hash=item["hash"],
        expires_at=datetime.fromisoformat(item["expires_at"]),
        tries=item["tries"],
        sent=tuple(datetime.fromisoformat(sent) for sent in item["sent"]),
    )


def _forgotten(expires_at: datetime) -> int:
    return int((expires_at + FORGOTTEN_AFTER).timestamp())


def session_item(session: Session) -> Item:
    """A session as an item; the table forgets it some time after it ends."""
    return keys.session(session.digest) | {
        "kind": "session",
        "schema": 1,
        "digest": session.digest,
        "link": session.link,
        "reference": session.reference,
        "role": session.role,
        "opened_at": session.opened_at,
        "seen_at": session.seen_at,
        "expires_epoch": int(session.ends_at().timestamp()),
    }


def _session(item: Item) -> Session:
    return Session(
        digest=item["digest"],
        link=item["link"],
        reference=item["reference"],
        role=Role(item["role"]),
        opened_at=datetime.fromisoformat(item["opened_at"]),
        seen_at=datetime.fromisoformat(item["seen_at"]),
    )
