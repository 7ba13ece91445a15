"""Sends a file by a form that was given out, as a browser does, and says what became of it."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from chalicelib.domain.attachments import Attachment, ScanResult, State, Verdict
from chalicelib.ports import CaseKey
from chalicelib.services.attachments import Allowed, AttachmentService, Held
from chalicelib.services.drafts import Draft
from tests import papers
from tests.stage import Stage

NETWORK = "192.0.2.7"

BOUNDARY = "----a-form-with-a-file"


@dataclass(frozen=True)
class Answer:
    """What the storage answered."""

    status: int
    headers: dict[str, str]
    body: bytes


def send(
    allowed: Allowed,
    content: bytes,
    *,
    name: str = "file.pdf",
    changes: Mapping[str, str] = {},
) -> Answer:
    """Post the form with the file after its fields; ``changes`` alter or, as "", drop a field."""
    fields = {**allowed.fields, **changes}
    body = b"".join(
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
        if value
    )
    body += (
        f"--{BOUNDARY}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: text/html\r\n\r\n"
    ).encode()
    body += content + f"\r\n--{BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return _ask("POST", allowed.url, body, {"Content-Type": kind})


def ask_first(allowed: Allowed, *, origin: str) -> Answer:
    """What a browser asks before a script of ``origin`` may send the file and watch it go."""
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return _ask("OPTIONS", allowed.url, b"", headers)


def fetch(address: str) -> Answer:
    """Follow a download's address."""
    return _ask("GET", address, b"", {})


def _ask(method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path or "/", body, headers)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, told, answer.read())
    finally:
        connection.close()


def objects(stage: Stage, setting: str = "") -> list[tuple[str, str]]:
    """Key and version of every object in quarantine and among the checked files."""
    settings = stage.services.settings
    found = []
    for bucket in (settings.quarantine_bucket, settings.attachments_bucket):
        page = stage.services.clients.s3.list_object_versions(Bucket=bucket)
        for each in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
            found.append((each["Key"], each["VersionId"]))
    return [pair for pair in found if pair[0].startswith(setting)]


def verdicts(stage: Stage, verdict: Verdict = Verdict.CLEAN) -> list[ScanResult]:
    """What a scanner would say of each version in quarantine, the oldest first."""
    found = []
    bucket = stage.services.settings.quarantine_bucket
    page = stage.services.clients.s3.list_object_versions(Bucket=bucket)
    for each in sorted(page.get("Versions", ()), key=lambda version: version["LastModified"]):
        _, case_id, attachment_id = each["Key"].split("/")
        found.append(ScanResult(case_id, attachment_id, each["VersionId"], verdict))
    return found


def scan(stage: Stage, verdict: Verdict = Verdict.CLEAN) -> None:
    """Let a scanner have its say on everything in quarantine."""
    for result in verdicts(stage, verdict):
        stage.services.attachments.scanned(result, now=stage.clock())


@dataclass
class Desk:
    """A draft whose referrer adds files."""

    stage: Stage
    case_id: str
    key: CaseKey

    @property
    def service(self) -> AttachmentService:
        return self.stage.services.attachments

    def allow(self, name: str | None = "log.pdf", size: int | None = 1000, **more: Any) -> Allowed:
        facts: dict[str, Any] = {
            "part": "referral",
            "return_to": "",
            "network": NETWORK,
            "now": self.stage.clock(),
        }
        return self.service.allow(
            self.case_id, self.case_id, self.key, name=name, size=size, **(facts | more)
        )

    def add(self, name: str = "log.pdf", content: bytes | None = None) -> str:
        """Send a file; its id."""
        content = papers.pdf() if content is None else content
        allowed = self.allow(name, len(content))
        assert send(allowed, content, name=name).status == 201
        return allowed.attachment_id

    def record(self, attachment_id: str) -> Attachment:
        record = self.service.attachments.get(self.case_id, attachment_id)
        assert record
        return record

    def held(self, **more: Any) -> list[Held]:
        return list(self.service.held(self.case_id, self.key, **more))

    def states(self) -> list[State]:
        return [held.state for held in self.held()]


def desk(stage: Stage) -> Desk:
    """A desk with a draft that is ready to be sent."""
    return of(stage, stage.draft())


def of(stage: Stage, draft: Draft) -> Desk:
    """The desk of a draft."""
    return Desk(stage, draft.case_id, draft.open_key())
