"""Fixtures that tests of every layer may ask for."""

from __future__ import annotations

pytest_plugins = ["tests.aws.fixtures"]
