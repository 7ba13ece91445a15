"""Drafts: started, opened and saved, on the local AWS."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.forms.parsing import parse
from chalicelib.domain.forms.questions import Question
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
    return stage.services.drafts.save(
        draft,
        NAME,
        lambda answers: answers.with_one(NAME, question),
        stamp=given,
        now=stage.clock(),
    )


def test_answers_survive_until_the_draft_is_opened_again(stage: Stage):
    draft = stage.services.drafts.start(now=stage.clock())
    save(stage, draft, "Amina Osei")
    again = stage.services.drafts.open(draft.token, now=stage.clock())
    assert again.answers.one(NAME) == answer("Amina Osei")


def test_a_draft_is_kept_for_thirty_days_after_the_last_save(stage: Stage):
    draft = stage.services.drafts.start(now=stage.clock())
    stage.clock.advance(timedelta(days=29))
    save(stage, draft, "Amina Osei")
    stage.clock.advance(timedelta(days=29))
    stage.services.drafts.open(draft.token, now=stage.clock())
    stage.clock.advance(timedelta(days=1))
    with pytest.raises(errors.DraftExpired):
        stage.services.drafts.open(draft.token, now=stage.clock())


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "../..", "☃"])
def test_a_cookie_that_was_never_issued_opens_nothing(stage: Stage, token: str):
    with pytest.raises(errors.DraftNotFound):
        stage.services.drafts.open(token, now=stage.clock())


def test_a_page_changed_in_another_tab_is_not_overwritten(stage: Stage):
    draft = stage.services.drafts.start(now=stage.clock())
    save(stage, draft, "First tab")
    with pytest.raises(errors.StaleVersion):
        save(stage, draft, "Second tab")
    kept = stage.services.drafts.open(draft.token, now=stage.clock())
    assert kept.answers.one(NAME) == answer("First tab")


def test_the_same_answers_sent_twice_are_one_save(stage: Stage):
    draft = stage.services.drafts.start(now=stage.clock())
    before = draft.answers.stamp(NAME)
    saved = save(stage, draft, "Amina Osei")
    assert save(stage, saved, "Amina Osei", stamp=before).version == saved.version


def test_two_tabs_save_different_pages_at_the_same_time(stage: Stage):
    draft = stage.services.drafts.start(now=stage.clock())
    agency = find("referrer", "agency")
    given = factories.answers_from().one(agency)
    assert given is not None
    save(stage, draft, "Amina Osei")
    stage.services.drafts.save(
        draft,
        agency,
        lambda answers: answers.with_one(agency, given),
        stamp=draft.answers.stamp(agency),
        now=stage.clock(),
    )
    both = stage.services.drafts.open(draft.token, now=stage.clock())
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
        stage.services.drafts.save(
            draft, page, eleven_more, stamp=draft.answers.stamp(page), now=stage.clock()
        )
    kept = stage.services.drafts.open(draft.token, now=stage.clock())
    assert kept.answers == draft.answers
