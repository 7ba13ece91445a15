"""Files added, checked, removed and saved by browsers that run no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.filling import press
from tests.browser.inspector import Inspector
from tests.browser.papers import Papers

pytestmark = pytest.mark.browser

FILES = "/refer/attachments"
LOOKS = 30


@pytest.fixture
def papers(tmp_path) -> Papers:
    return Papers(tmp_path)


@pytest.fixture
def context(browser: Browser):
    with browser.new_context(java_script_enabled=False) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext, address):
    """The page for files of a referral that has just been started."""
    page = context.new_page()
    page.goto(f"{address}/refer")
    press(page, "Start now")
    page.goto(f"{address}{FILES}")
    return page


def send(page: Page, path) -> None:
    """From the list to the form, choose, and upload."""
    press(page, "Add a file")
    page.get_by_label("Choose a file").set_input_files(path)
    with page.expect_navigation(timeout=60_000):
        page.get_by_role("button", name="Upload file").click()


def refresh_until(page: Page, state: str) -> None:
    """Press the link for it, as a person would, until the file is checked."""
    for _ in range(LOOKS):
        if page.locator(".uploads__file", has_text=state).count():
            return
        page.get_by_role("link", name="Refresh this page").click()
        page.wait_for_timeout(1000)
    raise AssertionError(f"no file is {state}")


def test_a_file_of_just_25_mb_is_sent_straight_to_the_storage(page, papers, address):
    inspector = Inspector(page, scripts=False)
    page.goto(page.url)
    inspector.look()
    press(page, "Add a file")
    inspector.look()
    page.goto(f"{address}{FILES}")
    send(page, papers.largest())
    assert page.url == f"{address}{FILES}?added=yes"
    expect(page.get_by_role("alert")).to_contain_text("The file was added")
    expect(page.locator(".uploads__file")).to_contain_text("Being checked")
    inspector.look()
    refresh_until(page, "Safe")
    expect(page.locator(".uploads__file")).to_contain_text("largest.pdf")
    inspector.look()
    page.get_by_role("link", name="Remove largest.pdf").click()
    inspector.look()
    press(page, "Remove file")
    expect(page.get_by_role("alert")).to_contain_text("The file was removed")
    expect(page.get_by_text("You have not added any files.")).to_be_visible()
    assert inspector.complaints == []


def test_after_the_storage_s_page_of_code_the_way_back_leads_to_the_form(page, papers, address):
    send(page, papers.pdf("letter.pdf"))
    send(page, papers.too_large())
    assert "EntityTooLarge" in page.content()
    page.go_back()
    expect(page.get_by_role("heading", name="Add a file")).to_be_visible()
    explanation = page.locator("details")
    explanation.locator("summary").click()
    expect(explanation).to_contain_text("EntityTooLarge")
    page.get_by_label("Choose a file").set_input_files(papers.pdf("smaller.pdf"))
    with page.expect_navigation():
        page.get_by_role("button", name="Upload file").click()
    assert page.url == f"{address}{FILES}?added=yes"
    expect(page.locator(".uploads__file")).to_have_count(2)


def test_what_is_not_what_it_says_is_named_and_not_kept(page, papers):
    for path in (papers.virus(), papers.program("setup.exe"), papers.file("empty.pdf", b"")):
        send(page, path)
    for name, words in (
        ("virus.pdf", "This file has a virus"),
        ("setup.exe", "We could not accept this file"),
        ("empty.pdf", "This file is empty"),
    ):
        refresh_until(page, name)
        row = page.locator(".uploads__file", has_text=name)
        expect(row).to_contain_text("Not accepted")
        expect(row).to_contain_text(words)


def test_a_name_with_letters_of_every_kind_comes_through(page, papers):
    send(page, papers.pdf("Zoë’s letter – 日本.pdf"))
    refresh_until(page, "Safe")
    expect(page.locator(".uploads__name")).to_have_text("Zoë’s letter – 日本.pdf")
