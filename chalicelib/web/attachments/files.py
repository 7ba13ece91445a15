"""Attachments as people read them: a name, what kind of file and how large, and its state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.attachments import State

if TYPE_CHECKING:
    from chalicelib.services.attachments import Held

KILOBYTE = 1024
MEGABYTE = KILOBYTE * KILOBYTE

_REFUSED = ("Not accepted", "red")
_SAID: dict[State, tuple[str, str]] = {
    State.EXPECTED: ("Not uploaded", "grey"),
    State.CHECKING: ("Being checked", "blue"),
    State.CLEAN: ("Safe", "green"),
}
_STOPPED = "The upload did not finish. Remove this file, or add it again."


@dataclass(frozen=True)
class Shown:
    """One file in a list. ``badge`` is the short word of its kind, for the eye alone."""

    id: str
    number: int
    name: str
    size: int
    detail: str
    badge: str
    state: str
    label: str
    colour: str
    problem: str
    may_download: bool


def shown(held: Iterable[Held]) -> tuple[Shown, ...]:
    """Files in the order in which they were added."""
    return tuple(_shown(each) for each in held)


def size(number: int) -> str:
    """A number of bytes as people write it: 25 MB, 1.4 MB, 340 KB, 12 bytes."""
    if number >= MEGABYTE:
        # Cut, not rounded: nothing that is too large is ever shown as just small enough.
        tenths = number * 10 // MEGABYTE
        return f"{tenths // 10}.{tenths % 10} MB".replace(".0 ", " ")
    if number >= KILOBYTE:
        return f"{number // KILOBYTE} KB"
    return "1 byte" if number == 1 else f"{number} bytes"


def _shown(held: Held) -> Shown:
    label, colour = _SAID.get(held.state, _REFUSED)
    extension = held.name.rpartition(".")[2] if "." in held.name else ""
    return Shown(
        id=held.id,
        number=held.number,
        name=held.name or f"File {held.number}",
        size=held.size,
        detail=", ".join(_details(held)),
        badge=extension[:4].upper() or "FILE",
        state=held.state.value,
        label=label,
        colour=colour,
        problem=_STOPPED if held.state is State.EXPECTED else held.problem,
        may_download=held.may_download,
    )


def _details(held: Held) -> Iterator[str]:
    if held.kind:
        yield held.kind
    if held.size:
        yield size(held.size)
    if not held.name:
        # It was sent without the script, and brought its name along unread.
        yield "its name appears once it is checked"
