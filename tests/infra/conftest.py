"""The template as it is deployed, packaged once a session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from infra import rules
from tests.infra import stacks
from tests.infra.stacks import Stacks

Resource = dict[str, Any]


@pytest.fixture(scope="session")
def packaged() -> Resource:
    """The whole template."""
    return rules.packaged()


@pytest.fixture(scope="session")
def resources(packaged: Resource) -> dict[str, Resource]:
    """Its resources by their logical ids."""
    found: dict[str, Resource] = packaged["Resources"]
    return found


@pytest.fixture(scope="module")
def deployed(strict_ministack: dict[str, str], packaged: Resource) -> Iterator[Stacks]:
    """Both stacks, deployed where policies are checked."""
    with stacks.deployed(strict_ministack, packaged) as made:
        yield made
