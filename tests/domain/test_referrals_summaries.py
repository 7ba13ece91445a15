"""Answers as labelled lines."""

from __future__ import annotations

import pytest

from chalicelib.domain.forms.questions import Question
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import PAGES, visible_pages
from chalicelib.domain.referrals.summaries import Group, rows, summarise
from tests.factories import FormFields, answers_from, canary_fields


def lines(path: str, fields: FormFields) -> dict[str, tuple[str, ...]]:
    (question,) = read(path, fields)
    return {row.label: row.lines for row in rows(question)}


def read(path: str, fields: FormFields) -> tuple[Question, ...]:
    answers = answers_from({path: [fields]})
    page = PAGES[path]
    one = answers.one(page)
    return answers.many(page) if page.many else (one,) if one else ()


def groups(answers: Answers, slug: str) -> tuple[Group, ...]:
    return next(section.groups for section in summarise(answers) if section.slug == slug)


def test_a_summary_has_every_visible_page_in_order():
    answers = answers_from()
    pages = [
        group.page.path
        for section in summarise(answers)
        for group in section.groups
        if not (section.slug == "criteria" and group.page.section == "child")
    ]
    assert list(dict.fromkeys(pages)) == [page.path for page in visible_pages(answers)]


def test_a_summary_shows_everything_that_was_typed():
    forms, canaries = canary_fields()
    shown = {
        line
        for section in summarise(answers_from(forms))
        for group in section.groups
        for row in group.rows
        for line in row.lines
    }
    assert set(canaries) <= shown


@pytest.mark.parametrize(
    "path,fields,expected",
    [
        ("child/numbers", {"nhs_number": ["9434765919"]}, {"NHS number": ("943 476 5919",)}),
        (
            "child/home",
            {"home": ["address"], "address": ["1 Road\nLondon"], "postcode": ["e62rp"]},
            {"Home address": ("1 Road", "London", "E6 2RP")},
        ),
        ("child/home", {"home": ["none"]}, {"Home address": ("No fixed address",)}),
        ("child/birth", {"birth": ["age"], "age": ["0"]}, {"Age in years": ("0",)}),
        (
            "incident/when",
            {
                "occurred": ["day"],
                "day-day": ["1"],
                "day-month": ["11"],
                "day-year": ["2026"],
                "time": ["0005"],
            },
            {"Date of the incident": ("1 November 2026",), "Time": ("12:05am",)},
        ),
        (
            "parallel/processes",
            {"processes": ["inquest", "care"]},
            {"Other investigations and reviews": ("Care proceedings", "Inquest")},
        ),
    ],
)
def test_an_answer_is_written_for_a_person_to_read(
    path: str, fields: FormFields, expected: dict[str, tuple[str, ...]]
):
    shown = lines(path, fields)
    assert shown | expected == shown


def test_an_option_that_only_leads_to_its_answer_is_not_shown_beside_it():
    assert lines("child/birth", {"birth": ["age"], "age": ["7"]}) == {"Age in years": ("7",)}


def test_a_question_left_blank_has_a_row_without_lines():
    assert lines("child/language", {"religion": ["Sikh"]}) == {
        "First language": (),
        "Religion or belief": ("Sikh",),
    }


def test_entries_are_told_apart_by_their_names():
    family = groups(answers_from(), "family")
    assert [(group.title, group.entry) for group in family] == [
        ("Alex Sample, Mother", 0),
        ("Pat Sample, Brother", 1),
    ]
    events = groups(answers_from(), "chronology")
    assert [group.title for group in events] == [
        "3 October 2026: Jordan was not brought to an appointment.",
        "Late summer 2026: The family moved.",
    ]


def test_none_to_add_is_said_and_an_unanswered_page_says_nothing():
    page = PAGES["family/person"]
    (unanswered,) = groups(Answers.empty(), "family")
    (none,) = groups(Answers.empty().with_none_to_add(page), "family")
    assert (unanswered.note, unanswered.rows) == ("", ())
    assert none.note == "No family or household member is known"


def test_the_death_of_a_child_stands_among_the_criteria():
    died = groups(answers_from(), "criteria")[1]
    assert died.page is PAGES["child/death"]
    assert [(row.label, row.lines) for row in died.rows] == [
        ("Died or seriously harmed", ("The child died on 2 November 2026",))
    ]


def test_harm_stands_among_the_criteria_when_no_death_is_known():
    pages = [group.page.path for group in groups(Answers.empty(), "criteria")]
    assert pages == ["criteria/abuse", "criteria/harm", "criteria/grounds", "criteria/narrative"]
