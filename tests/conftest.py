"""Fixtures that tests of every layer may ask for."""

from __future__ import annotations

import pytest

from tests import stage as stages

pytest_plugins = ["tests.aws.fixtures", "tests.browser.fixtures"]


@pytest.fixture
def stage(aws: dict[str, str]) -> stages.Stage:
    """The real services on an empty local AWS, with a clock to set and mail caught in a list."""
    return stages.build(aws)
