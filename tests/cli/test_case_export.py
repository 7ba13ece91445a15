"""``case export``: one zip that opens, matches its manifest and says all that the case holds."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import html5lib
import pytest

from chalicelib.domain.attachments import Verdict
from chalicelib.domain.audit import Act
from chalicelib.domain.cases import Outcome
from infra.operating import exports
from tests import papers, uploads
from tests.cli.operator import NAME, Operator, at_work, sung, unchanged, with_canaries
from tests.followers import follower
from tests.stage import REASON, Stage

pytestmark = pytest.mark.aws

WHY = "Subject access 14"


@pytest.fixture
def operator(stage: Stage) -> Operator:
    return at_work(stage)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "case.zip"


def export(operator: Operator, reference: str, out: Path) -> zipfile.ZipFile:
    operator.run("case", "export", NAME, reference, str(out), "--reason", WHY)
    return zipfile.ZipFile(out)


def test_the_zip_matches_its_manifest(operator: Operator, out: Path):
    reference = operator.decided()
    with export(operator, reference, out) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        held = {name for name in archive.namelist() if not name.endswith("/")}
        listed = {each["path"]: each for each in manifest["files"]}
        assert manifest["reference"] == reference
        assert held - {"manifest.json"} == set(listed)
        for path, each in listed.items():
            content = archive.read(path)
            assert hashlib.sha256(content).hexdigest() == each["sha256"], path
            assert len(content) == each["size"]


def test_everything_that_was_said_is_in_it(operator: Operator, out: Path):
    reference, canaries = with_canaries(operator)
    with export(operator, reference, out) as archive:
        for path in ("referral.json", "case.html"):
            assert sung(archive.read(path).decode(), canaries) == set(canaries), path
        assert sung(archive.read("messages.json").decode(), canaries) == set()
        assert "attachments/" in archive.namelist()


def test_what_the_referrer_supplied_and_their_files_are_in_it(operator: Operator, out: Path):
    stage = operator.stage
    reference = operator.case()
    referrer = follower(stage, reference)
    referrer.supply("A second child was named.")
    desk = uploads.Desk(stage, referrer.case.case_id, referrer.read().key)
    desk.add("../../log.pdf", papers.pdf())
    uploads.scan(stage)
    desk.add("eicar.pdf", papers.EICAR)
    uploads.scan(stage, Verdict.INFECTED)
    with export(operator, reference, out) as archive:
        (supplied,) = json.loads(archive.read("information.json"))
        good, bad = json.loads(archive.read("attachments.json"))
        printed = archive.read("case.html").decode()
        assert archive.read("attachments/01-log.pdf") == papers.pdf()
        files = [name for name in archive.namelist() if name.startswith("attachments/")]
    assert supplied["words"] == "A second child was named."
    assert (good["state"], good["path"]) == ("clean", "attachments/01-log.pdf")
    assert (bad["name"], bad["state"], bad["path"]) == ("eicar.pdf", "infected", None)
    assert files == ["attachments/", "attachments/01-log.pdf"]
    for words in ("A second child was named.", "log.pdf (clean)", "eicar.pdf (infected)"):
        assert words in printed


def test_decisions_and_the_trail_are_in_it_with_their_reasons(operator: Operator, out: Path):
    reference = operator.decided(Outcome.OTHER_ACTION)
    with export(operator, reference, out) as archive:
        (decision,) = json.loads(archive.read("decisions.json"))
        trail = json.loads(archive.read("trail.json"))
        printed = archive.read("case.html").decode()
    assert (decision["outcome"], decision["reason"]) == ("other-action", REASON)
    assert decision["other_action"]
    assert (trail[-1]["act"], trail[-1]["reason"]) == ("case-exported", WHY)
    assert REASON in printed


def test_the_page_to_print_needs_no_other_file(operator: Operator, out: Path):
    reference = operator.decided()
    with export(operator, reference, out) as archive:
        page = html5lib.HTMLParser(strict=True).parse(archive.read("case.html").decode())
    used = [element for element in page.iter() if {"src", "href"} & set(element.attrib)]
    assert used == []


def test_the_same_opened_case_gives_the_same_bytes(operator: Operator):
    stage = operator.stage
    reference = operator.decided()
    now, settings = stage.clock(), stage.services.settings
    opened = stage.services.cases.unseal(
        reference, reason=WHY, operator="op", now=now, act=Act.CASE_EXPORTED
    )
    one, other = (exports.pack(exports.files(opened, settings, exported_at=now)) for _ in range(2))
    assert one == other


def test_only_its_owner_can_read_the_file(operator: Operator, out: Path):
    export(operator, operator.case(), out).close()
    assert out.stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_over_a_file_or_on_a_dry_run(operator: Operator, out: Path):
    reference = operator.case()
    words = ("case", "export", NAME, reference, str(out), "--reason", WHY)
    with unchanged(operator, reference):
        operator.run(*words, "--dry-run")
        assert not out.exists()
        out.write_text("mine")
        operator.refused(*words, code=2)
    assert out.read_text() == "mine"
