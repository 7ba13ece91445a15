"""Pseudonyms: the same value always gets the same one, and nobody can tell the value from it.

KMS derives a key for each purpose from a key that never leaves it, so that somebody who holds the
table cannot try out addresses, and a mailbox is not known again under another purpose.
"""

from __future__ import annotations

import hmac

from chalicelib.adapters.clients import Clients, call

_DIGITS = 32


class KmsPseudonyms:
    """Pseudonyms under keys that are derived once a process and purpose."""

    def __init__(self, clients: Clients, key_id: str) -> None:
        self._clients = clients
        self._key_id = key_id
        self._keys: dict[str, bytes] = {}

    def of(self, purpose: str, value: str) -> str:
        """The pseudonym of a value, the same whatever its letters' case."""
        if purpose not in self._keys:
            self._keys[purpose] = self._derived(purpose)
        known = value.strip().casefold().encode()
        return hmac.new(self._keys[purpose], known, "sha256").hexdigest()[:_DIGITS]

    def _derived(self, purpose: str) -> bytes:
        answer = call(
            self._clients.kms.generate_mac,
            KeyId=self._key_id,
            MacAlgorithm="HMAC_SHA_256",
            Message=f"pseudonyms/{purpose}".encode(),
        )
        key: bytes = answer["Mac"]
        return key
