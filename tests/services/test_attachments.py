"""Forms for files, what is told of them, and downloads, on the local AWS."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.attachments import (
    MAX_FILE,
    MAX_FILES,
    MEGABYTE,
    PLAIN_FORM_LIFE,
    State,
    information,
)
from chalicelib.domain.audit import Act
from chalicelib.domain.people import Role
from chalicelib.services.attachments import Allowed
from tests import papers, uploads
from tests.stage import Stage
from tests.uploads import Desk

pytestmark = pytest.mark.aws


@pytest.fixture
def desk(stage: Stage) -> Desk:
    return uploads.desk(stage)


def test_a_file_goes_from_the_form_to_a_download(desk: Desk):
    content = papers.pdf("What the school saw")
    attachment_id = desk.add("Chronology.pdf", content)
    (waiting,) = desk.held()
    assert (waiting.state, waiting.name, waiting.size) == (
        State.CHECKING,
        "Chronology.pdf",
        len(content),
    )
    uploads.scan(desk.stage)
    (held,) = desk.held()
    assert (held.id, held.number, held.state) == (attachment_id, 1, State.CLEAN)
    assert (held.kind, held.may_download, held.problem) == ("PDF", True, "")
    ((key, _),) = uploads.objects(desk.stage)
    assert key == f"attachments/{desk.case_id}/{attachment_id}"
    record = desk.record(attachment_id)
    assert record.sha256 == hashlib.sha256(content).hexdigest()
    fetched = uploads.fetch(desk.service.files.address(record, save_as="PR-X-1.pdf"))
    assert fetched.body == content
    assert fetched.headers["content-disposition"] == 'attachment; filename="PR-X-1.pdf"'
    assert fetched.headers["content-type"] == "application/octet-stream"


def test_a_download_of_a_case_is_on_its_trail(stage: Stage):
    draft = stage.draft()
    desk = uploads.of(stage, draft)
    attachment_id = desk.add()
    uploads.scan(stage)
    reference = stage.services.referrals.submit(
        draft, seen=draft.version, now=stage.clock()
    ).reference
    address = desk.service.download(
        reference, attachment_id, role=Role.DECISION_MAKER, now=stage.clock()
    )
    assert f"filename%3D%22{reference}-1.pdf%22" in address
    assert "log" not in address
    assert "X-Amz-Expires=60" in address
    assert uploads.fetch(address).status == 200
    event = stage.services.cases.overview(reference).trail[-1]
    assert (event.act, event.role, event.subject) == (
        Act.ATTACHMENT_DOWNLOADED,
        Role.DECISION_MAKER,
        attachment_id,
    )
    with pytest.raises(errors.FileGone):
        desk.service.download(reference, "0" * 32, role=Role.REFERRER, now=stage.clock())


def test_a_file_of_information_that_was_not_sent_is_nobody_s_to_save(stage: Stage):
    draft = stage.draft()
    desk = uploads.of(stage, draft)
    reference = stage.services.referrals.submit(
        draft, seen=draft.version, now=stage.clock()
    ).reference
    content = papers.pdf()
    allowed = desk.allow("notes.pdf", len(content), part=information(1))
    uploads.send(allowed, content, name="notes.pdf")
    uploads.scan(stage)
    with pytest.raises(errors.FileGone):
        desk.service.download(
            reference, allowed.attachment_id, role=Role.DECISION_MAKER, now=stage.clock()
        )


def test_a_file_sent_without_scripts_brings_its_name_along(desk: Desk):
    allowed = desk.allow(None, None, return_to="https://referrals.example.org/refer/files")
    assert desk.held() == []
    answer = uploads.send(allowed, papers.docx(), name="Żółw's log.docx")
    assert answer.status == 303
    assert answer.headers["location"].startswith("https://referrals.example.org/refer/files?")
    (waiting,) = desk.held()
    assert (waiting.state, waiting.name) == (State.CHECKING, "")
    uploads.scan(desk.stage)
    (held,) = desk.held()
    assert (held.name, held.state) == ("Żółw's log.docx", State.CLEAN)
    ((key, version),) = uploads.objects(desk.stage)
    bucket = desk.stage.services.settings.attachments_bucket
    kept = desk.stage.services.clients.s3.head_object(Bucket=bucket, Key=key, VersionId=version)
    assert kept["Metadata"] == {}
    assert kept["ContentType"] == "application/octet-stream"


def test_a_name_that_leads_elsewhere_becomes_its_last_part(desk: Desk):
    uploads.send(desk.allow(None, None), papers.pdf(), name="../../x.pdf")
    desk.add("../../y.pdf")
    uploads.scan(desk.stage)
    assert [held.name for held in desk.held()] == ["x.pdf", "y.pdf"]


def test_a_name_without_a_known_ending_is_refused_once_it_is_known(desk: Desk):
    uploads.send(desk.allow(None, None), papers.pdf(), name="../../x")
    uploads.scan(desk.stage)
    assert [(held.name, held.state) for held in desk.held()] == [("x", State.WRONG_TYPE)]
    with pytest.raises(errors.WrongKind):
        desk.allow("../../x")


def test_a_form_takes_a_file_up_to_the_limit_and_not_one_byte_more(desk: Desk):
    at_most = papers.padded(papers.pdf(), MAX_FILE)
    assert len(at_most) == MAX_FILE
    assert uploads.send(desk.allow(None, None), at_most + b"\n").status == 400
    assert uploads.send(desk.allow(None, None), at_most).status == 201
    assert uploads.send(desk.allow("big.pdf", MAX_FILE), at_most).status == 201
    uploads.scan(desk.stage)
    assert [held.state for held in desk.held() if held.size] == [State.CLEAN, State.CLEAN]
    with pytest.raises(errors.FileTooLarge):
        desk.allow("big.pdf", MAX_FILE + 1)


def test_a_form_takes_no_more_than_was_said(desk: Desk):
    assert uploads.send(desk.allow("a.pdf", 10), papers.pdf()).status == 400


def test_a_case_has_room_for_so_many_files_and_so_much_in_all(desk: Desk):
    for number in range(MAX_FILES):
        desk.allow(f"{number}.pdf", 1000)
    with pytest.raises(errors.TooManyFiles):
        desk.allow("more.pdf", 1000)
    assert [held.number for held in desk.held()] == list(range(1, MAX_FILES + 1))


def test_files_that_are_too_large_together_are_refused(desk: Desk):
    for _ in range(4):
        desk.allow("big.pdf", 24 * MEGABYTE)
    with pytest.raises(errors.FilesTooLarge):
        desk.allow("big.pdf", 5 * MEGABYTE)
    desk.allow("big.pdf", 4 * MEGABYTE)
    with pytest.raises(errors.FilesTooLarge):
        desk.allow(None, None)


def test_a_refused_file_and_an_unused_form_make_room_again(desk: Desk):
    for number in range(MAX_FILES):
        desk.allow(f"{number}.pdf", 1000)
    desk.stage.clock.advance(PLAIN_FORM_LIFE)
    for _ in range(3):
        desk.add("bad.pdf", papers.PROGRAM)
    uploads.scan(desk.stage)
    for number in range(MAX_FILES):
        desk.allow(f"{number}.pdf", 1000)


def test_uploads_are_counted_by_draft(desk: Desk):
    attachment_id = ""
    for _ in range(60):
        if attachment_id:
            desk.service.remove(desk.case_id, attachment_id)
        attachment_id = desk.allow().attachment_id
    with pytest.raises(errors.TooOften):
        desk.allow()


def test_removing_a_file_removes_it(desk: Desk):
    one, other = desk.add("one.pdf"), desk.add("other.pdf")
    desk.service.remove(desk.case_id, other)
    uploads.scan(desk.stage)
    desk.service.remove(desk.case_id, one)
    desk.service.remove(desk.case_id, one)
    assert desk.held() == []
    assert uploads.objects(desk.stage) == []


def test_only_the_part_asked_for_is_told(desk: Desk):
    desk.add()
    desk.allow("more.pdf", 10, part="information-1")
    assert [held.part for held in desk.held()] == ["referral", "information-1"]
    assert [held.name for held in desk.held(part="information-1")] == ["more.pdf"]
    assert desk.held(part="information-2") == []


def test_without_a_look_a_file_that_came_in_is_still_expected(desk: Desk):
    desk.add()
    assert [held.state for held in desk.held(look=False)] == [State.EXPECTED]


def test_pages_learn_where_files_go_and_come_from(desk: Desk):
    endpoint = desk.stage.environ["AWS_ENDPOINT_URL"]
    assert (desk.service.upload_origin, desk.service.download_origin) == (endpoint, endpoint)


def test_a_form_may_be_shown_again_until_its_end(desk: Desk):
    page = "https://referrals.example.org/refer/files"
    attachment_id = desk.allow(None, None, return_to=page).attachment_id

    def again(part: str = "referral") -> Allowed:
        return desk.service.form(
            desk.case_id, attachment_id, part=part, return_to=page, now=desk.stage.clock()
        )

    desk.stage.clock.advance(PLAIN_FORM_LIFE - timedelta(minutes=5))
    shown = again()
    assert shown.attachment_id == attachment_id
    with pytest.raises(errors.FileGone):
        again("information-1")
    assert uploads.send(shown, papers.pdf(), name="log.pdf").status == 303
    with pytest.raises(errors.FileGone):
        again()
    uploads.scan(desk.stage)
    assert [held.name for held in desk.held()] == ["log.pdf"]


def test_a_form_is_not_shown_past_its_end_nor_for_a_file_that_was_removed(desk: Desk):
    forms = [desk.allow(None, None).attachment_id for _ in range(2)]
    desk.service.remove(desk.case_id, forms[0])
    desk.stage.clock.advance(PLAIN_FORM_LIFE - timedelta(minutes=1))

    def again(attachment_id: str) -> Allowed:
        now = desk.stage.clock()
        return desk.service.form(
            desk.case_id, attachment_id, part="referral", return_to="", now=now
        )

    assert again(forms[1]).attachment_id == forms[1]
    with pytest.raises(errors.FileGone):
        again(forms[0])
    desk.stage.clock.advance(timedelta(minutes=1))
    with pytest.raises(errors.FileGone):
        again(forms[1])


def test_a_form_takes_no_more_than_the_room_that_others_left(desk: Desk):
    attachment_id = desk.allow(None, None).attachment_id
    for _ in range(4):
        desk.allow("big.pdf", 25 * MEGABYTE)
    with pytest.raises(errors.FilesTooLarge):
        desk.service.form(
            desk.case_id, attachment_id, part="referral", return_to="", now=desk.stage.clock()
        )
