"""The service as it is shipped, built once for all tests that look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.build import Built, archive, build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A build of the checkout."""
    return build("test", out=tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="session")
def unpacked(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip's contents, in a folder that nothing of the checkout can be reached from."""
    return archive.unpack(built.zip, tmp_path_factory.mktemp("task"))
