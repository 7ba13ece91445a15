"""The form on paper: downloaded, opened from the disk and printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, expect

from tests.browser.inspector import NARROW, RULES, RUN_AXE, TOO_WIDE, WIDE

pytestmark = pytest.mark.browser

A4 = (595, 842)
"""In points."""


def test_the_form_is_downloaded_and_opens_by_itself(browser: Browser, address, tmp_path: Path):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/refer")
        page.get_by_role("link", name="blank form", exact=True).click()
        with page.expect_download() as started:
            page.get_by_role("button", name="Download the form").click()
        assert started.value.suggested_filename == "referral-form.html"
        file = tmp_path / "referral-form.html"
        started.value.save_as(file)

    with browser.new_context(offline=True, viewport=WIDE) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.goto(file.as_uri())
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.get_by_text("If a child is in danger now").first).to_be_visible()
        page.evaluate(AXE_SCRIPT)
        complaints += page.evaluate(RUN_AXE, RULES)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            complaints += page.evaluate(TOO_WIDE)
        assert complaints == []


def test_the_form_is_printed_on_a4(browser: Browser, address):
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/refer/form")
        printed = page.pdf(prefer_css_page_size=True)

    sheets = re.findall(rb"/MediaBox ?\[0 0 ([0-9.]+) ([0-9.]+)\]", printed)
    assert {(round(float(width)), round(float(height))) for width, height in sheets} == {A4}
    assert len(sheets) in range(10, 41)
