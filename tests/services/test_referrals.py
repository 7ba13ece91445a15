"""Sending a referral, on the local AWS."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.cases import State
from chalicelib.domain.messages import Kind
from chalicelib.domain.people import Role
from tests.services.test_drafts import save
from tests.stage import Stage

pytestmark = pytest.mark.aws


def test_sending_makes_one_case_with_its_trail_and_messages(stage: Stage):
    receipt = stage.submit()
    assert receipt.decision_due == date(2026, 12, 22)
    cases = stage.services.cases.cases
    case = cases.read(receipt.reference).case
    assert (case.state, case.decider, case.version) == (
        State.AWAITING_DECISION,
        Role.DECISION_MAKER,
        1,
    )
    assert [event.act.value for event in cases.trail(receipt.reference)] == [
        "referral-submitted",
        "link-issued",
    ]
    assert stage.services.cases.first_broken_event(receipt.reference) is None
    assert set(stage.sent(receipt.reference)) == {
        Kind.RECEIPT,
        Kind.REFERRAL_RECEIVED,
        Kind.DECISION_REQUEST,
        Kind.DECISION_WAITING,
    }


def test_sending_twice_shows_the_same_reference(stage: Stage):
    draft = stage.draft()
    referrals = stage.services.referrals
    first = referrals.submit(draft, seen=draft.version, now=stage.clock())
    stage.clock.advance(timedelta(minutes=5))
    second = referrals.submit(draft, seen=draft.version, now=stage.clock())
    reopened = stage.services.drafts.open(draft.token, now=stage.clock())
    third = referrals.submit(reopened, seen=reopened.version, now=stage.clock())
    assert first == second == third
    assert len(stage.services.cases.page().cases) == 1


def test_the_answers_leave_the_draft_when_it_is_sent(stage: Stage):
    draft = stage.draft()
    stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    sent = stage.services.drafts.open(draft.token, now=stage.clock())
    assert (sent.stored.sealed, sent.stored.wrapped_key) == (b"", b"")
    with pytest.raises(errors.AlreadySubmitted):
        save(stage, sent, "Too late")


def test_what_was_checked_is_what_is_sent(stage: Stage):
    draft = stage.draft()
    save(stage, draft, "Changed in another tab")
    latest = stage.services.drafts.open(draft.token, now=stage.clock())
    with pytest.raises(errors.StaleVersion):
        stage.services.referrals.submit(latest, seen=draft.version, now=stage.clock())
    with pytest.raises(errors.StaleVersion):
        stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    assert stage.services.cases.page().cases == ()


def test_an_unfinished_referral_is_not_sent(stage: Stage):
    draft = stage.services.drafts.start(now=stage.clock())
    with pytest.raises(errors.ReferralIncomplete) as caught:
        stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    assert "referrer/name" in caught.value.pages


def test_32_concurrent_submits_of_one_draft_give_one_case(stage: Stage):
    draft = stage.draft()
    referrals = stage.services.referrals

    def send(_: int) -> str:
        opened = stage.services.drafts.open(draft.token, now=stage.clock())
        seen = opened.version if opened.reference else draft.version
        return referrals.submit(opened, seen=seen, now=stage.clock()).reference

    with ThreadPoolExecutor(32) as pool:
        references = set(pool.map(send, range(32)))
    assert len(references) == 1
    assert [case.reference for case in stage.services.cases.page().cases] == list(references)
    assert all(len(sent) == 1 for sent in stage.sent(references.pop()).values())
