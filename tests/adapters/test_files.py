"""Signed forms and addresses, against a storage that checks what was signed as S3 does."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from chalicelib.adapters.clients import Clients
from chalicelib.adapters.filenames import decoded
from chalicelib.adapters.files import BucketFiles
from chalicelib.domain.attachments import MAX_FILE, Attachment, State
from chalicelib.domain.errors import FileGone, Unavailable
from chalicelib.services.attachments import Allowed
from tests import papers, uploads

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CASE, FILE = "0f" * 16, "a1" * 16
BEGUN = Attachment(
    case_id=CASE,
    attachment_id=FILE,
    owner=CASE,
    part="referral",
    number=1,
    state=State.EXPECTED,
    added_at=NOW,
    form_ends_at=NOW + timedelta(minutes=15),
    extension="pdf",
    name=b"sealed",
)
ANYTHING = base64.b64encode(b'{"expiration":"2099-01-01T00:00:00Z","conditions":[]}').decode()
KEY_ID = "x-amz-server-side-encryption-aws-kms-key-id"


def bucket_files(aws: dict[str, str]) -> BucketFiles:
    return BucketFiles(
        Clients(),
        quarantine=aws["QUARANTINE_BUCKET"],
        attachments=aws["ATTACHMENTS_BUCKET"],
        key_id=aws["STORAGE_KEY_ID"],
    )


@pytest.fixture
def strict(strict_aws: dict[str, str]) -> BucketFiles:
    files = bucket_files(strict_aws)
    # Only the job may put a file where downloads come from, and only it and the scanner may read
    # what was sent. Here neither runs in its role.
    for bucket in (strict_aws["QUARANTINE_BUCKET"], strict_aws["ATTACHMENTS_BUCKET"]):
        files._clients.s3.delete_bucket_policy(Bucket=bucket)
    return files


def form(files: BucketFiles, attachment: Attachment = BEGUN, **more: Any) -> Allowed:
    facts: dict[str, Any] = {"largest": MAX_FILE, "return_to": "", "now": NOW} | more
    given = files.form(attachment, **facts)
    return Allowed(attachment.attachment_id, given.url, given.fields)


@pytest.mark.aws
def test_a_form_sends_a_file_under_our_key_as_nothing_a_browser_would_show(strict: BucketFiles):
    answer = uploads.send(form(strict), papers.pdf(), name="x.html")
    assert answer.status == 201
    told = strict._clients.s3.head_object(
        Bucket=strict._quarantine, Key=f"quarantine/{CASE}/{FILE}"
    )
    assert told["ContentType"] == "application/octet-stream"
    assert told["ServerSideEncryption"] == "aws:kms"
    assert told["Metadata"] == {}


@pytest.mark.aws
@pytest.mark.parametrize(
    "changes",
    [
        {"key": f"quarantine/{CASE}/{'b2' * 16}"},
        {"key": f"attachments/{CASE}/{FILE}"},
        {"Content-Type": "text/html"},
        {"Content-Type": ""},
        {"x-amz-server-side-encryption": ""},
        {"x-amz-server-side-encryption": "AES256"},
        {KEY_ID: ""},
        {KEY_ID: "arn:aws:kms:eu-west-2:000000000000:key/another"},
        {"x-amz-meta-name": "canary.pdf"},
        {"acl": "public-read"},
        {"success_action_redirect": "https://elsewhere.example.org/"},
        {
            "policy": base64.b64encode(
                b'{"expiration":"2099-01-01T00:00:00Z","conditions":[]}'
            ).decode()
        },
        {"x-amz-signature": "0" * 64},
        {"x-amz-signature": ""},
    ],
)
def test_a_form_that_was_altered_sends_nothing(strict: BucketFiles, changes: dict[str, str]):
    answer = uploads.send(form(strict), papers.pdf(), changes=changes)
    assert answer.status in (400, 403), answer.body
    assert strict.waiting(CASE) == {}


@pytest.mark.aws
def test_a_form_takes_exactly_its_limit(strict: BucketFiles):
    content = papers.padded(papers.pdf(), MAX_FILE)
    assert uploads.send(form(strict), content + b"\n").status == 400
    assert strict.waiting(CASE) == {}
    assert uploads.send(form(strict), content).status == 201
    assert strict.waiting(CASE)[FILE].size == MAX_FILE
    assert uploads.send(form(strict, largest=0), b"").status == 201
    assert uploads.send(form(strict, largest=0), b"x").status == 400


@pytest.mark.aws
def test_only_a_script_of_our_own_pages_may_send_files(strict: BucketFiles):
    ours, another = "http://127.0.0.1:8000", "https://elsewhere.example.org"
    answer = uploads.ask_first(form(strict), origin=ours)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (200, ours)
    assert uploads.ask_first(form(strict), origin=another).status == 403


@pytest.mark.aws
def test_a_form_ends(strict: BucketFiles):
    ended = replace(BEGUN, form_ends_at=NOW - timedelta(seconds=5))
    assert uploads.send(form(strict, ended), papers.pdf()).status == 403
    assert strict.waiting(CASE) == {}


@pytest.mark.aws
def test_a_form_leads_back_to_its_page(strict: BucketFiles):
    page = "https://referrals.example.org/refer/files"
    answer = uploads.send(form(strict, return_to=page), papers.pdf())
    assert answer.status == 303
    assert answer.headers["location"].partition("?")[0] == page


@pytest.mark.aws
def test_a_form_for_a_nameless_file_lets_it_bring_its_name(strict: BucketFiles):
    nameless = replace(BEGUN, name=b"")
    assert uploads.send(form(strict, nameless), papers.pdf(), name="Żółw.pdf").status == 201
    (version,) = strict._clients.s3.list_object_versions(Bucket=strict._quarantine)["Versions"]
    arrival = strict.look(CASE, FILE, version["VersionId"])
    assert (arrival.name, arrival.content) == ("Żółw.pdf", b"")
    assert strict.read(CASE, FILE, version["VersionId"]).content == papers.pdf()


def kept(files: BucketFiles, content: bytes) -> Attachment:
    uploads.send(form(files), content)
    page = files._clients.s3.list_object_versions(Bucket=files._quarantine)
    version = files.keep(CASE, FILE, page["Versions"][0]["VersionId"])
    return replace(BEGUN, state=State.CLEAN, version=version)


@pytest.mark.aws
def test_an_address_gives_one_version_out_to_be_saved(strict: BucketFiles):
    first, _ = kept(strict, papers.pdf("first")), kept(strict, papers.pdf("second"))
    answer = uploads.fetch(strict.address(first, save_as="PR-ABCD2345-1.pdf"))
    assert (answer.status, answer.body) == (200, papers.pdf("first"))
    assert answer.headers["content-disposition"] == 'attachment; filename="PR-ABCD2345-1.pdf"'
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.aws
def test_an_address_that_was_altered_gives_nothing(strict: BucketFiles):
    attachment = kept(strict, papers.pdf())
    other = kept(strict, papers.pdf("other"))
    address = strict.address(attachment, save_as="x.pdf")
    signature = parse_qs(urlsplit(address).query)["X-Amz-Signature"][0]
    for altered in (
        address.replace(signature, "0" * 64),
        address.replace(quote(attachment.version), quote(other.version)),
        address.replace("x.pdf", "x.exe"),
        address.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        address.replace("octet-stream", "html"),
        address.partition("?")[0],
        address.partition("?")[0] + f"?versionId={quote(attachment.version)}",
    ):
        assert altered != address
        assert uploads.fetch(altered).status == 403, altered


@pytest.mark.aws
def test_an_address_ends(strict: BucketFiles, monkeypatch: pytest.MonkeyPatch):
    attachment = kept(strict, papers.pdf())
    a_minute_ago = datetime.now(UTC) - timedelta(seconds=61)
    with monkeypatch.context() as then:
        then.setattr("botocore.auth.get_current_datetime", lambda: a_minute_ago)
        address = strict.address(attachment, save_as="x.pdf")
    assert uploads.fetch(address).status == 403


@pytest.mark.aws
def test_a_version_that_is_gone_is_said_to_be(aws: dict[str, str]):
    files = bucket_files(aws)
    uploads.send(form(files), papers.pdf())
    (version,) = files._clients.s3.list_object_versions(Bucket=aws["QUARANTINE_BUCKET"])["Versions"]
    files.destroy(CASE, FILE)
    for ask in (files.look, files.read, files.keep):
        with pytest.raises(FileGone):
            ask(CASE, FILE, version["VersionId"])
    with pytest.raises(Unavailable):
        BucketFiles(Clients(), quarantine="none", attachments="none", key_id="").waiting(CASE)


def test_on_aws_forms_and_addresses_stay_in_the_region(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "invented")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    files = BucketFiles(Clients(), quarantine="sent-in", attachments="checked", key_id="k")
    assert files.upload_origin == "https://sent-in.s3.eu-west-2.amazonaws.com"
    assert files.download_origin == "https://checked.s3.eu-west-2.amazonaws.com"
    given = form(files)
    conditions = json.loads(base64.b64decode(given.fields["policy"]))["conditions"]
    assert ["content-length-range", 0, MAX_FILE] in conditions
    assert {"x-amz-security-token": "invented"} in conditions
    address = files.address(replace(BEGUN, version="v"), save_as="x.pdf")
    assert address.startswith(f"{files.download_origin}/attachments/{CASE}/{FILE}?")


@pytest.mark.parametrize(
    "header, name",
    [
        ("log.pdf", "log.pdf"),
        ("=?UTF-8?B?xbvDs8WCdy5wZGY=?=", "Żółw.pdf"),
        ("=?UTF-8?Q?=C5=BB=C3=B3=C5=82w.pdf?=", "Żółw.pdf"),
        ("=?UTF-8?Q?two?= =?UTF-8?Q?_words.pdf?=", "two words.pdf"),
        ("Żółw.pdf".encode().decode("latin-1"), "Żółw.pdf"),
        ("Żółw.pdf", "Żółw.pdf"),
        ("caf\xe9.pdf", "café.pdf"),
        ("%C5%BB%C3%B3%C5%82w.pdf", "Żółw.pdf"),
        ("a%22b%0D%0A.pdf", 'a"b.pdf'),
        ("50% of it.pdf", "50% of it.pdf"),
        ("50%ff.pdf", "50%ff.pdf"),
        ("=?no-such-charset?B?eA==?=", "=?no-such-charset?B?eA==?="),
        ("=?UTF-8?B?//8=?=", "=?UTF-8?B?//8=?="),
        ("", ""),
    ],
)
def test_a_name_is_read_from_each_writing_that_a_header_may_have(header: str, name: str):
    assert decoded(header) == name
