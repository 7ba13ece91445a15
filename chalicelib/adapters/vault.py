"""Sealing: AES-256-GCM under a key per case, the key wrapped by KMS and bound to its case.

A sealed value is a format byte, a random 96-bit nonce, then ciphertext and tag. The place where it
belongs (kind, id, version) is authenticated with it, so that a value moved elsewhere or an older
one put back does not open.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chalicelib.adapters.clients import Clients, call
from chalicelib.domain.errors import Tampered, Unavailable

FORMAT = b"\x01"
NONCE_BYTES = 12
REFUSED_CIPHERTEXT = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


@dataclass(frozen=True)
class SealingKey:
    """An open case key."""

    case_id: str
    wrapped: bytes
    _plain: bytes = field(repr=False)

    def seal(self, place: str, data: bytes) -> bytes:
        """Encrypt ``data`` for ``place``."""
        nonce = os.urandom(NONCE_BYTES)
        return FORMAT + nonce + AESGCM(self._plain).encrypt(nonce, data, self._bound_to(place))

    def unseal(self, place: str, sealed: bytes) -> bytes:
        """Decrypt what was sealed for ``place``. Raises Tampered for anything else."""
        nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if sealed[:1] != FORMAT or len(nonce) < NONCE_BYTES:
            raise Tampered("unknown sealed format")
        try:
            return AESGCM(self._plain).decrypt(nonce, ciphertext, self._bound_to(place))
        except InvalidTag as error:
            raise Tampered("seal does not open") from error

    def _bound_to(self, place: str) -> bytes:
        return f"{self.case_id}|{place}".encode()


class KmsVault:
    """Case keys from KMS."""

    def __init__(self, clients: Clients, key_id: str) -> None:
        self._clients = clients
        self._key_id = key_id

    def new_key(self, case_id: str) -> SealingKey:
        """A fresh key for a case."""
        answer = call(
            self._clients.kms.generate_data_key,
            KeyId=self._key_id,
            KeySpec="AES_256",
            EncryptionContext={"case": case_id},
        )
        return SealingKey(case_id, answer["CiphertextBlob"], answer["Plaintext"])

    def open_key(self, case_id: str, wrapped: bytes) -> SealingKey:
        """Unwrap a case's key. Raises Tampered where it was wrapped for another case."""
        answer = _unwrapping(
            self._clients.kms.decrypt,
            KeyId=self._key_id,
            CiphertextBlob=wrapped,
            EncryptionContext={"case": case_id},
        )
        return SealingKey(case_id, wrapped, answer["Plaintext"])

    def rewrap(self, case_id: str, wrapped: bytes) -> bytes:
        """The same case key under KMS's newest key material; it never leaves KMS. Raises Tampered.

        What was wrapped before still opens: KMS keeps its older material.
        """
        context = {"case": case_id}
        answer = _unwrapping(
            self._clients.kms.re_encrypt,
            CiphertextBlob=wrapped,
            SourceKeyId=self._key_id,
            SourceEncryptionContext=context,
            DestinationKeyId=self._key_id,
            DestinationEncryptionContext=context,
        )
        rewrapped: bytes = answer["CiphertextBlob"]
        return rewrapped


def _unwrapping(operation: Callable[..., Any], **arguments: Any) -> Any:
    """Call KMS with a wrapped key. Raises Tampered where KMS does not know it as its own."""
    try:
        return call(operation, **arguments)
    except Unavailable as error:
        cause = error.__cause__
        if isinstance(cause, ClientError) and (
            cause.response["Error"]["Code"] in REFUSED_CIPHERTEXT
        ):
            raise Tampered("wrapped key does not open") from error
        raise
