"""Two tabs, two clicks, the back button and a reload: what browsers do besides following links."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from chalicelib.bootstrap import Services
from chalicelib.domain.referrals.journey import PAGES
from infra import seed
from tests.browser.decider import Decider
from tests.browser.filling import fill_in, press
from tests.browser.fixtures import draft_in, filled, new_mailbox
from tests.browser.inspector import Inspector

pytestmark = pytest.mark.browser

NAME = PAGES["child/name"]


def begin(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(f"{address}/refer")
    press(page, "Start now")
    return page


def ready(context: BrowserContext, address: str, services: Services) -> Page:
    """A browser at the end of a whole referral, before it is sent."""
    page = begin(context, address)
    draft = filled(services, draft_in(context, services), new_mailbox())
    seed.confirmed(services, draft, now=services.clock())
    page.goto(f"{address}/refer/check")
    return page


def references(services: Services) -> set[str]:
    return {case.reference for case in services.cases.page(limit=200).cases}


def shown_reference(page: Page) -> str:
    return page.locator(".service-reference").first.inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_second_of_two_tabs_sees_both_answers(browser: Browser, address, scripts):
    with browser.new_context(java_script_enabled=scripts) as context:
        first = begin(context, address)
        second = context.new_page()
        inspector = Inspector(second, scripts=scripts)
        for page in (first, second):
            page.goto(f"{address}/refer/child/name")
        fill_in(first, NAME.model, {"full_name": ["Jordan Sample"]})
        press(first)
        fill_in(second, NAME.model, {"full_name": ["Morgan Sample"]})
        press(second)

        inspector.look()
        assert second.title().startswith("Error: ")
        assert "Jordan Sample" in second.locator(".govuk-inset-text").inner_text()
        assert second.get_by_label("Full name").input_value() == "Morgan Sample"
        press(second)
        second.goto(f"{address}/refer/child/name")
        assert second.get_by_label("Full name").input_value() == "Morgan Sample"
        assert inspector.complaints == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_click_on_send_makes_one_case(
    browser: Browser, address, running_services, scripts
):
    before = references(running_services)
    with browser.new_context(java_script_enabled=scripts) as context:
        page = ready(context, address, running_services)
        page.get_by_role("button", name="Confirm and send").dblclick()
        page.wait_for_url("**/refer/sent")
        reference = shown_reference(page)

    assert references(running_services) - before == {reference}


def test_going_back_or_reloading_after_sending_shows_what_was_sent(
    browser: Browser, address, running_services
):
    with browser.new_context() as context:
        page = ready(context, address, running_services)
        press(page, "Confirm and send")
        reference = shown_reference(page)
        page.reload()
        assert shown_reference(page) == reference
        page.go_back()
        assert page.url.endswith("/refer/sent")
        assert shown_reference(page) == reference


def test_going_back_after_a_decision_shows_that_it_was_recorded(browser: Browser, mailbox, filed):
    with browser.new_context() as context:
        decider = Decider(context.new_page(), mailbox, filed())
        decider.enter()
        decider.declare()
        decider.rule()
        decider.confirm()
        decider.page.go_back()
        assert re.match("(This case has been decided|Decision recorded)", decider.page.title())
