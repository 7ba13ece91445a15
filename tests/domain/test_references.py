"""References that survive being read out over a telephone."""

from __future__ import annotations

import random

import pytest

from chalicelib.domain.references import (
    ALPHABET,
    is_reference,
    new_reference,
    normal_reference,
)

SAMPLES = [new_reference(random.Random(seed).choice) for seed in range(200)]


def test_a_reference_has_eight_characters_without_look_alikes():
    for reference in SAMPLES:
        assert reference.startswith("PR-")
        assert len(reference) == 11
        assert not set(reference.removeprefix("PR-")) & set("0O1ILQZ")
        assert is_reference(reference)


def test_a_wrong_character_is_recognised_wherever_it_stands():
    reference = SAMPLES[0]
    for place in range(3, len(reference)):
        for character in ALPHABET.replace(reference[place], ""):
            assert not is_reference(reference[:place] + character + reference[place + 1 :])


def test_two_neighbours_exchanged_are_recognised():
    for reference in SAMPLES:
        for place in range(3, 9):
            first, second = reference[place], reference[place + 1]
            swapped = reference[:place] + second + first + reference[place + 2 :]
            assert first == second or not is_reference(swapped)


@pytest.mark.parametrize("text", ["", "PR-", "PR-1", "pr-22222222", "22222222", "PR-2222222"])
def test_anything_else_is_no_reference(text: str):
    assert not is_reference(text)


def test_a_reference_is_known_however_it_is_written():
    for reference in SAMPLES:
        bare = reference.removeprefix("PR-")
        for typed in (
            reference,
            reference.lower(),
            f" {reference} ",
            bare,
            f"pr {bare[:4]} {bare[4:]}",
            f"PR\u2013{bare}",
        ):
            assert normal_reference(typed) == reference


@pytest.mark.parametrize("typed", ["", " ", "-", "PR", "pr-", "\n"])
def test_nothing_typed_is_no_reference_at_all(typed: str):
    assert normal_reference(typed) == ""


@pytest.mark.parametrize("typed", ["Jordan Sample", "PR-2222222é", "PR-PR-22222222", "1" * 9_999])
def test_what_cannot_be_a_reference_stays_none(typed: str):
    assert not is_reference(normal_reference(typed))
