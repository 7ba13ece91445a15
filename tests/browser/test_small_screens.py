"""Sending, following and withdrawing on the smallest telephone, by touch alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page

from tests import factories, papers
from tests.browser.fixtures import draft_in, filled, new_mailbox
from tests.browser.follower import INFORMATION, REASON, Follower
from tests.browser.inspector import NARROW, TOO_WIDE
from tests.browser.mailbox import Mailbox
from tests.browser.referrer import CODE

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser):
    with browser.new_context(viewport=NARROW, has_touch=True, is_mobile=True) as context:
        yield context.new_page()


def tap(page: Page, target: Locator) -> None:
    """Touch what leads to another page, which then fits into the window."""
    with page.expect_navigation():
        target.tap()
    assert page.evaluate(TOO_WIDE) == [], page.title()


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name, exact=True)


def type_code(page: Page, mailbox: Mailbox, email: str, subject: str) -> None:
    page.get_by_label("Enter the code from your email").fill(mailbox.wait_for(email, subject).code)
    tap(page, button(page, "Continue"))


def send(page: Page, mailbox: Mailbox, email: str) -> str:
    """From the list of tasks: a file, the address confirmed, the referral sent."""
    tap(page, link(page, "Add files (optional)"))
    photo = FilePayload(name="photo.png", mimeType="image/png", buffer=papers.png())
    page.locator("#choose-files").set_input_files([photo])
    page.locator("[data-uploads-list] [data-file]").wait_for()
    assert page.evaluate(TOO_WIDE) == []
    tap(page, button(page, "Continue"))
    tap(page, button(page, "Check your answers"))
    tap(page, button(page, "Continue"))
    assert page.get_by_label("Work email address").input_value() == email
    tap(page, button(page, "Send me a code"))
    type_code(page, mailbox, email, CODE)
    tap(page, button(page, "Confirm and send"))
    return page.locator(".service-reference").first.inner_text()


def test_a_referral_is_sent_followed_and_withdrawn_on_a_telephone(
    page: Page, address, mailbox, running_services
):
    email = new_mailbox()
    page.goto(f"{address}/refer")
    tap(page, button(page, "Start now"))
    filled(running_services, draft_in(page.context, running_services), email)
    page.goto(f"{address}/refer/tasks")
    reference = send(page, mailbox, email)

    tap(page, link(page, "follow your referral"))
    page.get_by_label("What is your reference?").fill(reference)
    tap(page, button(page, "Continue"))
    type_code(page, mailbox, email, Follower.subject_of(reference))
    tap(page, link(page, "Add information"))
    page.get_by_label(INFORMATION).fill("Typed with one thumb.")
    tap(page, button(page, "Send"))
    tap(page, link(page, "See your referral"))
    tap(page, link(page, "Read, print or download a copy"))
    name = factories.full_answers()["child/name"][0]["full_name"][0]
    assert name in page.locator("main").inner_text()
    page.go_back()
    tap(page, link(page, "Withdraw this referral"))
    page.get_by_label(REASON).fill("Sent twice.")
    tap(page, button(page, "Withdraw referral"))
    assert page.title().startswith("Referral withdrawn")
    case = running_services.cases.cases.read(reference).case
    assert case.withdrawn_at
    assert case.supplied == 1
