"""Files from the form that is given out to the download, on the local AWS."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain import errors
from chalicelib.domain.attachments import (
    LATEST_ARRIVAL,
    MAX_FILE,
    MAX_FILES,
    MEGABYTE,
    PLAIN_FORM_LIFE,
    VERDICT_WITHIN,
    Attachment,
    ScanResult,
    State,
    Verdict,
)
from chalicelib.domain.audit import Act
from chalicelib.domain.messages import Kind
from chalicelib.domain.people import Role
from chalicelib.metrics import Metric
from chalicelib.ports import CaseKey
from chalicelib.services.attachments import Allowed, AttachmentService, Held
from tests import papers, uploads
from tests.stage import Stage

pytestmark = pytest.mark.aws

NETWORK = "192.0.2.7"
WITH_MACROS = papers.docx(more={"word/vbaProject.bin": b"x"})


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
        assert uploads.send(allowed, content, name=name).status == 201
        return allowed.attachment_id

    def record(self, attachment_id: str) -> Attachment:
        record = self.service.attachments.get(self.case_id, attachment_id)
        assert record
        return record

    def held(self, **more: Any) -> list[Held]:
        return list(self.service.held(self.case_id, self.key, **more))

    def states(self) -> list[State]:
        return [held.state for held in self.held()]


@pytest.fixture
def desk(stage: Stage) -> Desk:
    draft = stage.draft()
    return Desk(stage, draft.case_id, draft.open_key())


@pytest.fixture
def emitted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Metric, Any]]:
    found: list[tuple[Metric, Any]] = []

    class Noting:
        def emit(self, metric: Metric, value: float = 1, /, **more: Any) -> None:
            found.append((metric, more.get("of") or value))

    service = replace(stage.services.attachments, meter=Noting())
    monkeypatch.setattr(stage.services, "attachments", service)
    return found


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
    desk = Desk(stage, draft.case_id, draft.open_key())
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


@pytest.mark.parametrize(
    "name, content, verdict, state",
    [
        ("log.pdf", papers.EICAR, Verdict.INFECTED, State.INFECTED),
        ("log.pdf", papers.pdf(), Verdict.INFECTED, State.INFECTED),
        ("log.pdf", papers.pdf(), Verdict.UNSUPPORTED, State.UNSCANNABLE),
        ("log.pdf", papers.pdf(), Verdict.FAILED, State.UNSCANNABLE),
        ("log.pdf", papers.pdf(trailer="/Encrypt 7 0 R "), Verdict.UNSUPPORTED, State.UNSCANNABLE),
        ("log.pdf", papers.PROGRAM, Verdict.CLEAN, State.WRONG_TYPE),
        ("log.docx", papers.pdf(), Verdict.CLEAN, State.WRONG_TYPE),
        (
            "log.docx",
            WITH_MACROS,
            Verdict.CLEAN,
            State.WRONG_TYPE,
        ),
        ("log.pdf", b"", Verdict.CLEAN, State.EMPTY),
        ("log.pdf", b"", Verdict.UNSUPPORTED, State.EMPTY),
        ("log.pdf", b"", Verdict.FAILED, State.EMPTY),
    ],
)
def test_a_file_that_does_not_pass_is_named_and_never_kept(
    desk: Desk, name: str, content: bytes, verdict: Verdict, state: State
):
    desk.add(name, content)
    uploads.scan(desk.stage, verdict)
    (held,) = desk.held()
    assert (held.name, held.state, held.may_download) == (name, state, False)
    assert held.problem
    assert uploads.objects(desk.stage) == []


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


def test_a_verdict_given_twice_changes_nothing(desk: Desk, emitted: list[tuple[Metric, Any]]):
    desk.add()
    (result,) = uploads.verdicts(desk.stage)
    desk.service.scanned(result, now=desk.stage.clock())
    kept = uploads.objects(desk.stage)
    before = desk.held()
    for verdict in Verdict:
        desk.service.scanned(replace(result, verdict=verdict), now=desk.stage.clock())
    assert desk.held() == before
    assert uploads.objects(desk.stage) == kept
    assert [each for each in emitted if each[0] is Metric.FILE_CHECKED] == [
        (Metric.FILE_CHECKED, State.CLEAN)
    ]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("first", [Verdict.CLEAN, Verdict.INFECTED])
def test_of_two_files_sent_by_one_form_the_first_verdict_counts(
    desk: Desk, order: int, first: Verdict
):
    allowed = desk.allow()
    uploads.send(allowed, papers.pdf("one"))
    uploads.send(allowed, papers.pdf("two"))
    one, other = uploads.verdicts(desk.stage)[::order]
    for result in (replace(one, verdict=first), other, replace(one, verdict=first)):
        desk.service.scanned(result, now=desk.stage.clock())
    wanted = State.CLEAN if first is Verdict.CLEAN else State.INFECTED
    assert desk.states() == [wanted]
    assert len(uploads.objects(desk.stage)) == (1 if wanted is State.CLEAN else 0)


def test_the_version_that_was_scanned_is_the_one_that_is_kept(desk: Desk):
    allowed = desk.allow()
    uploads.send(allowed, papers.pdf("scanned"))
    (result,) = uploads.verdicts(desk.stage)
    uploads.send(allowed, papers.PROGRAM)
    desk.service.scanned(result, now=desk.stage.clock())
    record = desk.record(allowed.attachment_id)
    fetched = uploads.fetch(desk.service.files.address(record, save_as="x.pdf"))
    assert fetched.body == papers.pdf("scanned")
    assert len(uploads.objects(desk.stage)) == 1


def test_removing_a_file_removes_it(desk: Desk):
    one, other = desk.add("one.pdf"), desk.add("other.pdf")
    desk.service.remove(desk.case_id, other)
    uploads.scan(desk.stage)
    desk.service.remove(desk.case_id, one)
    desk.service.remove(desk.case_id, one)
    assert desk.held() == []
    assert uploads.objects(desk.stage) == []


@pytest.mark.parametrize("moment", ["read", "keep"])
def test_a_removal_during_the_check_wins(desk: Desk, monkeypatch: pytest.MonkeyPatch, moment: str):
    attachment_id = desk.add()
    files = desk.service.files
    done = getattr(files, moment)

    def then_remove(*ids: str) -> Any:
        answer = done(*ids)
        desk.service.remove(desk.case_id, attachment_id)
        return answer

    monkeypatch.setattr(files, moment, then_remove)
    uploads.scan(desk.stage)
    assert desk.held() == []
    assert uploads.objects(desk.stage) == []


def test_a_file_that_comes_after_its_removal_is_cleared_away(desk: Desk):
    allowed = desk.allow()
    desk.service.remove(desk.case_id, allowed.attachment_id)
    uploads.send(allowed, papers.pdf())
    uploads.scan(desk.stage)
    assert desk.held() == []
    assert uploads.objects(desk.stage) == []


def test_destroying_leaves_nothing_of_a_case_and_all_of_another(desk: Desk):
    another = desk.stage.draft()
    other = Desk(desk.stage, another.case_id, another.open_key())
    other.add()
    desk.add()
    uploads.scan(desk.stage)
    desk.add()
    desk.allow()
    desk.service.destroy(desk.case_id)
    desk.service.destroy(desk.case_id)
    assert desk.held() == []
    assert desk.stage.table.begins(f"FILES#{desk.case_id}", "FILE") == []
    assert len(uploads.objects(desk.stage)) == 1
    assert other.states() == [State.CLEAN]


def test_a_file_whose_draft_is_gone_is_destroyed(desk: Desk):
    desk.add()
    key = {"pk": f"DRAFT#{desk.case_id}", "sk": "DRAFT"}
    desk.stage.table.transact([desk.stage.table.deleting(key)])
    uploads.scan(desk.stage)
    assert uploads.objects(desk.stage) == []
    assert desk.stage.table.begins(f"FILES#{desk.case_id}", "FILE") == []


def test_only_the_part_asked_for_is_told(desk: Desk):
    desk.add()
    desk.allow("more.pdf", 10, part="information-1")
    assert [held.part for held in desk.held()] == ["referral", "information-1"]
    assert [held.name for held in desk.held(part="information-1")] == ["more.pdf"]
    assert desk.held(part="information-2") == []


def test_without_a_look_a_file_that_came_in_is_still_expected(desk: Desk):
    desk.add()
    assert [held.state for held in desk.held(look=False)] == [State.EXPECTED]


@pytest.fixture
def sent(stage: Stage) -> tuple[Desk, str]:
    """A case that was sent while its one file was being checked."""
    draft = stage.draft()
    desk = Desk(stage, draft.case_id, draft.open_key())
    desk.add()
    receipt = stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    stage.deliver()
    return desk, receipt.reference


@pytest.mark.parametrize("verdict", [Verdict.INFECTED, Verdict.UNSUPPORTED, Verdict.FAILED])
def test_a_file_refused_after_sending_is_told_to_the_referrer_and_the_trail(
    sent: tuple[Desk, str], verdict: Verdict
):
    desk, reference = sent
    (result,) = uploads.verdicts(desk.stage)
    for _ in range(2):
        desk.service.scanned(replace(result, verdict=verdict), now=desk.stage.clock())
    desk.stage.deliver()
    (email,) = desk.stage.mailbox.to("priya@hospital.example.org", subject="could not keep")
    assert "log.pdf" not in email.subject + email.text + email.html
    assert f"{desk.stage.services.settings.base_url}/referral" in email.text
    refused = [
        event
        for event in desk.stage.services.cases.overview(reference).trail
        if event.act is Act.ATTACHMENT_REFUSED
    ]
    assert [(event.role, event.subject) for event in refused] == [
        (Role.SERVICE, result.attachment_id)
    ]
    assert desk.stage.services.cases.first_broken_event(reference) is None
    assert not desk.held()[0].may_download


def test_a_file_that_passes_after_sending_is_told_to_nobody(sent: tuple[Desk, str]):
    desk, reference = sent
    uploads.scan(desk.stage)
    assert desk.states() == [State.CLEAN]
    assert Kind.ATTACHMENT_REFUSED not in desk.stage.sent(reference)


def test_a_file_refused_while_the_referral_is_sent_is_told_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    draft = stage.draft()
    desk = Desk(stage, draft.case_id, draft.open_key())
    desk.add()
    attachments = desk.service.attachments
    settle = attachments.settle
    references = []

    def send_just_before(attachment: Any) -> None:
        receipt = stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
        references.append(receipt.reference)
        settle(attachment)

    monkeypatch.setattr(attachments, "settle", send_just_before)
    uploads.scan(stage, Verdict.INFECTED)
    assert stage.sent(references[0])[Kind.ATTACHMENT_REFUSED] == ["queued"]
    assert desk.states() == [State.INFECTED]


def test_a_form_that_nobody_used_is_forgotten(desk: Desk):
    desk.allow(None, None)
    desk.service.overdue(now=desk.stage.clock.advance(PLAIN_FORM_LIFE))
    assert len(desk.service.attachments.shelf(desk.case_id).attachments) == 1
    desk.service.overdue(now=desk.stage.clock.advance(LATEST_ARRIVAL))
    assert desk.service.attachments.shelf(desk.case_id).attachments == ()
    assert desk.allow(None, None).attachment_id
    assert desk.service.attachments.shelf(desk.case_id).attachments[0].number == 2


def test_a_file_without_a_verdict_is_counted_and_can_still_get_one(
    desk: Desk, emitted: list[tuple[Metric, Any]], caplog: pytest.LogCaptureFixture
):
    attachment_id = desk.add()
    came = desk.service.files.waiting(desk.case_id)[attachment_id].at
    desk.stage.clock.now = came + PLAIN_FORM_LIFE
    desk.service.overdue(now=desk.stage.clock())
    assert desk.states() == [State.CHECKING]
    assert emitted == []
    for _ in range(2):
        desk.service.overdue(now=desk.stage.clock.advance(VERDICT_WITHIN))
    assert emitted == [(Metric.SCAN_OVERDUE, 1)]
    (late,) = [record for record in caplog.records if record.msg == "file without a verdict"]
    assert late.levelno == logging.ERROR
    uploads.scan(desk.stage)
    assert desk.states() == [State.CLEAN]
    desk.service.overdue(now=desk.stage.clock.advance(timedelta(days=9)))
    assert desk.states() == [State.CLEAN]


def test_the_sweep_finishes_a_removal_that_stopped_half_way(desk: Desk):
    attachment_id = desk.add()
    desk.service.attachments.begin_removal(desk.case_id, attachment_id)
    assert desk.held() == []
    desk.service.overdue(now=desk.stage.clock())
    assert uploads.objects(desk.stage) == []
    assert desk.service.attachments.get(desk.case_id, attachment_id) is None


def test_one_file_that_fails_does_not_keep_the_sweep_from_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    first, second = desk.add(), desk.add()
    for attachment_id in (first, second):
        desk.service.attachments.begin_removal(desk.case_id, attachment_id)
    destroy = desk.service.files.destroy
    failed: list[str] = []

    def fail_once(case_id: str, attachment_id: str) -> None:
        if not failed:
            failed.append(attachment_id)
            raise errors.Unavailable("DeleteObjects")
        destroy(case_id, attachment_id)

    monkeypatch.setattr(desk.service.files, "destroy", fail_once)
    desk.service.overdue(now=desk.stage.clock())
    assert len(uploads.objects(desk.stage)) == 1
    desk.service.overdue(now=desk.stage.clock())
    assert uploads.objects(desk.stage) == []


def test_a_scan_is_timed_and_a_failed_one_counted(desk: Desk, emitted: list[tuple[Metric, Any]]):
    attachment_id = desk.add()
    came = desk.service.files.waiting(desk.case_id)[attachment_id].at
    desk.stage.clock.now = came + timedelta(seconds=3)
    uploads.scan(desk.stage, Verdict.FAILED)
    checked, (delay, waited), failed = emitted
    assert checked == (Metric.FILE_CHECKED, State.UNSCANNABLE)
    # One answer tells the moment to the second, the other to a fraction of it.
    assert delay is Metric.SCAN_DELAY
    assert 3000 <= waited < 4000
    assert failed == (Metric.SCAN_FAILED, 1)


def test_a_verdict_on_a_file_that_is_unknown_is_passed_over(desk: Desk):
    result = ScanResult("0" * 32, "1" * 32, "v", Verdict.CLEAN)
    desk.service.scanned(result, now=desk.stage.clock())


def test_pages_learn_where_files_go_and_come_from(desk: Desk):
    endpoint = desk.stage.environ["AWS_ENDPOINT_URL"]
    assert (desk.service.upload_origin, desk.service.download_origin) == (endpoint, endpoint)
