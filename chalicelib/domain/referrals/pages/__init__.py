"""The words and fields of every page of the form, one module a section.

A section is imported when something of it is first asked for: ``pages.child.Name``. A request
seldom concerns more than one of them, and making the models of all would slow every cold start.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.referrals.pages import (
        agencies,
        awareness,
        child,
        choices,
        chronology,
        criteria,
        family,
        incident,
        lead,
        parallel,
        referrer,
        safety,
        support,
        triage,
    )

__all__ = [
    "agencies",
    "awareness",
    "child",
    "choices",
    "chronology",
    "criteria",
    "family",
    "incident",
    "lead",
    "parallel",
    "referrer",
    "safety",
    "support",
    "triage",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
