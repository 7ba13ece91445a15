"""What GuardDuty tells of a file in quarantine, read into our own words.

The shape is that of "GuardDuty Malware Protection Object Scan Result" in AWS's guide to Malware
Protection for S3: ``s3ObjectDetails`` names one version of one object, ``scanResultDetails`` holds
the result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.attachments import ScanResult, Verdict

KEY = re.compile(r"quarantine/([0-9a-f]{32})/([0-9a-f]{32})")
VERDICTS = {
    "NO_THREATS_FOUND": Verdict.CLEAN,
    "THREATS_FOUND": Verdict.INFECTED,
    "UNSUPPORTED": Verdict.UNSUPPORTED,
    "ACCESS_DENIED": Verdict.FAILED,
    "FAILED": Verdict.FAILED,
}


def result(detail: Mapping[str, Any], *, bucket: str) -> ScanResult | None:
    """The verdict in an event's ``detail``, or None where it is on no file of ours.

    A word that GuardDuty did not have when this was written counts as a failed scan.
    """
    scanned = detail.get("s3ObjectDetails", {})
    key = KEY.fullmatch(scanned.get("objectKey", ""))
    version = scanned.get("versionId")
    if scanned.get("bucketName") != bucket or key is None or not version:
        return None
    word = detail.get("scanResultDetails", {}).get("scanResultStatus", "")
    return ScanResult(key[1], key[2], version, VERDICTS.get(word, Verdict.FAILED))
