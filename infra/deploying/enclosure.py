"""The smoke test's file: sent as a browser without scripts sends one, and looked after.

On AWS GuardDuty scans it. An emulator has no GuardDuty, so there somebody tells the function what
GuardDuty would: its code and its role are tried all the same.
"""

from __future__ import annotations

import http.client
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.domain.attachments import State
from infra.deploying.browser import TIMEOUT_SECONDS, Browser, NotAsExpected, Shown
from infra.local.scanning import Status, scan_event

if TYPE_CHECKING:
    import boto3

    from chalicelib.bootstrap import Services

PAGE = "/refer/attachments"
NAME = "automatic-check.pdf"
PARTS = (
    b"<</Type /Catalog /Pages 2 0 R>>",
    b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
    b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 100 100]>>",
)


def _document(parts: Sequence[bytes]) -> bytes:
    """A PDF of these parts, with the table of where each begins."""
    whole, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(b"%010d 00000 n \n" % len(whole))
        whole += b"%d 0 obj %s endobj\n" % (number, part)
    size = len(parts) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % size + b"".join(places)
    end = b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(whole))
    return whole + table + end


# One empty page: the smallest document that every reader opens.
CONTENT = _document(PARTS)
TAKEN = (200, 201, 204, 303)
PAUSE_SECONDS = 0.5

# Gives a verdict on the files of a case that wait in quarantine.
Scan = Callable[[str], None]


def send(browser: Browser) -> None:
    """Add a file to the draft that the browser has open. Raises NotAsExpected."""
    status = post(browser.open(browser.submit(browser.open(PAGE), {})))
    if status not in TAKEN:
        raise NotAsExpected(f"the storage answered {status} to a file")


def post(form: Shown) -> int:
    """Send the file by a form for files, as a browser does; the storage's status."""
    boundary = secrets.token_hex(16)
    body = _multipart(form.hidden, boundary)
    target = urlsplit(form.action)
    kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
    connection = kind(target.netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(
            "POST",
            target.path or "/",
            body,
            {"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise NotAsExpected(f"a file was not taken: {type(error).__name__}") from error
    finally:
        connection.close()
    return answer.status


def await_checked(services: Services, case_id: str, *, patience_seconds: float) -> str:
    """Wait until the file was checked; where it stands then. Raises NotAsExpected."""
    deadline = time.monotonic() + patience_seconds
    while True:
        found = services.attachments.attachments.shelf(case_id).attachments
        states = {each.state for each in found}
        if states == {State.CLEAN}:
            return State.CLEAN.value
        if any(each.is_settled for each in found) or time.monotonic() > deadline:
            told = ", ".join(sorted(states)) or "nothing"
            raise NotAsExpected(f"a harmless file was not found clean, but: {told}")
        time.sleep(PAUSE_SECONDS)


def by_guardduty(_: str) -> None:
    """A stage with GuardDuty needs nobody to scan for it."""


@dataclass(frozen=True)
class StandIn:
    """Tells the function that checks files what GuardDuty would: nothing was found."""

    session: boto3.Session
    bucket: str
    function: str

    def __call__(self, case_id: str) -> None:
        listed = self.session.client("s3").list_object_versions(
            Bucket=self.bucket, Prefix=f"quarantine/{case_id}/"
        )
        for each in listed.get("Versions", []):
            self._tell(self.event(each["Key"], each["VersionId"]))

    def event(self, key: str, version: str) -> dict[str, Any]:
        """What GuardDuty tells of a file in which it found nothing."""
        return scan_event(
            Status.CLEAN,
            bucket=self.bucket,
            key=key,
            version=version,
            region=self.session.region_name,
            now=datetime.now(UTC),
        )

    def _tell(self, event: Mapping[str, Any]) -> None:
        answer = self.session.client("lambda").invoke(
            FunctionName=self.function, Payload=json.dumps(event).encode()
        )
        if "FunctionError" in answer:
            raise NotAsExpected("the function that checks files failed at a scan's result")


def _multipart(fields: Mapping[str, str], boundary: str) -> bytes:
    """The form with its file, which must be the last part."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{NAME}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    return b"".join([*parts, head.encode(), CONTENT, f"\r\n--{boundary}--\r\n".encode()])
