"""Every page on which something has ended or gone wrong, looked at like any other."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route

import chalicelib.web.decisions.endings  # noqa: F401 - adds its pages to the table
from chalicelib.domain import errors
from chalicelib.domain.people import Role
from chalicelib.web import pages
from chalicelib.web.errors import PAGES
from tests.browser.decider import WAITS, Decider
from tests.browser.filling import press
from tests.browser.inspector import Inspector
from tests.stage import NOON
from tests.web.playground import Playground
from tests.web.visitor import Visitor, services

pytestmark = pytest.mark.browser

ASSETS = re.compile(r"/assets/[\w-]+")
LONG_WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 2
LONG_AGO = timedelta(days=60)
DETAILS: dict[type[errors.ServiceError], errors.ServiceError] = {
    errors.LinkSpent: errors.LinkSpent(NOON, "Independent Chair"),
    errors.AlreadyDecided: errors.AlreadyDecided(at=NOON, role=Role.DECISION_MAKER),
    errors.AlreadyWithdrawn: errors.AlreadyWithdrawn(at=NOON),
    errors.TooOften: errors.TooOften(NOON),
    errors.ReferralIncomplete: errors.ReferralIncomplete(("child/name", "child/birth")),
}


def test_every_error_page_is_sound(page: Page, address):
    inspector = Inspector(page)
    page.goto(address)
    assets = ASSETS.findall(page.content())[0]
    with pages.serving(services):
        for number, kind in enumerate(PAGES):
            playground = Playground()
            playground.fails = DETAILS.get(kind) or kind()
            answer = Visitor(playground.app).get("/form")
            # Made without the running service, but shown with its styles and scripts.
            body = ASSETS.sub(assets, answer.body.decode())
            show(page, f"{address}/error-{number}", answer.status_code, body)
            inspector.look()
    assert inspector.looked_at == len(PAGES)
    assert inspector.complaints == []


def show(page: Page, url: str, status: int, body: str) -> None:
    def fulfil(route: Route) -> None:
        route.fulfill(status=status, content_type="text/html; charset=utf-8", body=body)

    page.route(url, fulfil)
    page.goto(url)


def test_pages_about_the_service_and_pages_that_are_not_there_are_sound(page: Page, address):
    inspector = Inspector(page)
    for path, status in (("/nothing", 404), ("/refer/tasks", 404), ("/decisions/unknown", 404)):
        answer = page.goto(f"{address}{path}")
        assert answer.status == status
        inspector.look()
    for path in ("/accessibility", "/privacy", "/cookies", "/refer/form", "/refer/guidance"):
        page.goto(f"{address}{path}")
        inspector.look()
    refused = page.request.fetch(f"{address}/privacy", method="DELETE")
    show(page, f"{address}/refused", refused.status, refused.text())
    inspector.look()
    assert page.title().startswith("That cannot be done at this address")
    assert inspector.complaints == []


def test_a_browser_without_cookies_is_told_so(page: Page, address):
    inspector = Inspector(page)
    page.goto(f"{address}/refer")
    page.context.clear_cookies()
    press(page, "Start now")
    inspector.look()
    assert page.title().startswith("Your browser did not send our cookie")
    assert inspector.complaints == []


def test_wrong_and_used_up_codes_are_said_to_be(page: Page, mailbox, filed):
    inspector = Inspector(page)
    decider = Decider(page, mailbox, filed())
    decider.open_link()
    press(page, "Send me a code")
    right = decider.newest_code(number=1)
    page.locator("#code").fill("nonsense")
    press(page)
    inspector.look()
    for tries_left in ("4 tries", "3 tries", "2 tries", "1 try"):
        page.locator("#code").fill(f"{(int(right) + 1) % 1_000_000:06}")
        press(page)
        assert f"You have {tries_left} left" in page.locator("main").inner_text()
    inspector.look()
    page.locator("#code").fill(f"{(int(right) + 1) % 1_000_000:06}")
    press(page)
    inspector.look()
    assert page.title().startswith("That code no longer works")
    for _ in range(5):
        page.goto(decider.link)
        press(page, "Send me a code")
    inspector.look()
    assert page.title().startswith("No more codes for now")
    assert inspector.complaints == []


def test_an_expired_link_is_renewed_and_superseded(page: Page, mailbox, running_services, filed):
    inspector = Inspector(page)
    decider = Decider(page, mailbox, filed(running_services.clock() - LONG_AGO))
    expired = decider.link
    page.goto(expired)
    inspector.look()
    press(page, "Send me a new link")
    inspector.look()
    fresh = mailbox.wait_for(decider.email, f"{decider.reference}: {WAITS}", number=2).link
    page.goto(expired)
    inspector.look()
    assert page.title().startswith("A newer link has replaced this one")
    page.goto(fresh)
    assert page.title().startswith("A referral waits for your decision")
    assert inspector.complaints == []


def test_a_spent_link_says_when_and_by_whom_it_was_decided(page: Page, mailbox, filed):
    inspector = Inspector(page)
    decider = Decider(page, mailbox, filed())
    decider.enter()
    decider.declare()
    decider.rule()
    decider.confirm()
    page.goto(decider.link)
    inspector.look()
    assert page.title().startswith("This case has been decided")
    assert "by the Independent Chair" in page.locator("main").inner_text()
    assert inspector.complaints == []


def test_the_longest_word_fits_into_the_narrowest_window(page: Page, address):
    inspector = Inspector(page)
    page.goto(f"{address}/refer")
    press(page, "Start now")
    page.goto(f"{address}/refer/agencies/agency/1")
    page.get_by_label("Agency", exact=True).fill(LONG_WORD)
    page.get_by_label("Not known").check()
    press(page)
    inspector.look()
    page.get_by_role("link", name="Remove").click()
    page.wait_for_url("**/remove")
    inspector.look()
    page.goto(f"{address}/refer/check")
    assert LONG_WORD in page.locator("main").inner_text()
    inspector.look()
    assert inspector.complaints == []
