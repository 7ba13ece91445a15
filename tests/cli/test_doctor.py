"""``doctor``: each finding is right about what it looked at, and says what to do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from infra.cli import app
from infra.deploying import checkup, sender
from infra.deploying.findings import Finding, Level
from infra.deploying.sender import CouldNotLookUp

DOMAIN = "example.org"
GOOD = {
    (DOMAIN, "TXT"): ["v=spf1 include:amazonses.com -all"],
    (f"one._domainkey.{DOMAIN}", "CNAME"): ["one.dkim.amazonses.com."],
    (f"_dmarc.{DOMAIN}", "TXT"): ["v=DMARC1; p=quarantine"],
}


def looked_at(records: dict[tuple[str, str], list[str]]) -> dict[str, Finding]:
    def look_up(name: str, kind: str) -> Sequence[str]:
        return records.get((name, kind), [])

    return {each.name: each for each in sender.findings(DOMAIN, ["one"], look_up)}


def test_a_domain_with_all_its_records_is_well():
    assert {each.level for each in looked_at(GOOD).values()} == {Level.OK}


@pytest.mark.parametrize(
    "change,name,level",
    [
        ({(DOMAIN, "TXT"): []}, "SPF", Level.WARN),
        ({(DOMAIN, "TXT"): ["v=spf1 -all"]}, "SPF", Level.WARN),
        ({(DOMAIN, "TXT"): ["v=spf1 a", "v=spf1 b"]}, "SPF", Level.FAIL),
        ({(f"one._domainkey.{DOMAIN}", "CNAME"): []}, "DKIM records", Level.FAIL),
        ({(f"_dmarc.{DOMAIN}", "TXT"): []}, "DMARC", Level.WARN),
        ({(f"_dmarc.{DOMAIN}", "TXT"): ["v=DMARC1; p=none"]}, "DMARC", Level.WARN),
    ],
)
def test_a_record_that_is_missing_or_weak_has_a_next_step(
    change: dict[tuple[str, str], list[str]], name: str, level: Level
):
    found = looked_at(GOOD | change)[name]

    assert found.level is level
    assert found.next_step


def test_a_dns_that_does_not_answer_says_nothing_about_the_domain():
    def silent(_: str, __: str) -> Sequence[str]:
        raise CouldNotLookUp("Timeout")

    found = list(sender.findings(DOMAIN, ["one"], silent))

    assert {(each.level, each.found) for each in found} == {(Level.WARN, "could not look up")}


class GuardDuty:
    """One plan of another bucket, and perhaps one of ours."""

    def __init__(self, status: str = "") -> None:
        self.plans = {"other": ("safeguarding-prod-data-quarantinebucket-1", "ERROR")}
        if status:
            self.plans["ours"] = ("safeguarding-test-data-quarantinebucket-2", status)

    def list_malware_protection_plans(self) -> dict[str, Any]:
        return {
            "MalwareProtectionPlans": [{"MalwareProtectionPlanId": each} for each in self.plans]
        }

    def get_malware_protection_plan(self, *, MalwareProtectionPlanId: str) -> dict[str, Any]:
        bucket, status = self.plans[MalwareProtectionPlanId]
        return {
            "Status": status,
            "StatusReasons": [{"Code": "INSUFFICIENT_TEST_OBJECT_PERMISSIONS"}],
            "ProtectedResource": {"S3Bucket": {"BucketName": bucket}},
        }


@pytest.mark.parametrize(
    "scans,status,level,said",
    [
        (True, "ACTIVE", Level.OK, "scans what comes into quarantine"),
        (True, "ERROR", Level.FAIL, "ERROR: INSUFFICIENT_TEST_OBJECT_PERMISSIONS"),
        (True, "", Level.WARN, "no plan for our bucket yet"),
        (False, "ACTIVE", Level.WARN, "nothing scans files"),
    ],
)
def test_a_scanner_that_does_not_work_is_found(scans: bool, status: str, level: Level, said: str):
    patient = SimpleNamespace(
        scans=scans,
        settings=SimpleNamespace(stage="test"),
        session=SimpleNamespace(client=lambda _: GuardDuty(status)),
    )

    found = checkup._scanner(cast(checkup.Patient, patient))

    assert found.level is level
    assert said in found.found
    assert bool(found.next_step) is (level is not Level.OK)


def test_settings_that_are_not_valid_are_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STAGES_FOLDER", str(tmp_path))
    (tmp_path / "test.json").write_text('{"area": "Exampleton"}')

    result = CliRunner().invoke(app.build(), ["doctor", "test", "--json"])

    assert result.exit_code == 1
    (finding,) = json.loads(result.stdout)["findings"]
    assert (finding["name"], finding["level"]) == ("Settings", "fail")
    assert "base_url: Field required" in finding["found"]


@pytest.mark.aws
def test_the_local_stage_is_looked_at_as_any_other(aws: dict[str, str]):
    result = CliRunner().invoke(app.build(), ["doctor", "local", "--no-dns", "--json"])

    levels = {each["name"]: each["level"] for each in json.loads(result.stdout)["findings"]}
    assert levels["Credentials"] in ("ok", "warn")
    assert levels["Region"] == levels["Python"] == levels["Packages"] == "ok"
