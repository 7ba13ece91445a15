"""A capability has one plural noun, and that noun names its files in every room."""

from __future__ import annotations

import pytest

from tests.project.files import ROOT

NOUNS = {
    "advice",
    "attachments",
    "audit",
    "briefings",
    "calendar",
    "cases",
    "decisions",
    "drafts",
    "links",
    "messages",
    "people",
    "publications",
    "referrals",
    "reviews",
    "updates",
}
SHARED_TEMPLATES = {"assets", "components", "email", "errors", "layouts", "site"}


def modules(room: str) -> set[str]:
    folder = ROOT / "chalicelib" / room
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    return files | {path.parent.name for path in folder.glob("*/__init__.py")}


def template_folders() -> set[str]:
    return {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}


def test_a_service_bears_the_noun_of_its_capability():
    assert modules("services") <= NOUNS


def test_a_service_has_rules_of_the_same_noun():
    assert modules("services") <= modules("domain")


def test_a_folder_of_templates_bears_the_noun_of_its_capability():
    assert template_folders() - SHARED_TEMPLATES <= NOUNS


@pytest.mark.parametrize("noun", sorted(template_folders() - SHARED_TEMPLATES))
def test_the_pages_of_a_noun_stand_in_its_own_module(noun):
    assert noun in modules("web")
