"""The way of a file where policies are checked: each step is one role's, and no other's."""

from __future__ import annotations

import http.client
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.files import BucketFiles
from chalicelib.domain.attachments import REFERRAL, Attachment, State
from chalicelib.domain.errors import Unavailable
from infra.deploying import enclosure
from infra.deploying.browser import Shown
from tests.infra.stacks import BASE_URL, Stacks, code_of

pytestmark = pytest.mark.aws

NOW = datetime.now(UTC)


def files(deployed: Stacks, role: str) -> BucketFiles:
    """Our own way to the buckets, taken as one of the roles."""
    clients = SimpleNamespace(s3=deployed.client("s3", role))
    return BucketFiles(
        cast(Clients, clients),
        quarantine=deployed.outputs["QuarantineBucket"],
        attachments=deployed.outputs["AttachmentsBucket"],
        key_id=deployed.outputs["StorageKeyId"],
    )


def begun() -> Attachment:
    return Attachment(
        case_id=uuid4().hex,
        attachment_id=uuid4().hex,
        owner="a",
        part=REFERRAL,
        number=1,
        state=State.EXPECTED,
        added_at=NOW,
        form_ends_at=NOW + timedelta(minutes=15),
    )


def send(deployed: Stacks, attachment: Attachment, **changes: str) -> int:
    """Send a file by the form that the pages sign; the storage's status."""
    form = files(deployed, "api-handler").form(
        attachment, largest=1000, return_to=BASE_URL, now=NOW
    )
    fields = dict(form.fields) | changes
    return enclosure.post(Shown(path="", text="", action=form.url, hidden=fields))


@pytest.fixture
def sent(deployed: Stacks) -> tuple[Attachment, str]:
    """A file that lies in quarantine, and the version that it is there."""
    attachment = begun()
    assert send(deployed, attachment) == 303
    listed = deployed.client("s3").list_object_versions(
        Bucket=deployed.outputs["QuarantineBucket"], Prefix=f"quarantine/{attachment.case_id}/"
    )
    (only,) = listed["Versions"]
    return attachment, only["VersionId"]


def checked(deployed: Stacks, sent: tuple[Attachment, str]) -> Attachment:
    attachment, version = sent
    ids = (attachment.case_id, attachment.attachment_id, version)
    kept = files(deployed, "scan-result").keep(*ids)
    return Attachment(**{**vars(attachment), "state": State.CLEAN, "version": kept})


def fetch(address: str) -> tuple[int, bytes]:
    """What a browser gets at an address, and the status."""
    target = urlsplit(address)
    connection = http.client.HTTPConnection(target.netloc, timeout=10)
    try:
        connection.request("GET", f"{target.path}?{target.query}")
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_browser_sends_a_file_by_the_form_that_the_pages_sign(deployed, sent):
    attachment, _ = sent

    came = files(deployed, "api-handler").waiting(attachment.case_id)

    assert came[attachment.attachment_id].size == len(enclosure.CONTENT)


@pytest.mark.parametrize(
    "changes",
    [
        {"x-amz-server-side-encryption": "AES256"},
        {"x-amz-server-side-encryption-aws-kms-key-id": "alias/aws/s3"},
        {"Content-Type": "text/html"},
        {"key": "quarantine/another/file"},
        {"key": "attachments/a/b"},
    ],
)
def test_a_form_that_was_changed_is_refused(deployed, changes):
    assert send(deployed, begun(), **changes) == 403


def test_a_role_with_every_right_of_s3_cannot_read_quarantine(deployed, sent):
    attachment, version = sent
    ids = (attachment.case_id, attachment.attachment_id, version)

    for role in ("api-handler", "sweep"):
        with pytest.raises(Unavailable, match="AccessDenied"):
            files(deployed, role).read(*ids)
    assert files(deployed, "scan-result").read(*ids).content == enclosure.CONTENT


@pytest.mark.parametrize("role", ["api-handler", "sweep", "table-stream"])
def test_only_the_job_that_checks_puts_where_downloads_come_from(deployed, role):
    put: dict[str, Any] = {
        "Bucket": deployed.outputs["AttachmentsBucket"],
        "Key": "attachments/a/b",
        "Body": b"unchecked",
        "ServerSideEncryption": "aws:kms",
        "SSEKMSKeyId": deployed.outputs["StorageKeyId"],
    }

    deployed.client("s3", "scan-result").put_object(**put)
    with pytest.raises(ClientError) as refused:
        deployed.client("s3", role).put_object(**put)

    assert code_of(refused) == "AccessDenied"


def test_a_checked_file_is_fetched_by_an_address_that_the_pages_sign(deployed, sent):
    attachment = checked(deployed, sent)

    address = files(deployed, "api-handler").address(attachment, save_as="PR-ABCD2345-1.pdf")

    assert fetch(address) == (200, enclosure.CONTENT)
    assert fetch(files(deployed, "sweep").address(attachment, save_as="a.pdf"))[0] == 403


def test_the_pages_cannot_sign_an_address_into_quarantine(deployed, sent):
    attachment, version = sent
    address = deployed.client("s3", "api-handler").generate_presigned_url(
        "get_object",
        Params={
            "Bucket": deployed.outputs["QuarantineBucket"],
            "Key": f"quarantine/{attachment.case_id}/{attachment.attachment_id}",
            "VersionId": version,
        },
    )

    assert fetch(address)[0] == 403


@pytest.mark.parametrize("role", ["api-handler", "sweep", "scan-result"])
def test_a_removed_file_leaves_no_version(deployed, sent, role):
    attachment = checked(deployed, sent)

    files(deployed, role).destroy(attachment.case_id)

    for bucket in ("QuarantineBucket", "AttachmentsBucket"):
        left = deployed.client("s3").list_object_versions(
            Bucket=deployed.outputs[bucket], Prefix=f"{bucket[:-6].lower()}/{attachment.case_id}/"
        )
        assert not left.get("Versions")
        assert not left.get("DeleteMarkers")


def test_the_job_that_checks_leaves_only_what_it_checked(deployed, sent):
    attachment = checked(deployed, sent)
    job = files(deployed, "scan-result")

    job.tidy(attachment)

    assert files(deployed, "sweep").waiting(attachment.case_id) == {}
    assert fetch(files(deployed, "api-handler").address(attachment, save_as="a.pdf"))[0] == 200


@pytest.mark.parametrize("role", ["table-stream", "delivery-by-sns"])
def test_other_jobs_know_of_no_file(deployed, sent, role):
    attachment, _ = sent

    with pytest.raises(Unavailable, match="AccessDenied"):
        files(deployed, role).waiting(attachment.case_id)


def test_nobody_lists_the_files_of_all_cases(deployed):
    for role in ("api-handler", "sweep", "scan-result"):
        for bucket in ("QuarantineBucket", "AttachmentsBucket"):
            with pytest.raises(ClientError) as refused:
                deployed.client("s3", role).list_object_versions(Bucket=deployed.outputs[bucket])
            assert code_of(refused) == "AccessDenied"
