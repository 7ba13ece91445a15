"""What people wrote and have not sent or confirmed yet, as items."""

from __future__ import annotations

from datetime import datetime

from chalicelib.adapters import keys
from chalicelib.adapters.table import Item
from chalicelib.domain.updates import Writing
from chalicelib.ports import PendingRuling, PendingWords


def ruling_item(pending: PendingRuling) -> Item:
    """A ruling as written so far, as an item that the table forgets with its link."""
    return keys.pending(pending.reference, pending.link) | {
        "kind": "pending-ruling",
        "schema": 1,
        "reference": pending.reference,
        "link": pending.link,
        "nonce": pending.nonce,
        "sealed": pending.sealed,
        "supplied": pending.supplied or None,
        "expires_at": pending.expires_at,
        "expires_epoch": int(pending.expires_at.timestamp()),
    }


def to_ruling(item: Item) -> PendingRuling:
    """A ruling as written so far, from its item."""
    return PendingRuling(
        reference=item["reference"],
        link=item["link"],
        nonce=item["nonce"],
        sealed=item["sealed"],
        expires_at=datetime.fromisoformat(item["expires_at"]),
        supplied=item.get("supplied", 0),
    )


def words_item(words: PendingWords) -> Item:
    """What a referrer typed, as an item that the table forgets with time."""
    return keys.words(words.reference, words.writing) | {
        "kind": "pending-words",
        "schema": 1,
        "reference": words.reference,
        "writing": words.writing,
        "nonce": words.nonce,
        "sealed": words.sealed,
        "expires_at": words.expires_at,
        "expires_epoch": int(words.expires_at.timestamp()),
    }


def to_words(item: Item) -> PendingWords:
    """What a referrer typed, from its item."""
    return PendingWords(
        reference=item["reference"],
        writing=Writing(item["writing"]),
        nonce=item["nonce"],
        sealed=item["sealed"],
        expires_at=datetime.fromisoformat(item["expires_at"]),
    )
