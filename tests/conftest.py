"""Fixtures that tests of every layer may ask for."""

from __future__ import annotations

import pytest

from tests import rendered
from tests import stage as stages

pytest_plugins = ["tests.aws.fixtures", "tests.browser.fixtures", "tests.build.fixtures"]


@pytest.fixture
def stage(aws: dict[str, str]) -> stages.Stage:
    """The real services on an empty local AWS, with a clock to set and mail caught in a list."""
    return stages.build(aws)


def pytest_configure() -> None:
    rendered.note_rendering()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What looks back on the whole run comes last; otherwise the order stays."""
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)
