"""Drafts that end without being sent, on the local AWS."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.attachments import REFERRAL
from chalicelib.domain.limits import MOST, Limit
from chalicelib.services.drafts import Draft
from tests.services.test_drafts import save
from tests.stage import Stage

pytestmark = pytest.mark.aws

DAY = timedelta(days=1)


def with_a_file(stage: Stage) -> Draft:
    """A confirmed draft with a place kept for a file."""
    draft = stage.confirm(stage.draft(confirmed=False))
    stage.services.attachments.allow(
        draft.case_id,
        draft.case_id,
        draft.open_key(),
        part=REFERRAL,
        name="chronology.pdf",
        size=1000,
        return_to="",
        network="",
        now=stage.clock(),
    )
    return draft


def traces(stage: Stage, draft: Draft) -> list[str]:
    """The keys of items that speak of a draft: none but the links, which nothing opens any more."""
    items = stage.services.clients.dynamodb.scan(TableName=stage.table.name)["Items"]
    found = [item["pk"]["S"] for item in items if draft.case_id in json.dumps(item, default=str)]
    return sorted({key.partition("#")[0] for key in found})


def test_a_deleted_draft_leaves_nothing_behind(stage: Stage):
    draft = with_a_file(stage)
    assert traces(stage, draft) == ["DRAFT", "FILES", "LINK", "MAILBOX"]
    stage.services.drafts.delete(draft, now=stage.clock())
    assert traces(stage, draft) == ["LINK"]
    with pytest.raises(errors.DraftNotFound):
        stage.services.drafts.open(draft.token, now=stage.clock())


def test_a_draft_past_its_date_goes_with_all_that_belongs_to_it(stage: Stage):
    old = with_a_file(stage)
    stage.clock.advance(29 * DAY)
    young = stage.draft()
    stage.clock.advance(DAY)
    assert stage.services.drafts.expire(now=stage.clock()) == 1
    assert traces(stage, old) == ["LINK"]
    assert stage.services.drafts.open(young.token, now=stage.clock() - DAY).version
    assert stage.services.drafts.expire(now=stage.clock()) == 0


def test_a_referral_that_was_sent_never_expires(stage: Stage):
    receipt = stage.submit()
    stage.clock.advance(31 * DAY)
    assert stage.services.drafts.expire(now=stage.clock()) == 0
    stage.services.cases.check(receipt.reference)


def test_a_draft_that_was_sent_cannot_be_deleted(stage: Stage):
    draft = stage.draft()
    stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    with pytest.raises(errors.AlreadySubmitted):
        stage.services.drafts.delete(draft, now=stage.clock())
    (case,) = stage.services.cases.page().cases
    stage.services.cases.check(case.reference)


def test_what_was_saved_in_another_tab_is_deleted_too(stage: Stage):
    draft = stage.draft()
    save(stage, draft, "Saved meanwhile")
    stage.services.drafts.delete(draft, now=stage.clock())
    assert stage.services.drafts.drafts.get(draft.case_id) is None


def test_nothing_saves_a_draft_that_is_being_deleted(stage: Stage):
    draft = stage.draft()
    with pytest.raises(errors.Unavailable):
        _failing(stage).delete(draft, now=stage.clock())
    with pytest.raises(errors.DraftExpired):
        save(stage, draft, "Too late")


def test_a_deletion_that_failed_half_way_ends_with_the_sweep(stage: Stage):
    draft = with_a_file(stage)
    with pytest.raises(errors.Unavailable):
        _failing(stage).delete(draft, now=stage.clock())
    kept = stage.services.drafts.drafts.get(draft.case_id)
    assert kept is not None
    assert (kept.sealed, kept.wrapped_key, kept.contact) == (b"", b"", b"")
    assert stage.services.drafts.expire(now=stage.clock()) == 1
    assert traces(stage, draft) == ["LINK"]


def test_one_draft_that_cannot_go_keeps_no_other_from_going(stage: Stage):
    stuck, other = stage.draft(), stage.draft()
    stage.clock.advance(31 * DAY)
    real = stage.services.drafts

    def destroy(case_id: str) -> None:
        if case_id == stuck.case_id:
            raise errors.Unavailable("the storage does not answer")
        real.destroy_files(case_id)

    assert replace(real, destroy_files=destroy).expire(now=stage.clock()) == 1
    assert real.drafts.get(other.case_id) is None
    assert real.drafts.get(stuck.case_id) is not None


def test_links_that_were_lost_do_not_bring_back_what_is_being_deleted(stage: Stage):
    draft = stage.draft()
    with pytest.raises(errors.Unavailable):
        _failing(stage).delete(draft, now=stage.clock())
    stage.services.drafts.ask_for_links("priya@hospital.example.org", network="", now=stage.clock())
    (due,) = stage.services.asks.waiting(now=stage.clock(), limit=1)
    ask = stage.services.asks.claim(due.ask_id, now=stage.clock())
    assert ask is not None
    stage.services.drafts.answer(ask, now=stage.clock())
    assert stage.services.drafts.drafts.messages(draft.case_id) == []


def test_a_network_is_paused_before_it_asks_for_links_without_end(stage: Stage):
    limits, drafts = stage.services.limits, stage.services.drafts
    for _ in range(MOST[Limit.CODES_BY_NETWORK] * stage.services.settings.network_allowance):
        limits.count(Limit.CODES_BY_NETWORK, "192.0.2.1", now=stage.clock())
    with pytest.raises(errors.TooOften):
        drafts.ask_for_links("a@example.org", network="192.0.2.1", now=stage.clock())


def _failing(stage: Stage):
    """The service, while the storage of files does not answer."""

    def refuse(_: str) -> None:
        raise errors.Unavailable("the storage does not answer")

    return replace(stage.services.drafts, destroy_files=refuse)
