"""GuardDuty's events, as its guide shows them, read into verdicts."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.adapters import scans
from chalicelib.domain.attachments import ScanResult, Verdict

CASE, FILE = "0f" * 16, "a1" * 16
BUCKET = "quarantine-bucket"


def detail(**changes: Any) -> dict[str, Any]:
    of_object = {
        "bucketName": BUCKET,
        "objectKey": f"quarantine/{CASE}/{FILE}",
        "eTag": "d41d" * 8,
        "versionId": "v1",
        "s3Throttled": False,
    }
    status = changes.pop("status", "NO_THREATS_FOUND")
    return {
        "schemaVersion": "1.0",
        "scanStatus": "COMPLETED",
        "resourceType": "S3_OBJECT",
        "s3ObjectDetails": of_object | changes,
        "scanResultDetails": {"scanResultStatus": status, "threats": None},
    }


@pytest.mark.parametrize(
    "status, verdict",
    [
        ("NO_THREATS_FOUND", Verdict.CLEAN),
        ("THREATS_FOUND", Verdict.INFECTED),
        ("UNSUPPORTED", Verdict.UNSUPPORTED),
        ("ACCESS_DENIED", Verdict.FAILED),
        ("FAILED", Verdict.FAILED),
        ("A_WORD_OF_LATER_YEARS", Verdict.FAILED),
        ("", Verdict.FAILED),
    ],
)
def test_each_status_is_a_verdict(status: str, verdict: Verdict):
    read = scans.result(detail(status=status), bucket=BUCKET)
    assert read == ScanResult(CASE, FILE, "v1", verdict)


@pytest.mark.parametrize(
    "changes",
    [
        {"bucketName": "another"},
        {"objectKey": "malware-protection-resource-validation-object"},
        {"objectKey": f"quarantine/{CASE}/{FILE}/more"},
        {"objectKey": f"quarantine/{CASE}/../{FILE}"},
        {"objectKey": f"attachments/{CASE}/{FILE}"},
        {"versionId": None},
    ],
)
def test_an_event_on_something_else_is_passed_over(changes: dict[str, Any]):
    assert scans.result(detail(**changes), bucket=BUCKET) is None


@pytest.mark.parametrize("event", [{}, {"s3ObjectDetails": {}}])
def test_an_event_of_another_shape_is_passed_over(event: dict[str, Any]):
    assert scans.result(event, bucket=BUCKET) is None
