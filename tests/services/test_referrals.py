"""From the first answer to the reference, on the local AWS."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.cases import State
from chalicelib.domain.forms.parsing import parse
from chalicelib.domain.forms.questions import Question
from chalicelib.domain.messages import Kind
from chalicelib.domain.people import Role
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import find
from tests import factories
from tests.stage import Stage

pytestmark = pytest.mark.aws

NAME = find("referrer", "name")


def answer(name: str) -> Question:
    return parse(NAME.model, {"name": [name], "role": ["Head teacher"]}, today=factories.TODAY)


def save(stage: Stage, draft, name: str, *, stamp: str | None = None):
    given = draft.answers.stamp(NAME) if stamp is None else stamp
    question = answer(name)
    return stage.services.referrals.save(
        draft,
        NAME,
        lambda answers: answers.with_one(NAME, question),
        stamp=given,
        now=stage.clock(),
    )


def test_answers_survive_until_the_draft_is_opened_again(stage: Stage):
    draft = stage.services.referrals.start(now=stage.clock())
    save(stage, draft, "Amina Osei")
    again = stage.services.referrals.open(draft.token, now=stage.clock())
    assert again.answers.one(NAME) == answer("Amina Osei")


def test_a_draft_is_kept_for_thirty_days_after_the_last_save(stage: Stage):
    draft = stage.services.referrals.start(now=stage.clock())
    stage.clock.advance(timedelta(days=29))
    save(stage, draft, "Amina Osei")
    stage.clock.advance(timedelta(days=29))
    stage.services.referrals.open(draft.token, now=stage.clock())
    stage.clock.advance(timedelta(days=1))
    with pytest.raises(errors.DraftExpired):
        stage.services.referrals.open(draft.token, now=stage.clock())


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "../..", "☃"])
def test_a_cookie_that_was_never_issued_opens_nothing(stage: Stage, token: str):
    with pytest.raises(errors.DraftNotFound):
        stage.services.referrals.open(token, now=stage.clock())


def test_a_page_changed_in_another_tab_is_not_overwritten(stage: Stage):
    draft = stage.services.referrals.start(now=stage.clock())
    save(stage, draft, "First tab")
    with pytest.raises(errors.StaleVersion):
        save(stage, draft, "Second tab")
    kept = stage.services.referrals.open(draft.token, now=stage.clock())
    assert kept.answers.one(NAME) == answer("First tab")


def test_the_same_answers_sent_twice_are_one_save(stage: Stage):
    draft = stage.services.referrals.start(now=stage.clock())
    before = draft.answers.stamp(NAME)
    saved = save(stage, draft, "Amina Osei")
    assert save(stage, saved, "Amina Osei", stamp=before).version == saved.version


def test_two_tabs_save_different_pages_at_the_same_time(stage: Stage):
    draft = stage.services.referrals.start(now=stage.clock())
    agency = find("referrer", "agency")
    given = factories.answers_from().one(agency)
    assert given is not None
    save(stage, draft, "Amina Osei")
    stage.services.referrals.save(
        draft,
        agency,
        lambda answers: answers.with_one(agency, given),
        stamp=draft.answers.stamp(agency),
        now=stage.clock(),
    )
    both = stage.services.referrals.open(draft.token, now=stage.clock())
    assert both.answers.one(NAME) == answer("Amina Osei")
    assert both.answers.one(agency) == given


def test_a_referral_over_its_limit_is_refused_and_what_was_saved_stays(stage: Stage):
    draft = stage.draft()
    page = find("chronology", "event")
    entry = parse(
        page.model,
        {"known": ["about"], "about": ["Long ago"], "event": ["x" * 19_999], "source": ["Notes"]},
        today=factories.TODAY,
    )

    def eleven_more(answers: Answers) -> Answers:
        for _ in range(11):
            answers = answers.with_entry(page, None, entry)
        return answers

    with pytest.raises(errors.ReferralTooLarge):
        stage.services.referrals.save(
            draft, page, eleven_more, stamp=draft.answers.stamp(page), now=stage.clock()
        )
    kept = stage.services.referrals.open(draft.token, now=stage.clock())
    assert kept.answers == draft.answers


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
    reopened = referrals.open(draft.token, now=stage.clock())
    third = referrals.submit(reopened, seen=reopened.version, now=stage.clock())
    assert first == second == third
    assert len(stage.services.cases.page().cases) == 1


def test_the_answers_leave_the_draft_when_it_is_sent(stage: Stage):
    draft = stage.draft()
    stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    sent = stage.services.referrals.open(draft.token, now=stage.clock())
    assert (sent.stored.sealed, sent.stored.wrapped_key) == (b"", b"")
    with pytest.raises(errors.AlreadySubmitted):
        save(stage, sent, "Too late")


def test_what_was_checked_is_what_is_sent(stage: Stage):
    draft = stage.draft()
    save(stage, draft, "Changed in another tab")
    latest = stage.services.referrals.open(draft.token, now=stage.clock())
    with pytest.raises(errors.StaleVersion):
        stage.services.referrals.submit(latest, seen=draft.version, now=stage.clock())
    with pytest.raises(errors.StaleVersion):
        stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    assert stage.services.cases.page().cases == ()


def test_an_unfinished_referral_is_not_sent(stage: Stage):
    draft = stage.services.referrals.start(now=stage.clock())
    with pytest.raises(errors.ReferralIncomplete) as caught:
        stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    assert "referrer/name" in caught.value.pages


def test_32_concurrent_submits_of_one_draft_give_one_case(stage: Stage):
    draft = stage.draft()
    referrals = stage.services.referrals

    def send(_: int) -> str:
        opened = referrals.open(draft.token, now=stage.clock())
        seen = opened.version if opened.reference else draft.version
        return referrals.submit(opened, seen=seen, now=stage.clock()).reference

    with ThreadPoolExecutor(32) as pool:
        references = set(pool.map(send, range(32)))
    assert len(references) == 1
    assert [case.reference for case in stage.services.cases.page().cases] == list(references)
    assert all(len(sent) == 1 for sent in stage.sent(references.pop()).values())
