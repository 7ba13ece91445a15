"""The service used with nothing but a keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.fixtures import draft_in, filled, new_mailbox
from tests.browser.follower import INFORMATION, Follower
from tests.browser.referrer import CODE, LINK

pytestmark = pytest.mark.browser

CODE_LABEL = "Enter the code from your email"
MOST_TABS = 300
IS_FOCUSED = "each => each === document.activeElement"
IS_MARKED = """each => {
  const style = getComputedStyle(each);
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


def reach(page: Page, target: Locator) -> None:
    """Press Tab until ``target`` has the focus, and see that it shows."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate(IS_FOCUSED):
            assert page.locator(":focus").evaluate(IS_MARKED)
            return
    raise AssertionError(f"{target} cannot be reached")


def use(page: Page, target: Locator, key: str = "Enter") -> None:
    """Reach a link or a button, and press it."""
    reach(page, target)
    with page.expect_navigation():
        page.keyboard.press(key)


def go_on(page: Page) -> None:
    use(page, page.get_by_role("button", name="Continue"), "Space")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def write(page: Page, label: str, text: str) -> None:
    reach(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)


def start(page: Page, address: str) -> None:
    page.goto(address)
    use(page, page.get_by_role("button", name="Refer a case"), "Space")
    use(page, page.get_by_role("button", name="Start now"))


def open_section(page: Page, title: str) -> None:
    use(page, page.get_by_role("link", name=title, exact=True))


def test_the_first_press_offers_to_skip_to_the_content(page: Page, address):
    page.goto(address)
    skip = page.get_by_role("link", name="Skip to main content")
    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1


def test_text_radios_and_dates_are_answered(page: Page, address):
    start(page, address)
    open_section(page, "The child")
    reach(page, page.get_by_label("Full name"))
    page.keyboard.type("Jordan Sample")
    go_on(page)

    reach(page, page.get_by_label("I know their date of birth"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("I know their age only")).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("I know their date of birth")).to_be_checked()
    for part, value in (("Day", "14"), ("Month", "March"), ("Year", "2019")):
        reach(page, page.get_by_label(part).first)
        page.keyboard.type(value)
    go_on(page)
    assert page.url.endswith("/refer/child/death")


def test_checkboxes_and_long_texts_are_answered(page: Page, address):
    start(page, address)
    page.goto(f"{address}/refer/incident/nature")
    reach(page, page.get_by_label("Neglect"))
    page.keyboard.press("Space")
    expect(page.get_by_label("Neglect")).to_be_checked()
    reach(page, page.get_by_label("Something else"))
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Unsafe home")
    go_on(page)
    assert page.url.endswith("/refer/incident/injuries")


def test_a_list_is_added_to_and_one_of_it_removed(page: Page, address):
    start(page, address)
    open_section(page, "Agencies involved")
    reach(page, page.get_by_label("Yes"))
    page.keyboard.press("Space")
    go_on(page)
    reach(page, page.get_by_label("Agency", exact=True))
    page.keyboard.type("Fiction Primary School")
    reach(page, page.get_by_label("Yes"))
    page.keyboard.press("Space")
    go_on(page)
    use(page, page.get_by_role("link", name="Remove"))
    use(page, page.get_by_role("button", name="Remove"))
    assert page.get_by_role("link", name="Change").count() == 0


def test_an_error_takes_the_focus_and_leads_to_its_field(page: Page, address):
    start(page, address)
    open_section(page, "You and your agency")
    go_on(page)
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    reach(page, page.get_by_role("link", name="Enter your job title or role"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Job title or role")).to_be_focused()


def test_nothing_that_is_hidden_takes_the_focus(page: Page, address):
    start(page, address)
    page.goto(f"{address}/refer/child/birth")
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.checkVisibility()")


def test_a_referral_is_left_come_back_to_sent_and_followed(
    page: Page, browser: Browser, address, mailbox, running_services
):
    email = new_mailbox()

    def type_code(shown: Page, subject: str, number: int = 1) -> None:
        write(shown, CODE_LABEL, mailbox.wait_for(email, subject, number=number).code)
        go_on(shown)

    start(page, address)
    use(page, page.get_by_role("link", name="confirm your work email address"))
    write(page, "Work email address", email)
    use(page, button(page, "Send me a code"))
    type_code(page, CODE)
    use(page, button(page, "Go on with your referral"))
    open_section(page, "The child")
    write(page, "Full name", "Jordan Sample")
    use(page, button(page, "Save and come back later"))
    assert page.url.endswith("/refer/saved")

    with browser.new_context() as context:
        other = context.new_page()
        other.goto(mailbox.wait_for(email, LINK).link)
        use(other, button(other, "Send me a code"))
        type_code(other, CODE, number=2)
        draft = draft_in(context, running_services)
        assert b"Jordan Sample" in draft.answers.to_json()
        filled(running_services, draft, email)
        other.reload()
        use(other, button(other, "Check your answers"))
        use(other, button(other, "Confirm and send"))
        reference = other.locator(".service-reference").first.inner_text()
        use(other, other.get_by_role("link", name="follow your referral"))
        write(other, "What is your reference?", reference)
        go_on(other)
        type_code(other, Follower.subject_of(reference))
        use(other, other.get_by_role("link", name="Add information"))
        write(other, INFORMATION, "Typed with the keyboard alone.")
        use(other, button(other, "Send"))
        assert other.title().startswith("Information sent")
