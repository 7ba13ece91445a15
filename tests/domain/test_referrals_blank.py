"""The form on paper: every page of the journey, with room for its answers."""

from __future__ import annotations

import pytest

from chalicelib.domain.forms.questions import describe
from chalicelib.domain.referrals.blank import ENTRIES, blank_form, groups
from chalicelib.domain.referrals.journey import JOURNEY, PAGES
from chalicelib.domain.referrals.page import ALWAYS

FIELDS = [field for page in PAGES.values() for field in describe(page.model)]
BLANKS = [blank for section in blank_form() for blank in section.pages]


def test_every_page_of_the_journey_is_on_paper_in_order():
    assert [blank.page for blank in BLANKS] == list(PAGES.values())
    assert [blank.number for blank in BLANKS] == list(range(1, len(PAGES) + 1))
    assert [each.slug for each in blank_form()] == [each.slug for each in JOURNEY]


def test_what_is_asked_of_several_things_stands_there_several_times():
    assert {blank.entries for blank in BLANKS if blank.page.many} == {ENTRIES}
    assert {blank.entries for blank in BLANKS if not blank.page.many} == {1}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_is_not_always_asked_says_when_it_is(path):
    page = PAGES[path]
    assert bool(page.visible.words) is (page.visible is not ALWAYS)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_takes_the_address_of_the_form_or_the_guidance(path):
    assert PAGES[path].section not in ("form", "guidance")


def test_options_stand_under_their_headings_and_none_is_lost():
    for field in FIELDS:
        assert [o for _, options in groups(field) for o in options] == list(field.options)
    (ethnic_group,) = [field for field in FIELDS if field.name == "ethnic_group"]
    assert [heading for heading, _ in groups(ethnic_group)][:2] == [
        "White",
        "Mixed or multiple ethnic groups",
    ]
