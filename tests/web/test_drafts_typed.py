"""What was typed and is no answer yet: kept, shown again, named, finished or cleared."""

from __future__ import annotations

import pytest

from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import PAGES, visible_pages
from tests import factories
from tests.stage import Stage
from tests.web.referrer import Referrer, links_in, value_of
from tests.web.visitor import page

pytestmark = pytest.mark.aws

NAME = PAGES["referrer/name"]
AGENCY = PAGES["agencies/agency"]
LATER = {"action": "later"}


@pytest.fixture
def referrer(stage: Stage) -> Referrer:
    return Referrer(stage).start()


def location(answer) -> str:
    return str(answer.headers["location"])


def test_every_question_page_and_every_list_offers_to_come_back_later(stage: Stage):
    referrer = Referrer(stage).having()
    for found in visible_pages(referrer.answers):
        path = f"/refer/{found.path}"
        for address in (path, f"{path}/1" if found.many else path):
            assert "Save and come back later" in page(referrer.get(address)), address


def test_a_complete_page_is_saved_and_left(referrer: Referrer):
    answer = referrer.fill_in(
        "/refer/referrer/name", {"name": "Amina Osei", "role": "Head teacher"} | LATER
    )
    assert location(answer) == "/refer/saved"
    assert referrer.answers.answered(NAME)


def test_an_incomplete_page_is_kept_as_it_was_typed(referrer: Referrer):
    answer = referrer.fill_in("/refer/referrer/name", {"name": "Amina Osei", "role": ""} | LATER)
    assert location(answer) == "/refer/saved"
    assert not referrer.answers.answered(NAME)
    shown = referrer.get("/refer/referrer/name")
    assert value_of(shown, "name") == "Amina Osei"
    assert "You have not finished this page" in page(shown)
    assert "Error: " not in page(shown)


def test_an_invalid_date_is_kept_as_it_was_typed(referrer: Referrer):
    typed = {"birth": "date", "date_of_birth-day": "31", "date_of_birth-month": "Febru"}
    referrer.fill_in("/refer/child/birth", typed | LATER)
    shown = referrer.get("/refer/child/birth")
    assert value_of(shown, "date_of_birth-day") == "31"
    assert value_of(shown, "date_of_birth-month") == "Febru"


def test_finishing_the_page_saves_it(referrer: Referrer):
    referrer.fill_in("/refer/referrer/name", {"name": "Amina Osei", "role": ""} | LATER)
    referrer.fill_in("/refer/referrer/name", {"name": "Amina Osei", "role": "Head teacher"})
    assert referrer.answers.answered(NAME)
    assert "You have not finished" not in page(referrer.get("/refer/referrer/name"))


def test_an_untouched_page_leaves_nothing_behind(referrer: Referrer):
    before = referrer.answers
    referrer.fill_in("/refer/referrer/name", {"name": " ", "role": ""} | LATER)
    assert referrer.answers == before


def test_task_list_and_check_page_name_what_is_not_finished(stage: Stage):
    referrer = Referrer(stage).having()
    referrer.fill_in("/refer/referrer/name", {"name": "", "role": "Changed"} | LATER)
    for path, address in (
        ("/refer/tasks", "/refer/referrer/name"),
        ("/refer/check", "/refer/referrer/name?from=check"),
    ):
        shown = referrer.get(path)
        assert "(not finished)" in page(shown)
        assert address in links_in(shown)
    answer = referrer.post("/refer/check", {"version": str(referrer.draft.version)})
    assert answer.status_code == 422


def test_the_saved_answers_can_be_gone_back_to(stage: Stage):
    referrer = Referrer(stage).having()
    saved = referrer.answers.one(NAME)
    referrer.fill_in("/refer/referrer/name", {"name": "", "role": "Changed"} | LATER)
    shown = referrer.get("/refer/referrer/name")
    assert value_of(shown, "role") == "Changed"
    assert "What is saved now" in page(shown)
    answer = referrer.send(shown, {"name": "", "role": "Changed", "action": "clear"})
    assert location(answer) == "/refer/referrer/name"
    assert referrer.answers.one(NAME) == saved
    assert not referrer.answers.is_unfinished(NAME)


def test_an_entry_that_was_begun_is_offered_in_its_list(stage: Stage):
    referrer = Referrer(stage).having()
    entries = len(referrer.answers.many(AGENCY))
    new = f"/refer/agencies/agency/{entries + 1}"
    referrer.fill_in(new, {"agency": "", "name": "Kim Fabricated"} | LATER)
    listed = referrer.get("/refer/agencies/agency")
    assert {new, f"{new}/remove"} <= set(links_in(listed))
    assert value_of(referrer.get(new), "name") == "Kim Fabricated"
    assert new in links_in(referrer.get("/refer/tasks"))
    removal = referrer.get(f"{new}/remove")
    assert "You have not finished it" in page(removal)
    referrer.send(removal, {})
    assert not referrer.answers.is_unfinished(AGENCY)
    assert len(referrer.answers.many(AGENCY)) == entries


def test_the_list_page_keeps_its_own_answer(stage: Stage):
    forms = factories.full_answers()
    answers = factories.answers_from({k: v for k, v in forms.items() if k != AGENCY.path})
    referrer = Referrer(stage).having(answers)
    answer = referrer.post("/refer/agencies/agency", {"another": "no"} | LATER)
    assert location(answer) == "/refer/saved"
    assert referrer.answers.answered(AGENCY)
    again = referrer.post("/refer/agencies/agency", {"another": "yes"} | LATER)
    assert location(again) == "/refer/saved"


def test_a_page_kept_in_another_tab_is_not_written_over(referrer: Referrer):
    first = referrer.get("/refer/referrer/name")
    second = referrer.get("/refer/referrer/name")
    referrer.send(first, {"name": "First tab", "role": ""} | LATER)
    answer = referrer.send(second, {"name": "Second tab", "role": ""} | LATER)
    assert answer.status_code == 409
    assert value_of(answer, "name") == "Second tab"
    assert referrer.answers.typed(NAME) == {"name": ["First tab"], "role": [""]}


def test_words_that_would_make_the_referral_too_long_stay_on_the_page(referrer: Referrer):
    answer = referrer.fill_in("/refer/incident/account", {"account": "x" * 200_001} | LATER)
    assert answer.status_code == 413
    assert referrer.answers == Answers.empty()


def test_a_field_that_the_page_does_not_have_is_refused(referrer: Referrer):
    answer = referrer.fill_in("/refer/referrer/name", {"name": "", "spell": "1"} | LATER)
    assert answer.status_code == 400
