"""Why a build stops."""

from __future__ import annotations


class BuildFailed(Exception):
    """The message says what is wrong and what to do about it."""
