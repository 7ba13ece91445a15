"""A canary in each file's name and content: none sings outside a seal and the two buckets."""

from __future__ import annotations

import pytest

from chalicelib.adapters.clients import Clients
from chalicelib.domain.attachments import State, Verdict
from chalicelib.domain.people import Role
from tests import papers, uploads
from tests.journeys.test_canaries import Traces, sings, traces

__all__ = ["traces"]

pytestmark = pytest.mark.aws

CANARIES = tuple(f"Canary {number} chirps" for number in range(921, 927))
NAMED, NAMELESS, REFUSED, CLEAN_TEXT, REFUSED_TEXT, LATE = CANARIES


def add_files(traces: Traces) -> tuple[str, uploads.Desk]:
    """Files sent both ways, one passed and one refused before sending, one refused after it."""
    stage = traces.stage
    draft = stage.draft()
    desk = uploads.of(stage, draft)
    desk.add(f"{NAMED}.pdf", papers.pdf(CLEAN_TEXT))
    uploads.send(desk.allow(None, None), papers.docx(CLEAN_TEXT), name=f"{NAMELESS}.docx")
    desk.add(f"{REFUSED}.pdf", papers.docx(REFUSED_TEXT))
    uploads.scan(stage)
    desk.add(f"{LATE}.pdf", papers.pdf(REFUSED_TEXT))
    receipt = stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    uploads.scan(stage, Verdict.INFECTED)
    stage.deliver()
    return receipt.reference, desk


def plain_traces(clients: Clients, bucket: str) -> list[str]:
    """Everything that the storage tells of its objects but what is in them."""
    found = []
    page = clients.s3.list_object_versions(Bucket=bucket)
    for each in page.get("Versions", ()):
        told = clients.s3.head_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
        found.append(repr(each) + repr(told))
    return found


def test_no_canary_of_a_file_sings_outside_a_seal(traces: Traces):
    reference, desk = add_files(traces)
    held = desk.held()
    assert [each.name for each in held] == [
        f"{NAMED}.pdf",
        f"{NAMELESS}.docx",
        f"{REFUSED}.pdf",
        f"{LATE}.pdf",
    ]
    assert [each.state for each in held] == [
        State.CLEAN,
        State.CLEAN,
        State.WRONG_TYPE,
        State.INFECTED,
    ]
    address = desk.service.download(
        reference, held[0].id, role=Role.REFERRER, now=traces.stage.clock()
    )
    assert not sings(CANARIES, address)
    for item in traces.items():
        assert not sings(CANARIES, repr(item)), item["kind"]
    settings = traces.stage.services.settings
    clients = traces.stage.services.clients
    assert plain_traces(clients, settings.quarantine_bucket) == []
    kept = plain_traces(clients, settings.attachments_bucket)
    assert len(kept) == 2
    assert not sings(CANARIES, "".join(kept))
    assert "metric" in traces.log.getvalue()
    for line in traces.log.getvalue().splitlines():
        assert not sings(CANARIES, line), line
    assert traces.stage.mailbox.to("priya@hospital.example.org", subject="could not keep")
    for email in traces.stage.mailbox.emails:
        said = email.subject + email.text + email.html + email.message_id + email.tag
        assert not sings(CANARIES, said), email.subject


def test_a_canary_in_quarantine_would_be_heard(traces: Traces):
    """The look itself works: before a file is checked, its storage still tells its name."""
    desk = uploads.desk(traces.stage)
    uploads.send(desk.allow(None, None), papers.pdf(), name=f"{NAMELESS}.pdf")
    bucket = traces.stage.services.settings.quarantine_bucket
    assert sings(CANARIES, "".join(plain_traces(traces.stage.services.clients, bucket)))
