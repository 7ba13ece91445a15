"""The journey: the order of its pages, when each is asked, and what is still missing."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import NotFound
from chalicelib.domain.forms.parsing import Invalid, Problem
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import (
    JOURNEY,
    PAGES,
    SECTIONS,
    Status,
    find,
    find_section,
    first_page,
    missing,
    next_page,
    previous_page,
    read_page,
    section_status,
    visible_pages,
)
from tests.factories import TODAY, FormFields, answers_from, full_answers

EMPTY = Answers.empty()

AGE: FormFields = {"birth": ["age"], "age": ["7"]}
UNBORN: FormFields = {
    "birth": ["unborn"],
    "due-day": ["1"],
    "due-month": ["2"],
    "due-year": ["2027"],
}
BORN: FormFields = {
    "birth": ["date"],
    "date_of_birth-day": ["14"],
    "date_of_birth-month": ["3"],
    "date_of_birth-year": ["2019"],
}


def died(day: str) -> FormFields:
    return {
        "died": ["yes"],
        "date_of_death-day": [day],
        "date_of_death-month": ["3"],
        "date_of_death-year": ["2019"],
    }


def given(forms: dict[str, FormFields]) -> Answers:
    return answers_from({path: [fields] for path, fields in forms.items()})


def test_the_sections_follow_one_another_from_triage_to_media():
    assert [section.slug for section in JOURNEY] == [
        "triage",
        "referrer",
        "lead",
        "child",
        "family",
        "incident",
        "chronology",
        "agencies",
        "criteria",
        "safety",
        "parallel",
        "awareness",
    ]


@pytest.mark.parametrize("section", JOURNEY, ids=lambda section: section.slug)
def test_a_page_stands_in_its_own_section_under_its_own_address(section):
    for page in section.pages:
        assert page.section == section.slug
        assert find(section.slug, page.slug) is page
    assert find_section(section.slug) is section
    assert len(PAGES) == sum(len(each.pages) for each in JOURNEY)


@pytest.mark.parametrize("section,page", [("child", "nickname"), ("", ""), ("child/name", "")])
def test_an_address_outside_the_journey_is_not_found(section: str, page: str):
    with pytest.raises(NotFound):
        find(section, page)
    with pytest.raises(NotFound):
        find_section(f"{section}?")


def test_nothing_answered_shows_what_everybody_is_asked():
    hidden = PAGES.keys() - {page.path for page in visible_pages(EMPTY)}
    assert hidden == {
        "lead/person",
        "child/lead-worker",
        "parallel/criminal",
        "parallel/care",
        "parallel/inquest",
        "parallel/child-death",
        "parallel/domestic",
        "parallel/adults",
        "parallel/other",
    }


BEFORE_BIRTH_HIDDEN = {
    "child/death",
    "child/sex",
    "child/disability",
    "child/now",
    "child/then",
    "child/doctor",
    "child/school",
    "child/legal",
}


@pytest.mark.parametrize(
    "forms,shown,hidden",
    [
        ({"child/birth": UNBORN}, {"criteria/harm", "child/plan"}, BEFORE_BIRTH_HIDDEN),
        ({"child/birth": AGE}, BEFORE_BIRTH_HIDDEN, set()),
        ({"child/death": {"died": ["no"]}}, {"child/now", "criteria/harm"}, set()),
        ({"child/death": died("20")}, {"child/then"}, {"child/now", "criteria/harm"}),
        (
            {"child/death": died("20"), "child/birth": UNBORN},
            {"criteria/harm"},
            BEFORE_BIRTH_HIDDEN,
        ),
        ({"lead/discussed": {"discussed": ["yes"]}}, {"lead/person"}, set()),
        ({"lead/discussed": {"discussed": ["self"]}}, set(), {"lead/person"}),
        (
            {"lead/discussed": {"discussed": ["no"], "not_discussed_reason": ["Alone"]}},
            set(),
            {"lead/person"},
        ),
        ({"child/open-to": {"support": ["social-care"]}}, {"child/lead-worker"}, set()),
        ({"child/open-to": {"support": ["early-help"]}}, {"child/lead-worker"}, set()),
        ({"child/open-to": {"support": ["no"]}}, set(), {"child/lead-worker"}),
        (
            {"parallel/processes": {"processes": ["care", "adults"]}},
            {"parallel/care", "parallel/adults"},
            {"parallel/criminal", "parallel/inquest", "parallel/other"},
        ),
        (
            {"parallel/processes": {"processes": ["none"]}},
            set(),
            {"parallel/care", "parallel/criminal"},
        ),
    ],
)
def test_an_answer_shows_and_hides_other_pages(
    forms: dict[str, FormFields], shown: set[str], hidden: set[str]
):
    visible = {page.path for page in visible_pages(given(forms))}
    assert shown <= visible
    assert not hidden & visible


@pytest.mark.parametrize(
    "process", ["criminal", "care", "inquest", "child-death", "domestic", "adults", "other"]
)
def test_every_process_has_a_page_for_its_contact_and_reference(process: str):
    fields = {"processes": [process]} | ({"other_process": ["X"]} if process == "other" else {})
    visible = [page.path for page in visible_pages(given({"parallel/processes": fields}))]
    assert [path for path in visible if path.startswith("parallel/")] == [
        "parallel/processes",
        f"parallel/{process}",
    ]


@pytest.mark.parametrize("section", JOURNEY, ids=lambda section: section.slug)
def test_continue_walks_every_visible_page_of_a_section_and_back_returns(section):
    answers = answers_from()
    pages = visible_pages(answers, section)
    walked = [pages[0]]
    while following := next_page(walked[-1], answers):
        walked.append(following)
    assert tuple(walked) == pages
    returned = [pages[-1]]
    while earlier := previous_page(returned[-1], answers):
        returned.append(earlier)
    assert tuple(reversed(returned)) == pages


def test_continue_passes_over_pages_that_do_not_apply():
    unborn = given({"child/birth": UNBORN})
    assert next_page(PAGES["child/birth"], unborn) is PAGES["child/ethnicity"]
    assert previous_page(PAGES["child/ethnicity"], unborn) is PAGES["child/birth"]
    assert next_page(PAGES["child/birth"], EMPTY) is PAGES["child/death"]


def test_a_section_goes_from_not_started_through_in_progress_to_completed():
    section = SECTIONS["triage"]
    forms: dict[str, FormFields] = {"triage/purpose": {"review": ["unsure"]}}
    assert section_status(section, EMPTY) is Status.NOT_STARTED
    assert section_status(section, given(forms)) is Status.IN_PROGRESS
    forms["triage/danger"] = {"danger": ["no"]}
    assert section_status(section, given(forms)) is Status.COMPLETED


def test_a_section_is_in_progress_again_when_an_answer_shows_another_page():
    forms: dict[str, FormFields] = {"lead/discussed": {"discussed": ["self"]}}
    assert section_status(SECTIONS["lead"], given(forms)) is Status.COMPLETED
    forms["lead/discussed"] = {"discussed": ["yes"]}
    assert section_status(SECTIONS["lead"], given(forms)) is Status.IN_PROGRESS


def test_a_section_of_entries_is_completed_by_one_or_by_none_to_add():
    page = PAGES["family/person"]
    family = SECTIONS["family"]
    assert section_status(family, EMPTY) is Status.NOT_STARTED
    assert section_status(family, EMPTY.with_none_to_add(page)) is Status.COMPLETED
    entries = {"family/person": full_answers()["family/person"]}
    assert section_status(family, answers_from(entries)) is Status.COMPLETED


def test_a_section_opens_at_its_first_unfinished_page():
    child = SECTIONS["child"]
    assert first_page(child, EMPTY) is PAGES["child/name"]
    named = given({"child/name": {"full_name": ["Jordan Sample"]}})
    assert first_page(child, named) is PAGES["child/birth"]
    assert first_page(child, answers_from()) is PAGES["child/name"]


def test_nothing_is_missing_from_a_full_referral():
    assert missing(answers_from()) == ()
    assert {page.path for page in visible_pages(answers_from())} == set(full_answers())


@pytest.mark.parametrize("path", full_answers())
def test_any_page_left_out_is_missing(path: str):
    forms = {each: entries for each, entries in full_answers().items() if each != path}
    left_out = missing(answers_from(forms))
    assert PAGES[path] in left_out or path in ("lead/discussed", "child/open-to")
    assert left_out


def test_a_page_of_optional_questions_is_still_to_be_seen():
    forms = {path: entries for path, entries in full_answers().items() if path != "child/numbers"}
    assert missing(answers_from(forms)) == (PAGES["child/numbers"],)


def test_a_child_cannot_die_before_birth():
    answers = given({"child/birth": BORN})
    with pytest.raises(Invalid) as caught:
        read_page(PAGES["child/death"], died("13"), answers, today=TODAY)
    assert caught.value.problems == (
        Problem(
            field="date_of_death",
            message="Date of death must be the same as or after the date of birth, 14 March 2019",
            anchor="date_of_death-day",
            parts=("day", "month", "year"),
        ),
    )


@pytest.mark.parametrize("birth", [BORN, AGE])
def test_a_child_may_die_on_the_day_of_birth_or_at_an_age(birth: FormFields):
    answers = given({"child/birth": birth})
    read_page(PAGES["child/death"], died("14"), answers, today=TODAY)


def test_a_birth_put_after_the_death_is_saved_and_asks_for_the_death_again():
    forms = {path: entries[0] for path, entries in full_answers().items()}
    forms["child/birth"] = BORN | {"date_of_birth-day": ["3"], "date_of_birth-year": ["2026"]}
    assert missing(given(forms)) == ()
    forms["child/birth"] = BORN | {"date_of_birth-month": ["11"], "date_of_birth-year": ["2026"]}
    assert [page.path for page in missing(given(forms))] == ["child/death"]
    assert section_status(SECTIONS["child"], given(forms)) is Status.IN_PROGRESS


def test_a_page_knows_whether_its_title_is_its_one_question():
    assert PAGES["child/death"].sole
    assert not PAGES["child/name"].sole
    assert PAGES["child/death"].fields[0].name == "died"


def test_a_page_carries_its_guidance_and_its_notice():
    assert PAGES["safety/children"].notice == "urgent"
    assert PAGES["awareness/media"].notice == "phone_first"
    assert PAGES["triage/purpose"].notice == "not_notification"
    assert "consent" in PAGES["awareness/family"].intro[0]
    assert PAGES["child/name"].intro == ()


def test_a_path_has_one_model_and_a_title():
    for page in PAGES.values():
        assert page.title
        assert page.path == f"{page.section}/{page.slug}"
