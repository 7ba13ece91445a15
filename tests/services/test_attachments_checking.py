"""What becomes of a file once it came in: every verdict, and removals at any moment."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain import errors
from chalicelib.domain.attachments import (
    LATEST_ARRIVAL,
    PLAIN_FORM_LIFE,
    VERDICT_WITHIN,
    ScanResult,
    State,
    Verdict,
)
from chalicelib.domain.audit import Act
from chalicelib.domain.messages import Kind
from chalicelib.domain.people import Role
from chalicelib.metrics import Metric
from tests import papers, uploads
from tests.stage import Stage
from tests.uploads import Desk

pytestmark = pytest.mark.aws

WITH_MACROS = papers.docx(more={"word/vbaProject.bin": b"x"})


@pytest.fixture
def desk(stage: Stage) -> Desk:
    return uploads.desk(stage)


@pytest.fixture
def emitted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Metric, Any]]:
    found: list[tuple[Metric, Any]] = []

    class Noting:
        def emit(self, metric: Metric, value: float = 1, /, **more: Any) -> None:
            found.append((metric, more.get("of") or value))

    service = replace(stage.services.attachments, meter=Noting())
    monkeypatch.setattr(stage.services, "attachments", service)
    return found


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
    other = uploads.desk(desk.stage)
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


def test_a_file_whose_owner_is_gone_is_removed_and_no_other(desk: Desk):
    desk.add("checked.pdf")
    uploads.scan(desk.stage)
    desk.add("late.pdf")
    key = {"pk": f"DRAFT#{desk.case_id}", "sk": "DRAFT"}
    desk.stage.table.transact([desk.stage.table.deleting(key)])
    uploads.scan(desk.stage)
    assert [held.name for held in desk.held()] == ["checked.pdf"]
    assert len(uploads.objects(desk.stage)) == 1


@pytest.fixture
def sent(stage: Stage) -> tuple[Desk, str]:
    """A case that was sent while its one file was being checked."""
    draft = stage.draft()
    desk = uploads.of(stage, draft)
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
    desk = uploads.of(stage, draft)
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
