"""The template as it is deployed, packaged once a session."""

from __future__ import annotations

from typing import Any

import pytest

from infra import rules

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
