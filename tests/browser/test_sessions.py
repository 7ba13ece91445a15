"""The warning before a session ends, by a clock that the test moves."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from infra import seed
from tests.browser.decider import REASON, Decider
from tests.browser.filling import press
from tests.browser.fixtures import draft_in, filled, new_mailbox
from tests.browser.inspector import Inspector
from tests.browser.referrer import CODE

pytestmark = pytest.mark.browser

TYPED = "Typed and not saved when the session ended."


@pytest.fixture
def decider(browser: Browser, mailbox, filed):
    """Somebody who writes the reason for a decision, with a clock that can be moved."""
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install()
        decider = Decider(page, mailbox, filed())
        decider.enter()
        decider.declare()
        page.get_by_label("Reason").fill(REASON)
        yield decider


def warning(page: Page, title: str) -> Locator:
    return page.get_by_role("dialog", name=title)


def test_a_warning_comes_and_extends_the_session(decider: Decider):
    page = decider.page
    page.clock.fast_forward("24:00")
    expect(page.get_by_role("dialog")).to_have_count(0)

    inspector = Inspector(page)
    page.clock.fast_forward("01:30")
    soon = warning(page, "Your session is about to end")
    expect(soon).to_contain_text("5 minutes")
    button = soon.get_by_role("button", name="Stay signed in")
    expect(soon.get_by_role("heading")).to_be_focused()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.locator("main :focus, header :focus, footer :focus").count() == 0

    with page.expect_response("**/extend?to=outcome"):
        button.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.get_by_label("Reason").input_value() == REASON
    page.clock.fast_forward("20:00")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert inspector.complaints == []


def test_escape_closes_the_warning_and_the_end_is_still_said(decider: Decider):
    page = decider.page
    page.clock.fast_forward("26:00")
    expect(warning(page, "Your session is about to end")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.clock.fast_forward("00:30")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.clock.fast_forward("05:00")
    ended = warning(page, "Your session has ended")
    expect(ended).to_be_visible()
    expect(ended.get_by_role("button")).to_have_count(0)


def test_words_sent_after_the_end_are_kept_for_a_new_code(decider: Decider):
    page = decider.page
    inspector = Inspector(page)
    page.context.clear_cookies(name="session-" + session_name(page))
    page.get_by_label("No review").check()
    press(page)
    inspector.look()
    assert page.title().startswith("Your session ended")
    assert REASON in page.locator("main").inner_text()

    press(page, "Send me a code")
    inspector.look()
    page.locator("#code").fill(decider.newest_code(number=2))
    press(page)
    assert decider.step == "check"
    assert REASON in page.locator("main").inner_text()
    assert inspector.complaints == []


def session_name(page: Page) -> str:
    """What the name of the session's cookie ends with."""
    (name,) = (
        each["name"] for each in page.context.cookies() if each["name"].startswith("session-")
    )
    return name.removeprefix("session-")


@pytest.fixture
def referrer(browser: Browser, address, running_services):
    """Somebody in the middle of a page of a draft whose address is confirmed, with such a clock."""
    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install()
        page.goto(f"{address}/refer")
        press(page, "Start now")
        draft = filled(running_services, draft_in(context, running_services), new_mailbox())
        seed.confirmed(running_services, draft, now=running_services.clock())
        page.goto(f"{address}/refer/incident/account")
        page.locator("main textarea").first.fill(TYPED)
        yield page


def test_a_referrer_is_warned_and_stays_with_what_was_typed(referrer: Page):
    inspector = Inspector(referrer)
    referrer.clock.fast_forward("54:00")
    expect(referrer.get_by_role("dialog")).to_have_count(0)
    referrer.clock.fast_forward("01:30")
    soon = warning(referrer, "Your session is about to end")
    expect(soon).to_contain_text("What you have typed stays on this page")
    with referrer.expect_response("**/refer/extend?**"):
        soon.get_by_role("button", name="Stay signed in").click()
    expect(referrer.get_by_role("dialog")).to_have_count(0)
    assert referrer.locator("main textarea").first.input_value() == TYPED
    referrer.clock.fast_forward("50:00")
    expect(referrer.get_by_role("dialog")).to_have_count(0)
    assert inspector.complaints == []


def test_what_a_referrer_typed_outlives_the_session(
    referrer: Page, address, mailbox, running_services
):
    draft = draft_in(referrer.context, running_services)
    running_services.drafts.leave(draft)
    inspector = Inspector(referrer)
    for button in ("Continue", "Send me a code"):
        press(referrer, button)
        inspector.look()
    codes = len(mailbox.find(draft.confirmed_email, CODE))
    code = mailbox.wait_for(draft.confirmed_email, CODE, number=max(codes, 2)).code
    referrer.locator("#code").fill(code)
    press(referrer)
    inspector.look()
    assert referrer.url == f"{address}/refer/incident/account"
    assert referrer.locator("main textarea").first.input_value() == TYPED
    press(referrer)
    assert referrer.locator(".govuk-error-summary").count() == 0
    answers = draft_in(referrer.context, running_services).answers
    assert TYPED in str(answers.to_json(), "utf-8")
    assert inspector.complaints == []
