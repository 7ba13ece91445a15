"""The service as it is shipped, built once for all tests that look at it."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from infra.build import Architecture, Built, archive, build

HERE: Architecture = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A build of the checkout that this machine can run."""
    return build("test", architecture=HERE, out=tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="session")
def unpacked(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip's contents, in a folder that nothing of the checkout can be reached from."""
    return archive.unpack(built.zip, tmp_path_factory.mktemp("task"))
