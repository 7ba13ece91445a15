"""Pages in colours that the reader's system has chosen: what only a colour said must still show."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator

from tests.browser.filling import press

pytestmark = pytest.mark.browser

HAS_BORDER = """each => {
  const {borderBottomWidth, borderBottomStyle, borderBottomColor, backgroundColor} =
    getComputedStyle(each);
  return borderBottomWidth !== "0px" && borderBottomStyle !== "none"
    && borderBottomColor !== backgroundColor;
}"""
INK = "each => getComputedStyle(each).color"
PAPER = "() => getComputedStyle(document.body).backgroundColor"


@pytest.fixture
def page(browser: Browser, address):
    with browser.new_context(forced_colors="active") as context:
        page = context.new_page()
        page.goto(f"{address}/refer")
        yield page


def stands_out(each: Locator) -> bool:
    return bool(each.evaluate(HAS_BORDER))


def test_buttons_and_the_header_keep_their_edges(page):
    assert stands_out(page.get_by_role("button", name="Start now"))
    assert stands_out(page.locator(".service-header__partnership-bar"))
    assert stands_out(page.locator(".service-urgent"))


def test_fields_choices_and_errors_keep_theirs(page, address):
    press(page, "Start now")
    page.goto(f"{address}/refer/child/name")
    press(page)
    assert stands_out(page.locator(".govuk-error-summary"))
    assert stands_out(page.get_by_label("Full name"))
    page.goto(f"{address}/refer/child/birth")
    ring = page.locator(".govuk-radios__label").first
    assert ring.evaluate("each => getComputedStyle(each, '::before').borderTopWidth") == "2px"


def test_text_is_never_of_the_colour_of_its_page(page):
    paper = page.evaluate(PAPER)
    shown = page.locator("h1, h2, p, li, a, button").all()
    assert shown
    assert [each.inner_text() for each in shown if each.evaluate(INK) == paper] == []
