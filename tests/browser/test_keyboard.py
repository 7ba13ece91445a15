"""The service used with nothing but a keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

MOST_TABS = 60
IS_FOCUSED = "each => each === document.activeElement"
IS_MARKED = """each => {
  const style = getComputedStyle(each);
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


@pytest.fixture
def page(browser: Browser):
    with browser.new_context() as context:
        yield context.new_page()


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
