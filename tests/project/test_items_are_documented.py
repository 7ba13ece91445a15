"""Every kind of item has its row in the data model."""

from __future__ import annotations

import re

import pytest

from tests.project.files import ROOT, text

KINDS = sorted(
    {
        kind
        for path in (ROOT / "chalicelib" / "adapters").glob("*.py")
        for kind in re.findall(r'"kind": "([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
)


def test_the_kinds_are_found():
    assert len(KINDS) >= 10


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_is_documented(kind: str):
    assert f"| `{kind}` |" in text("docs/data-model.md")
