"""Pages in the states that a straight journey does not meet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import pytest
from playwright.sync_api import Browser, Page

from chalicelib.domain.forms.questions import Kind, Option, layout
from chalicelib.domain.referrals.journey import PAGES
from tests.browser.filling import fill_in, press
from tests.browser.inspector import Inspector
from tests.factories import FormFields

pytestmark = pytest.mark.browser

OPEN_DETAILS = "() => document.querySelectorAll('details').forEach(each => each.open = true)"


@pytest.fixture
def page(browser: Browser, address):
    """A browser in which a referral has just been started."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/refer")
        press(page, "Start now")
        yield page


def asks_more(option: Option) -> bool:
    """Whether the option reveals something that must be answered."""
    return any(not field.optional for field in option.reveals)


def revealing(path: str) -> Iterator[FormFields]:
    """Choices that between them reveal whatever a page asks only of those who choose so."""
    fields = layout(PAGES[path].model)
    boxes = [field for field in fields if field.kind is Kind.CHECKBOXES]
    if boxes:
        yield {each.name: [o.value for o in each.options if asks_more(o)] for each in boxes}
        return
    radios = {each.name: [o.value for o in each.options if asks_more(o)] for each in fields}
    names = [name for name, values in radios.items() if values]
    for chosen in zip_longest(*(radios[name] for name in names)):
        yield {name: [value] for name, value in zip(names, chosen, strict=True) if value}


REVEALING = [
    path
    for path, page in PAGES.items()
    if any(asks_more(option) for field in layout(page.model) for option in field.options)
]


def test_errors_in_what_a_choice_reveals_are_shown_there(page: Page, address):
    inspector = Inspector(page)
    for path in REVEALING:
        for chosen in revealing(path):
            page.goto(f"{address}/refer/{path}{'/1' if PAGES[path].many else ''}")
            fill_in(page, PAGES[path].model, chosen)
            press(page)
            inspector.look()
            told = page.locator("[class$=__conditional] .govuk-error-message")
            assert told.count() >= len(chosen), (path, chosen)
            assert told.first.is_visible(), (path, chosen)
    assert inspector.looked_at > len(REVEALING)
    assert inspector.complaints == []


def test_a_referral_that_has_begun_is_sound_wherever_one_looks(page: Page, address):
    inspector = Inspector(page)
    page.goto(f"{address}/refer/triage/danger")
    fill_in(page, PAGES["triage/danger"].model, {"danger": ["no"]})
    press(page)
    page.goto(f"{address}/refer/triage/purpose")
    fill_in(page, PAGES["triage/purpose"].model, {"review": ["learning"]})
    press(page)
    for path in ("/refer", "/refer/tasks", "/refer/check", "/refer/child/name?from=check"):
        page.goto(f"{address}{path}")
        page.evaluate(OPEN_DETAILS)
        inspector.look()
    assert inspector.complaints == []
