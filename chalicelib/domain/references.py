"""Case references: ``PR-`` and eight characters that survive being read out over a telephone.

The alphabet leaves out 0 O 1 I L Q Z. The last character checks the seven before it, so that a
mistyped reference is recognised without a look-up.
"""

from __future__ import annotations

from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPRSTUVWXY"  # pragma: allowlist secret
PREFIX = "PR-"
_LENGTH = 8


def new_reference(choose: Callable[[str], str]) -> str:
    """Make a reference; ``choose`` picks one character of an alphabet (``secrets.choice``)."""
    body = "".join(choose(ALPHABET) for _ in range(_LENGTH - 1))
    return PREFIX + body + _check_character(body)


def is_reference(text: str) -> bool:
    """Whether ``text`` is a well-formed reference with the right check character."""
    body = text.removeprefix(PREFIX)
    return (
        text.startswith(PREFIX)
        and len(body) == _LENGTH
        and all(character in ALPHABET for character in body)
        and _check_character(body[:-1]) == body[-1]
    )


def normal_reference(typed: str) -> str:
    """A reference as a person types or pastes it, in the one form that is stored.

    What cannot be one is returned all the same: ``is_reference`` says so. Nothing stays nothing.
    """
    letters = "".join(character for character in typed.upper() if character.isalnum())
    if len(letters) != _LENGTH:
        letters = letters.removeprefix(PREFIX.rstrip("-"))
    return PREFIX + letters if letters else ""


def _check_character(body: str) -> str:
    # 29 characters: a prime, so weights 2 to 8 find every single error and every exchange of
    # two neighbours.
    total = sum(weight * ALPHABET.index(c) for weight, c in enumerate(body, start=2))
    return ALPHABET[total % len(ALPHABET)]
