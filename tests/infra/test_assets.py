"""What is built from the sources of style and script."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from infra import assets


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the sources that may be changed, with the packages where they are."""
    copy = tmp_path / "sources"
    shutil.copytree(assets.SOURCES, copy, ignore=shutil.ignore_patterns("node_modules"))
    assets.build()
    (copy / "node_modules").symlink_to(assets.SOURCES / "node_modules")
    return copy


def test_a_second_build_has_nothing_to_do(sources, tmp_path):
    assert assets.build(sources, tmp_path / "built")
    assert not assets.build(sources, tmp_path / "built")


def test_a_changed_source_moves_to_another_address(sources, tmp_path):
    built = tmp_path / "built"
    assets.build(sources, built)
    before = json.loads((built / "manifest.json").read_text())["fingerprint"]
    (sources / "_print.scss").write_text("@media print { .x { color: red } }")

    assert assets.build(sources, built)
    after = json.loads((built / "manifest.json").read_text())
    assert after["fingerprint"] != before
    assert [path.name for path in built.iterdir() if path.is_dir()] == [after["fingerprint"]]


def test_a_source_that_does_not_compile_says_where(sources, tmp_path):
    (sources / "_print.scss").write_text("@media print {")

    with pytest.raises(assets.BuildFailed, match=r"_print\.scss"):
        assets.build(sources, tmp_path / "built")


def test_every_file_of_the_manifest_is_there(sources, tmp_path):
    built = tmp_path / "built"
    assets.build(sources, built)
    manifest = json.loads((built / "manifest.json").read_text())

    assert manifest["files"]
    for name in manifest["files"]:
        assert (built / manifest["fingerprint"] / name).read_text()
