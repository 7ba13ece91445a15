"""Where the peer keeps a referral's answers: in memory, or sealed in AWS as ours are."""

from __future__ import annotations

import json
import os
from datetime import date
from typing import Any, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chalicelib.adapters.table import pack, unpack
from tests.bench.canned import Client
from tests.bench.ours import Sealed

Answers = dict[str, dict[str, Any]]


class Keeping(Protocol):
    """Answers by page, as the forms give them."""

    def open(self) -> Answers: ...
    def save(self, answers: Answers) -> None: ...


class InMemory:
    """A dictionary: the least that a page can do with its answers."""

    def __init__(self) -> None:
        self._answers: Answers = {}

    def open(self) -> Answers:
        return self._answers

    def save(self, answers: Answers) -> None:
        self._answers = answers


class InTable:
    """One item in the table, encrypted under a key that KMS unwraps: the job that ours does.

    The same stand-in for AWS as ours, and the same referral to begin with.
    """

    def __init__(self, sealed: Sealed, plain: Answers) -> None:
        self._client = Client(sealed.item, sealed.key)
        self._client.item = pack(self._item(sealed.key, plain))

    def open(self) -> Answers:
        item = unpack(self._client.get_item()["Item"])
        key = self._client.decrypt()["Plaintext"]
        text = AESGCM(key).decrypt(item["nonce"], item["answers"], b"draft")
        answers: Answers = json.loads(text)
        return answers

    def save(self, answers: Answers) -> None:
        key = self._client.decrypt()["Plaintext"]
        item = pack(self._item(key, answers))
        self._client.put_item(Item=item)
        self._client.item = item

    def _item(self, key: bytes, answers: Answers) -> dict[str, Any]:
        nonce = os.urandom(12)
        text = json.dumps(answers, default=date.isoformat).encode()
        return {"nonce": nonce, "answers": AESGCM(key).encrypt(nonce, text, b"draft")}
