"""One stage for all examples of a file: an example costs a few milliseconds, a stage forty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import factories
from tests import stage as stages
from tests.aws.fixtures import fresh_stack
from tests.fuzz.world import World


@pytest.fixture(scope="module")
def world(ministack: dict[str, str]) -> Iterator[World]:
    """A referral with every question answered, that was not sent yet."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        stage = stages.build(fresh_stack(ministack, monkeypatch))
        yield World(stage, factories.answers_from())
