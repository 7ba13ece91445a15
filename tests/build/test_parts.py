"""The steps of a build, each by itself."""

from __future__ import annotations

import json
import os
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra.build import BuildFailed, archive, bytecode, staging, templates


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_files_written_at_other_times_and_in_another_order_give_the_same_zip(tmp_path):
    for name, order in (("first", "ab"), ("second", "ba")):
        for number, letter in enumerate(order):
            file = write(tmp_path / name / letter / "module.py", letter)
            os.utime(file, (number, number))
            file.chmod(0o600 if number else 0o755)

    zips = [archive.pack(tmp_path / name, tmp_path / f"{name}.zip") for name in ("first", "second")]

    assert zips[0].read_bytes() == zips[1].read_bytes()


def test_whoever_runs_the_function_may_read_its_files(tmp_path):
    write(tmp_path / "code" / "app.py", "").chmod(0o600)

    with ZipFile(archive.pack(tmp_path / "code", tmp_path / "code.zip")) as zipped:
        assert zipped.getinfo("app.py").external_attr >> 16 == 0o100644


def test_a_module_that_does_not_compile_stops_the_build(tmp_path):
    write(tmp_path / "broken.py", "def")

    with pytest.raises(BuildFailed, match=r"broken\.py"):
        bytecode.write(tmp_path)


def test_templates_are_joined_at_every_depth(tmp_path):
    first = write(tmp_path / "a.yaml", "{Description: One, Resources: {A: {Type: T}}}")
    second = write(tmp_path / "b.yaml", "{Description: Two, Resources: {A: {P: 1}, B: {Type: U}}}")

    assert templates.merged([first, second]) == {
        "Description": "One",
        "Resources": {"A": {"Type": "T", "P": 1}, "B": {"Type": "U"}},
    }


def test_templates_that_disagree_are_refused(tmp_path):
    first = write(tmp_path / "a.yaml", "{Resources: {A: {Type: T}}}")
    second = write(tmp_path / "b.yaml", "{Resources: {A: {Type: U}}}")

    with pytest.raises(BuildFailed, match=r"b\.yaml: Resources: A: Type is also"):
        templates.merged([first, second])


@pytest.mark.parametrize(
    "short,long",
    [
        ("!Ref Stage", {"Ref": "Stage"}),
        ("!Sub '${Stage}-api'", {"Fn::Sub": "${Stage}-api"}),
        ("!GetAtt Table.Stream.Arn", {"Fn::GetAtt": ["Table", "Stream.Arn"]}),
        ("!If [A, !Ref B, c]", {"Fn::If": ["A", {"Ref": "B"}, "c"]}),
        ("!Condition A", {"Condition": "A"}),
    ],
)
def test_a_short_intrinsic_is_written_out(tmp_path, short, long):
    assert templates.load(write(tmp_path / "a.yaml", f"Value: {short}"))["Value"] == long


def test_a_stage_is_packaged_for_its_architecture_with_a_policy_for_each_function(tmp_path):
    app = staging.stage(tmp_path / "app", stage_name="test", architecture="arm64")

    config = json.loads((app / ".chalice" / "config.json").read_text(encoding="utf-8"))
    assert config["lambda_architecture"] == "arm64"
    assert set(config["stages"]) == {"test"}
    for policy in staging.POLICIES.glob("*.json"):
        assert config["lambda_functions"][policy.stem]["iam_policy_file"] == policy.name
        assert (app / ".chalice" / policy.name).is_file()
