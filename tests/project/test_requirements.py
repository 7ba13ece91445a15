"""The pinned requirements agree with what is asked for, and with each other."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.project.files import text

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)(?: ; ([^\\]+?))? ?\\?$", re.M)
SETS = ("requirements", "requirements-dev", "requirements-aws", "requirements-checkov")


def asked(name: str) -> list[Requirement]:
    lines = (line.split("#")[0].strip() for line in text(f"{name}.in").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def pins(name: str) -> dict[str, set[str]]:
    """Every version that a package is pinned to, by the package's name."""
    found: dict[str, set[str]] = {}
    for package, version, _ in PIN.findall(text(f"{name}.txt")):
        found.setdefault(canonicalize_name(package), set()).add(version)
    return found


@pytest.mark.parametrize("name", SETS)
def test_what_is_asked_for_is_pinned(name):
    pinned = pins(name)
    for requirement in asked(name):
        versions = pinned.get(canonicalize_name(requirement.name), set())

        assert versions, requirement.name
        assert all(requirement.specifier.contains(each) for each in versions), requirement.name


@pytest.mark.parametrize("name", SETS)
def test_every_pin_has_its_hashes(name):
    entries = re.split(r"\n(?=[A-Za-z0-9])", text(f"{name}.txt").strip())

    assert entries
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


def test_the_service_is_tested_with_what_it_ships():
    tested = pins("requirements-dev")

    assert all(tested[package] == versions for package, versions in pins("requirements").items())


def test_chalice_is_not_shipped_beside_its_own_runtime():
    assert "chalice" not in pins("requirements")
