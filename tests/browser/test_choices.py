"""Radios and checkboxes show what belongs to them, however they came to be ticked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from chalicelib.domain.referrals.journey import PAGES
from tests.browser.filling import fill_in, press

pytestmark = pytest.mark.browser


@pytest.fixture
def context(browser: Browser):
    with browser.new_context() as opened:
        yield opened


def open_page(context: BrowserContext, address: str, path: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/refer")
    press(page, "Start now")
    page.goto(f"{address}/refer/{path}")
    return page


def test_only_what_the_chosen_radio_reveals_is_shown(context: BrowserContext, address):
    page = open_page(context, address, "child/birth")
    born, age = page.get_by_label("Year"), page.get_by_label("Age in years")
    expect(born.first).to_be_hidden()
    page.get_by_label("I know their date of birth").check()
    expect(born.first).to_be_visible()
    page.get_by_label("I know their age only").check()
    expect(born.first).to_be_hidden()
    expect(age).to_be_visible()
    assert page.locator("[aria-expanded]").count() == 0


def test_none_of_these_unticks_the_others_and_hides_what_they_reveal(
    context: BrowserContext, address
):
    page = open_page(context, address, "criteria/grounds")
    other, none = page.get_by_label("Another reason"), page.get_by_label("None of these")
    page.get_by_label("There are recurrent themes").check()
    other.check()
    expect(page.locator("#other_reason")).to_be_visible()

    none.check()
    assert page.locator("input:checked").count() == 1
    expect(page.locator("#other_reason")).to_be_hidden()

    other.check()
    expect(none).not_to_be_checked()
    expect(page.locator("#other_reason")).to_be_visible()


def test_two_that_contradict_all_others_contradict_each_other(context: BrowserContext, address):
    page = open_page(context, address, "parallel/processes")
    page.get_by_label("None of these").check()
    page.get_by_label("Not known").check()

    expect(page.get_by_label("None of these")).not_to_be_checked()


def test_going_back_shows_what_was_revealed(context: BrowserContext, address):
    page = open_page(context, address, "child/disability")
    model = PAGES["child/disability"].model
    fill_in(page, model, {"disabled": ["yes"], "disability": ["Hearing loss"]})
    press(page)
    page.go_back()

    expect(page.get_by_label("Yes")).to_be_checked()
    expect(page.locator("#disability")).to_be_visible()


def test_nothing_is_hidden_where_scripts_are_off(browser: Browser, address):
    with browser.new_context(java_script_enabled=False) as context:
        page = open_page(context, address, "child/birth")
        expect(page.get_by_label("Age in years")).to_be_visible()
        expect(page.get_by_label("Year").first).to_be_visible()
