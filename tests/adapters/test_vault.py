"""Seals: what was altered, moved, swapped or put back does not open.

On moto, because its KMS really binds a wrapped key to its context and refuses altered ones.
"""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.vault import KmsVault, SealingKey
from chalicelib.domain import errors, places

CASE, OTHER = "a" * 32, "b" * 32
PLACE = places.draft("d" * 32, 3)
TEXT = b"Jordan Sample"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[KmsVault]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    with mock_aws():
        key = boto3.client("kms").create_key()["KeyMetadata"]["Arn"]
        yield KmsVault(Clients(), key)


def test_what_was_sealed_opens_at_its_place(vault: KmsVault):
    key = vault.new_key(CASE)
    sealed = key.seal(PLACE, TEXT)
    assert TEXT not in sealed
    assert vault.open_key(CASE, key.wrapped).unseal(PLACE, sealed) == TEXT


def test_the_same_text_is_never_sealed_alike(vault: KmsVault):
    key = vault.new_key(CASE)
    assert len({key.seal(PLACE, TEXT) for _ in range(50)}) == 50


@pytest.mark.parametrize("byte", [0, 1, 12, 13, 20, -1])
def test_an_altered_byte_is_refused(vault: KmsVault, byte: int):
    key = vault.new_key(CASE)
    altered = bytearray(key.seal(PLACE, TEXT))
    altered[byte] ^= 1
    with pytest.raises(errors.Tampered):
        key.unseal(PLACE, bytes(altered))


@pytest.mark.parametrize("length", [0, 1, 5, 13, 28])
def test_a_cut_seal_is_refused(vault: KmsVault, length: int):
    key = vault.new_key(CASE)
    with pytest.raises(errors.Tampered):
        key.unseal(PLACE, key.seal(PLACE, TEXT)[:length])


@pytest.mark.parametrize(
    "place",
    [
        places.draft("d" * 32, 2),
        places.draft("e" * 32, 3),
        places.document(CASE),
        places.letter("d" * 64),
        places.ruling("d" * 64, 3),
        "",
    ],
)
def test_a_seal_moved_or_replayed_is_refused(vault: KmsVault, place: str):
    key = vault.new_key(CASE)
    with pytest.raises(errors.Tampered):
        key.unseal(place, key.seal(PLACE, TEXT))


def test_a_seal_of_another_case_is_refused(vault: KmsVault):
    sealed = vault.new_key(OTHER).seal(PLACE, TEXT)
    with pytest.raises(errors.Tampered):
        vault.new_key(CASE).unseal(PLACE, sealed)


def test_a_wrapped_key_opens_for_its_own_case_only(vault: KmsVault):
    wrapped = vault.new_key(CASE).wrapped
    with pytest.raises(errors.Tampered):
        vault.open_key(OTHER, wrapped)


def test_an_altered_wrapped_key_is_refused(vault: KmsVault):
    wrapped = bytearray(vault.new_key(CASE).wrapped)
    wrapped[-1] ^= 1
    with pytest.raises(errors.Tampered):
        vault.open_key(CASE, bytes(wrapped))


def test_a_key_shown_in_a_traceback_shows_no_secret():
    key = SealingKey(CASE, b"wrapped", b"a very secret key of 32 bytes...")
    assert "secret" not in repr(key)
