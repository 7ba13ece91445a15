"""One stage for all examples of a file: an example costs a few milliseconds, a stage forty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import factories
from tests import stage as stages
from tests.aws.fixtures import fresh_stack
from tests.fuzz.world import DraftWorld
from tests.stage import Stage


@pytest.fixture(scope="module")
def shared_stage(ministack: dict[str, str]) -> Iterator[Stage]:
    """A stage that lasts as long as its file."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield stages.build(fresh_stack(ministack, monkeypatch))


@pytest.fixture(scope="module")
def world(shared_stage: Stage) -> DraftWorld:
    """A referral with every question answered, that was not sent yet."""
    return DraftWorld(shared_stage, factories.answers_from())
