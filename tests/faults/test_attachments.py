"""A fault before and after every AWS call of what is done with files.

After each, whoever did it tries again: a person, AWS with its event, the sweep of the next minute.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.attachments import LATEST_ARRIVAL, PLAIN_FORM_LIFE, State, Verdict
from chalicelib.domain.audit import Act
from chalicelib.domain.messages import Kind
from chalicelib.domain.people import Role
from tests import papers, uploads
from tests.faults.harness import Faults
from tests.faults.scenes import Fresh, Scene, both_sides, every_fault, faulty
from tests.stage import Stage
from tests.uploads import Desk

pytestmark = pytest.mark.aws

DELETE = ["s3.ListObjectVersions", "s3.DeleteObjects", "s3.ListObjectVersions"]
# Looks, deletes and looks again in quarantine; finds nothing among the checked files.
CLEAR_AWAY = [*DELETE, "s3.ListObjectVersions"]
COUNT = ["kms.GenerateMac", "dynamodb.UpdateItem"]


def began(fresh: Fresh) -> tuple[Stage, Faults, Desk]:
    stage, faults = faulty(fresh())
    return stage, faults, uploads.desk(stage)


def test_a_form_survives_a_fault_at_every_call(fresh: Fresh):
    desks: list[Desk] = []

    def setting() -> Scene:
        stage, faults, desk = began(fresh)
        desks.append(desk)

        def act() -> None:
            content = papers.pdf()
            allowed = desk.allow("log.pdf", len(content))
            assert uploads.send(allowed, content).status == 201

        return Scene(stage, faults, act)

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        desk = desks[-1]
        uploads.scan(scene.stage)
        scene.stage.clock.advance(PLAIN_FORM_LIFE + LATEST_ARRIVAL)
        desk.service.overdue(now=scene.stage.clock())
        assert desk.states() == [State.CLEAN], fault
        assert len(uploads.objects(scene.stage)) == 1, fault
    calls = [*COUNT, *COUNT, "dynamodb.Query", "dynamodb.TransactWriteItems"]
    assert seen == both_sides(calls)


def test_a_clean_verdict_survives_a_fault_at_every_call(fresh: Fresh):
    desks: list[Desk] = []

    def setting() -> Scene:
        stage, faults, desk = began(fresh)
        desks.append(desk)
        uploads.send(desk.allow(None, None), papers.pdf(), name="log.pdf")
        (result,) = uploads.verdicts(stage)
        return Scene(stage, faults, lambda: desk.service.scanned(result, now=stage.clock()))

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        (held,) = desks[-1].held()
        assert (held.name, held.state) == ("log.pdf", State.CLEAN), fault
        ((key, version),) = uploads.objects(scene.stage)
        record = desks[-1].record(held.id)
        assert (key.split("/")[0], version) == ("attachments", record.version), fault
    calls = [
        *("dynamodb.GetItem", "dynamodb.GetItem", "s3.GetObject", "kms.Decrypt"),
        *("s3.CopyObject", "dynamodb.PutItem", *CLEAR_AWAY),
    ]
    assert seen == both_sides(calls)


def test_a_refusal_survives_a_fault_at_every_call(fresh: Fresh):
    references: list[str] = []

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        draft = stage.draft()
        desk = uploads.of(stage, draft)
        desk.add()
        receipt = stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
        references.append(receipt.reference)
        (result,) = uploads.verdicts(stage, Verdict.INFECTED)
        return Scene(stage, faults, lambda: desk.service.scanned(result, now=stage.clock()))

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        reference = references[-1]
        assert uploads.objects(scene.stage) == [], fault
        assert scene.stage.sent(reference)[Kind.ATTACHMENT_REFUSED] == ["queued"], fault
        trail = [event.act for event in scene.stage.services.cases.overview(reference).trail]
        assert trail.count(Act.ATTACHMENT_REFUSED) == 1, fault
    calls = [
        *("dynamodb.GetItem", "dynamodb.GetItem", "dynamodb.BatchGetItem", "s3.HeadObject"),
        *("dynamodb.BatchGetItem", "kms.Decrypt", "dynamodb.TransactWriteItems", *CLEAR_AWAY),
    ]
    assert seen == both_sides(calls)


def test_a_removal_survives_a_fault_at_every_call(fresh: Fresh):
    desks: list[Desk] = []

    def setting() -> Scene:
        stage, faults, desk = began(fresh)
        desks.append(desk)
        attachment_id = desk.add()
        uploads.scan(stage)
        return Scene(stage, faults, lambda: desk.service.remove(desk.case_id, attachment_id))

    for scene, fault in every_fault(setting):
        uploads.scan(scene.stage)
        assert desks[-1].held() == [], fault
        assert uploads.objects(scene.stage) == [], fault


def test_a_removal_that_nobody_tries_again_is_finished_by_the_sweep(fresh: Fresh):
    desks: list[Desk] = []

    def setting() -> Scene:
        stage, faults, desk = began(fresh)
        desks.append(desk)
        attachment_id = desk.add()
        desk.service.attachments.begin_removal(desk.case_id, attachment_id)
        return Scene(stage, faults, lambda: desk.service.overdue(now=stage.clock()))

    for scene, fault in every_fault(setting):
        assert uploads.objects(scene.stage) == [], fault
        assert desks[-1].service.attachments.shelf(desks[-1].case_id).attachments == (), fault


def test_destroying_survives_a_fault_at_every_call(fresh: Fresh):
    desks: list[Desk] = []

    def setting() -> Scene:
        stage, faults, desk = began(fresh)
        desks.append(desk)
        desk.add()
        uploads.scan(stage)
        desk.add()
        return Scene(stage, faults, lambda: desk.service.destroy(desk.case_id))

    for scene, fault in every_fault(setting):
        assert uploads.objects(scene.stage) == [], fault
        assert desks[-1].service.attachments.shelf(desks[-1].case_id).issued == 0, fault


def test_a_download_survives_a_fault_at_every_call(fresh: Fresh):
    found: list[tuple[str, list[str]]] = []

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        draft = stage.draft()
        desk = uploads.of(stage, draft)
        attachment_id = desk.add()
        uploads.scan(stage)
        receipt = stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
        addresses: list[str] = []
        found.append((receipt.reference, addresses))

        def act() -> None:
            stage.clock.advance(timedelta(seconds=1))
            addresses.append(
                desk.service.download(
                    receipt.reference, attachment_id, role=Role.REFERRER, now=stage.clock()
                )
            )

        return Scene(stage, faults, act)

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        reference, addresses = found[-1]
        assert uploads.fetch(addresses[-1]).status == 200, fault
        trail = [event.act for event in scene.stage.services.cases.overview(reference).trail]
        # Never fetched without a word; a lost answer may leave one word too many.
        assert trail.count(Act.ATTACHMENT_DOWNLOADED) >= len(addresses), fault
        assert scene.stage.services.cases.first_broken_event(reference) is None, fault
    calls = ["dynamodb.BatchGetItem", "dynamodb.GetItem", "dynamodb.TransactWriteItems"]
    assert seen == both_sides(calls)
