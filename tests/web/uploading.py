"""Sends files as a browser does: by the form that a page or a permit holds."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from chalice.test import HTTPResponse as Answer

from chalicelib.domain.attachments import ScanResult, Verdict
from tests.stage import Stage
from tests.web.referrer import Referrer

FILES = "/refer/attachments"
BOUNDARY = "a-line-that-stands-in-no-file"
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\nstartxref\n9\n%%EOF\n"


@dataclass(frozen=True)
class Form:
    """Where a file goes, and the fields that stand before it."""

    url: str
    fields: Mapping[str, str]

    @classmethod
    def on(cls, page: str) -> Form:
        """The form of a page for one file."""
        (found,) = re.findall(
            r'<form method="post" action="([^"]+)" enctype=.*?</form>', page, re.S
        )
        form = page[page.index(f'action="{found}"') :]
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
        return cls(html.unescape(found), {name: html.unescape(value) for name, value in hidden})

    def send(self, name: str, content: bytes) -> HTTPResponse:
        """Post the file; the storage's answer, not followed."""
        parts = urlsplit(self.url)
        connection = HTTPConnection(parts.netloc, timeout=30)
        head = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        connection.request("POST", parts.path or "/", self._body(name, content), head)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def _body(self, name: str, content: bytes) -> bytes:
        fields = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
            for field, value in self.fields.items()
        )
        file = (
            f"--{BOUNDARY}\r\nContent-Disposition: form-data; "
            f'name="file"; filename="{name}"\r\nContent-Type: application/pdf\r\n\r\n'
        )
        return (fields + file).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def permit(referrer: Referrer, name: str, size: int) -> Answer:
    """Ask for leave to send a file, as the script does."""
    return referrer.post(f"{FILES}/allow", {"name": name, "size": size})


def add(referrer: Referrer, name: str = "letter.pdf", content: bytes = PDF) -> str:
    """Send a file as the script does; its id."""
    answer = json.loads(permit(referrer, name, len(content)).body)
    assert Form(answer["url"], answer["fields"]).send(name, content).status == 201
    return str(answer["id"])


def scan(stage: Stage, attachment_id: str, verdict: Verdict = Verdict.CLEAN) -> None:
    """Let the scanner say its word on a file that came in."""
    s3 = stage.services.clients.s3
    bucket = stage.services.settings.quarantine_bucket
    found = s3.list_object_versions(Bucket=bucket)["Versions"]
    (version,) = [each for each in found if each["Key"].endswith(attachment_id)]
    case_id = PurePosixPath(version["Key"]).parent.name
    result = ScanResult(case_id, attachment_id, version["VersionId"], verdict)
    stage.services.attachments.scanned(result, now=stage.clock())
