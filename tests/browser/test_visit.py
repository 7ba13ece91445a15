"""The whole service in a real browser, started as a developer starts it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_the_home_page_opens_without_complaint(browser, local_run, scripts):
    with browser.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(local_run.address("PORT"))

        assert page.locator("h1").count() == 1
        assert page.get_by_role("link", name="Accessibility").is_visible()
        assert complaints == []
