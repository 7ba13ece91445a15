"""A use case, a fault at one of its calls, and the user who tries again, for every call in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from chalicelib.domain import errors
from chalicelib.domain.messages import LEASE
from tests import stage as stages
from tests.faults.harness import Faults, Side
from tests.stage import Stage

Fresh = Callable[[], dict[str, str]]


@dataclass(frozen=True)
class Scene:
    """A stage at the moment before a use case, and what its user does."""

    stage: Stage
    faults: Faults
    act: Callable[[], object]


def faulty(aws: dict[str, str]) -> tuple[Stage, Faults]:
    stage = stages.build(aws)
    return stage, Faults(stage.services.clients.session)


def every_fault(setting: Callable[[], Scene]) -> Iterator[tuple[Scene, str]]:
    """For each call and side: a fresh scene in which that call failed and the user tried again.

    Goes on until a number is reached that no call has, so that none is skipped.
    """
    for number in count(1):
        for side in Side:
            scene = setting()
            with scene.faults.at(number, side):
                if not attempt(scene):
                    assert scene.faults.injected == 1
                elif not scene.faults.injected:
                    assert number > 1
                    return
                name = scene.faults.calls[number - 1]
            assert attempt(scene), f"the second try failed after {side.value} {name}"
            yield scene, f"{side.value} {number} {name}"


def attempt(scene: Scene) -> bool:
    """Whether the user's act came to its end."""
    try:
        scene.act()
    except errors.Unavailable:
        return False
    return True


def send_all(stage: Stage) -> None:
    """What the minutes after bring: every lease ends, the sweep runs."""
    for _ in range(3):
        stage.clock.advance(LEASE + timedelta(minutes=1))
        stage.deliver()


def both_sides(calls: Sequence[str]) -> list[str]:
    """The faults of these calls, as ``every_fault`` names them."""
    return [
        f"{side.value} {number} {call}"
        for number, call in enumerate(calls, start=1)
        for side in Side
    ]
