"""Fills in any form of the service as a person would, by the kind of each field."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page

from chalicelib.domain.forms.questions import Kind, Question, describe

CHOSEN = (Kind.RADIOS, Kind.CHECKBOXES)


def fill_in(page: Page, model: type[Question], fields: Mapping[str, list[str]]) -> None:
    """Type, tick and choose, in the order of ``fields``, in the form that asks ``model``."""
    kinds = {name: field.kind for field in describe(model) for name in field.names}
    for name, values in fields.items():
        if kinds[name] in CHOSEN:
            _tick(page, name, values)
        elif kinds[name] is Kind.SELECT:
            page.locator(f'[name="{name}"]').select_option(values)
        else:
            page.locator(f'[name="{name}"]').fill(values[0])


def press(page: Page, text: str = "Continue") -> None:
    """Press the button, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=text, exact=True).click()


def _tick(page: Page, name: str, values: list[str]) -> None:
    boxes = page.locator(f'input[name="{name}"]')
    for index in range(boxes.count()):
        box = boxes.nth(index)
        wanted = box.get_attribute("value") in values
        if wanted and not box.is_checked():
            box.check()
        elif not wanted and box.get_attribute("type") == "checkbox":
            box.uncheck()
