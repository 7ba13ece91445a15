"""What is shipped: the right files, the same every time, and they work by themselves."""

from __future__ import annotations

import json
import re
import shutil
import struct
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from botocore.session import get_session

from chalicelib.settings import Settings
from chalicelib.web import assets
from infra.build import MOST_BYTES, BuildFailed, Built, archive, build, check_interpreter, trimming
from tests import stage
from tests.bench import canned
from tests.build import shipped
from tests.build.fixtures import HERE
from tests.project.files import ROOT
from tests.project.test_requirements import pins

OURS = {"app", "chalice", "chalicelib"}
# A package's folder or module where it is not the package's own name.
MODULES = {
    "_cffi_backend",
    "dateutil",
    "dns",
    "six",
    "typing_extensions",
}
NEVER = re.compile(r"^(infra|tests|templates|docs|\.chalice)/|\.(html|scss|pyi)$|\.dist-info/")
DOWNLOAD = re.compile(r"https?://\S+\.(?:whl|tar\.gz|tgz)|index-url|/simple/")


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in archive.files(folder)}


def test_two_builds_of_the_same_sources_are_the_same_file(built: Built, tmp_path: Path):
    again = build("test", architecture=HERE, out=tmp_path)

    assert again.digest == built.digest
    assert again.template.read_bytes() == built.template.read_bytes()
    assert again.sbom.read_bytes() == built.sbom.read_bytes()


def test_the_zip_stays_small_enough_to_start_quickly(built: Built):
    assert built.zip.stat().st_size <= MOST_BYTES


def test_the_zip_holds_the_service_and_what_it_requires_and_nothing_else(unpacked: Path):
    packages = {name.replace("-", "_") for name in pins("requirements")}
    found = {path.name.partition(".")[0] for path in unpacked.iterdir()}

    assert found - {"__pycache__"} <= OURS | MODULES | packages


def test_no_source_that_only_a_developer_reads_is_shipped(unpacked: Path):
    assert not [name for name in names(unpacked) if NEVER.search(name)]


def test_every_template_and_asset_is_shipped(unpacked: Path):
    sources = [
        path for path in (ROOT / "templates").rglob("*.*") if path.suffix in (".html", ".txt")
    ]
    compiled = list((unpacked / "chalicelib" / "_templates").glob("*.py"))

    assert len(compiled) == len([path for path in sources if "assets" not in path.parts])
    assert (unpacked / "chalicelib" / "_assets" / "manifest.json").is_file()


def test_every_module_has_bytecode_that_is_not_compared_with_its_source(unpacked: Path):
    for source in unpacked.rglob("*.py"):
        header = Path(cache_from_source(str(source))).read_bytes()[:8]

        assert struct.unpack("<I", header[4:])[0] == 0b01, source


def test_a_fresh_process_answers_from_the_zip_alone(unpacked: Path, tmp_path: Path):
    settings = Settings.from_environ(stage.environment(canned.ENVIRONMENT | canned.SETTINGS))
    style = f"{assets.prefix(settings.accent_colour)}/service.css"

    told = shipped.ask(unpacked, tmp_path, paths=("/health", style)).answers

    question = told[f"/refer/{shipped.PAGE}"]
    assert question.status == 200
    assert "What is the child’s name?" in question.body
    assert style in question.body
    assert told["/health"].status == 200
    assert json.loads(told["/health"].body)["status"] == "ok"
    assert told[style].status == 200
    assert told[style].type.startswith("text/css")
    assert ".govuk-button" in told[style].body


def test_a_function_runs_the_bytecode_whatever_the_date_of_its_source(
    unpacked: Path, tmp_path: Path
):
    code = shutil.copytree(unpacked, tmp_path / "code")
    for source in (code / "app.py", code / "chalicelib" / "bootstrap.py"):
        source.write_text("this is not Python")

    told = shipped.ask(code, tmp_path, paths=("/health",))

    assert told.answers["/health"].status == 200


def test_a_page_of_the_form_imports_its_own_section_and_no_other_use_case(
    unpacked: Path, tmp_path: Path
):
    imported = shipped.ask(unpacked, tmp_path).imported
    sections = "chalicelib.domain.referrals.pages."

    assert f"{sections}child" in imported
    assert not imported & {f"{sections}{other}" for other in ("criteria", "family", "support")}
    assert not imported & {
        "chalicelib.adapters.mail",
        "chalicelib.domain.referrals.model",
        "chalicelib.services.cases",
        "chalicelib.services.decisions",
    }


def test_every_service_that_an_adapter_uses_is_described_in_the_zip():
    asked = {
        service
        for path in (ROOT / "chalicelib" / "adapters").glob("*.py")
        for service in re.findall(r'_client\("([a-z0-9]+)"', path.read_text(encoding="utf-8"))
    }

    assert asked == trimming.SERVICES


def test_the_short_descriptions_make_the_same_clients(unpacked: Path):
    told = shipped.run(shipped.CLIENTS, unpacked)

    assert set(told) == trimming.SERVICES
    for service, client in told.items():
        model = get_session().get_service_model(service)
        assert client["operations"] == list(model.operation_names)
        assert all(endpoint.startswith("https://") for endpoint in client["endpoints"])
    assert told["sesv2"]["endpoints"][1] == "https://email.eu-west-2.amazonaws.com"
    assert told["s3"]["endpoints"][3] == "https://s3.us-gov-west-1.amazonaws.com"


def test_the_template_names_this_python_and_the_zip_beside_it(built: Built):
    template = json.loads(built.template.read_text(encoding="utf-8"))
    functions = [
        each["Properties"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::Serverless::Function"
    ]

    assert len(functions) == 5
    assert {each["Runtime"] for each in functions} == {"python{}.{}".format(*sys.version_info[:2])}
    assert {each["CodeUri"] for each in functions} == {f"./{built.zip.name}"}


def test_the_bill_of_materials_lists_every_requirement(built: Built):
    bill = json.loads(built.sbom.read_text(encoding="utf-8"))
    listed = {part["name"]: {part["version"]} for part in bill["components"]}

    assert listed.pop("chalice") == pins("requirements-dev")["chalice"]
    assert listed == pins("requirements")
    assert all(part["licenses"] for part in bill["components"])


def test_no_file_beside_the_zip_says_where_a_package_was_downloaded(built: Built):
    for path in (built.sbom, built.template):
        assert not DOWNLOAD.search(path.read_text(encoding="utf-8"))


def test_another_python_than_the_functions_own_is_refused():
    with pytest.raises(BuildFailed, match=r"This is Python 3\.13, and the functions run on 3\.11"):
        check_interpreter((3, 13))
