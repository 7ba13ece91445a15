"""The referral form: its questions, their order, what a person answered, and the finished referral.

- ``pages``: the words and fields of every page, one module a section
- ``page``, ``conditions``, ``table``: the pages in order, and when each is asked
- ``journey``: walking that table: the next page, a section's status, what is still missing
- ``answers``: everything answered so far
- ``summaries``: answers as labelled lines, for the check page, the case page and exports
- ``model``: the complete referral; imported when first asked for, because it needs every page
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.referrals import model

__all__ = ["model"]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
