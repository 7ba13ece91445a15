"""Files added to a referral in a real browser, with the script: every state, good and bad."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from chalicelib.domain.attachments import MAX_FILES
from tests.browser.filling import press
from tests.browser.inspector import Inspector
from tests.browser.papers import Papers

pytestmark = pytest.mark.browser

FILES = "/refer/attachments"
# The scanner is asked every few seconds, and the page asks as seldom.
CHECKED = 60_000
PATIENCE = 600
DROP = """async ({names}) => {
  const dataTransfer = new DataTransfer();
  for (const name of names) {
    dataTransfer.items.add(new File(["%PDF-1.7 startxref %%EOF"], name));
  }
  const zone = document.querySelector("[data-uploads-zone]");
  for (const type of ["dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true}));
  }
}"""


@pytest.fixture
def papers(tmp_path) -> Papers:
    return Papers(tmp_path)


@pytest.fixture
def page(browser: Browser, address):
    """The page for files of a referral that has just been started."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/refer")
        press(page, "Start now")
        page.get_by_role("link", name="Add files").click()
        page.wait_for_url(f"{address}{FILES}")
        yield page


def choose(page: Page, *paths) -> None:
    page.locator("#choose-files").set_input_files(paths)


def row(page: Page, name: str) -> Locator:
    """The one row of a file, wherever it stands by now."""
    return page.locator("li.uploads__file:visible").filter(has_text=name)


class Held:
    """What goes to the storage waits, until a test lets it go."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route("**/*quarantine*", lambda route: self._routes.append(route))

    def expect(self, count: int) -> None:
        """Wait until so many files are on their way."""
        for _ in range(PATIENCE):
            if len(self._routes) >= count:
                break
            # Requests are only heard of while the browser is listened to.
            self._page.wait_for_timeout(50)
        assert len(self._routes) == count

    def let_go(self) -> None:
        """Let the first of them arrive."""
        self._routes.pop(0).continue_()


def look(page: Page) -> None:
    """Look at the page as it is now. Fails for what is wrong with it."""
    inspector = Inspector(page)
    page.goto(page.url)
    inspector.look()
    assert inspector.complaints == []


def look_now(page: Page, inspector: Inspector) -> None:
    inspector.look()
    assert inspector.complaints == []


def test_a_file_of_just_25_mb_is_uploaded_checked_and_safe(page, papers):
    choose(page, papers.largest())
    expect(row(page, "largest.pdf")).to_contain_text("Being checked")
    expect(row(page, "largest.pdf")).to_contain_text("25 MB")
    expect(row(page, "largest.pdf")).to_contain_text("Safe", timeout=CHECKED)
    expect(page.get_by_role("status")).to_contain_text("largest.pdf: Safe.")
    expect(page.get_by_text("Refresh this page")).to_have_count(0)
    look(page)


def test_what_will_not_do_is_refused_before_a_byte_is_sent(page, papers):
    inspector = Inspector(page)
    page.reload()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    choose(page, papers.too_large(), papers.file("empty.pdf", b""), papers.program("setup.exe"))
    expect(row(page, "too-large.pdf")).to_contain_text("The file is larger than 25 MB")
    expect(row(page, "empty.pdf")).to_contain_text("This file is empty")
    expect(row(page, "setup.exe")).to_contain_text("This kind of file cannot be added")
    assert not [url for url in sent if "quarantine" in url]
    look_now(page, inspector)
    row(page, "empty.pdf").get_by_role("button", name="Clear empty.pdf").click()
    expect(row(page, "empty.pdf")).to_have_count(0)
    expect(page.locator("button:focus")).to_have_text(re.compile("Clear"))


def test_what_is_not_what_it_says_is_named_and_not_kept(page, papers):
    choose(page, papers.program("invoice.pdf"), papers.virus(), papers.bomb())
    for name, words in (
        ("invoice.pdf", "We could not accept this file"),
        ("virus.pdf", "This file has a virus"),
        ("bomb.docx", "unpacks to far more than its size"),
    ):
        expect(row(page, name)).to_contain_text("Not accepted", timeout=CHECKED)
        expect(row(page, name)).to_contain_text(words)
    look(page)


def test_a_path_is_no_part_of_a_name(page, papers):
    page.locator("#choose-files").set_input_files(
        {"name": "../../x.pdf", "mimeType": "", "buffer": papers.pdf().read_bytes()}
    )
    expect(row(page, "x.pdf")).to_contain_text("Being checked")
    expect(row(page, "x.pdf").locator(".uploads__name")).to_have_text("x.pdf")


def test_twenty_files_go_at_once_and_the_next_is_refused(page, papers):
    inspector = Inspector(page)
    page.reload()
    paths = [papers.pdf(f"paper-{number:02}.pdf") for number in range(MAX_FILES + 1)]
    choose(page, *paths[:MAX_FILES])
    arrived = page.locator("[data-uploads-list] li.uploads__file")
    expect(arrived).to_have_count(MAX_FILES, timeout=CHECKED)
    expect(page.locator("[data-uploads-running] li")).to_have_count(0)
    expect(page.get_by_text("You have used 20 of 20 files")).to_be_visible()
    choose(page, paths[MAX_FILES])
    expect(row(page, "paper-20.pdf")).to_contain_text("You can add 20 files")
    look_now(page, inspector)


def test_no_more_than_three_files_are_sent_at_a_time(page, papers):
    held = Held(page)
    choose(page, *(papers.pdf(f"paper-{number}.pdf") for number in range(5)))
    expect(page.locator("[data-uploads-running] li")).to_have_count(5)
    expect(page.get_by_text("Waiting")).to_have_count(2)
    expect(page.get_by_text("0%")).to_have_count(3)
    held.expect(3)
    held.let_go()
    expect(page.locator("[data-uploads-list] li.uploads__file:visible")).to_have_count(1)
    expect(page.get_by_text("Waiting")).to_have_count(1)


def test_an_upload_is_cancelled_and_gives_its_place_back(page, papers):
    inspector = Inspector(page)
    page.reload()
    Held(page)
    choose(page, papers.pdf("first.pdf"), papers.pdf("second.pdf"))
    expect(page.get_by_text("0%")).to_have_count(2)
    expect(page.locator(".govuk-tag:visible")).to_have_count(0)
    look_now(page, inspector)
    page.get_by_role("button", name="Cancel first.pdf").click()
    expect(page.get_by_role("status")).to_contain_text("first.pdf will not be uploaded.")
    expect(page.get_by_role("button", name="Cancel second.pdf")).to_be_focused()
    page.get_by_role("button", name="Cancel second.pdf").click()
    expect(page.locator("#choose-files")).to_be_focused()
    page.unroute_all()
    page.reload()
    expect(page.get_by_text("You have not added any files.")).to_be_visible()


def test_a_file_is_removed_while_another_is_uploaded(page, papers):
    choose(page, papers.pdf("first.pdf"))
    expect(row(page, "first.pdf")).to_contain_text("Being checked")
    held = Held(page)
    choose(page, papers.pdf("second.pdf"))
    expect(row(page, "second.pdf")).to_contain_text("0%")
    page.get_by_role("link", name="Remove first.pdf").click()
    question = page.get_by_role("dialog", name="Do you want to remove this file?")
    expect(question).to_contain_text("first.pdf will be deleted")
    expect(question.get_by_role("button", name="Keep file")).to_be_focused()
    question.get_by_role("button", name="Remove file").click()
    expect(page.get_by_role("status")).to_contain_text("first.pdf was removed.")
    expect(page.get_by_role("heading", name="Your files")).to_be_focused()
    expect(row(page, "first.pdf")).to_have_count(0)
    held.expect(1)
    held.let_go()
    expect(row(page, "second.pdf")).to_contain_text("Being checked")


def test_a_question_is_left_without_removing_anything(page, papers):
    choose(page, papers.pdf("first.pdf"))
    remove = page.get_by_role("link", name="Remove first.pdf")
    remove.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(remove).to_be_focused()
    expect(row(page, "first.pdf")).to_be_visible()


def test_after_a_lost_connection_the_same_file_is_sent_again(page, papers):
    inspector = Inspector(page)
    page.reload()
    page.route("**/*quarantine*", lambda route: route.abort("connectionreset"))
    choose(page, papers.pdf("first.pdf"), papers.pdf("second.pdf"))
    for name in ("first.pdf", "second.pdf"):
        expect(row(page, name)).to_contain_text("The connection was lost")
    inspector.complaints.clear()
    look_now(page, inspector)
    page.unroute_all()
    page.get_by_role("button", name="Try again with first.pdf").click()
    expect(row(page, "first.pdf")).to_contain_text("Being checked")
    expect(row(page, "first.pdf")).to_have_count(1)
    expect(row(page, "second.pdf")).to_contain_text("Not uploaded")
    page.get_by_role("button", name="Clear second.pdf").click()
    expect(row(page, "second.pdf")).to_have_count(0)
    page.reload()
    expect(page.locator("li.uploads__file")).to_have_count(1)


def test_without_an_answer_of_ours_the_file_can_be_tried_again(page, papers):
    page.route(f"**{FILES}/allow", lambda route: route.fulfill(status=503, body="away"))
    choose(page, papers.pdf("first.pdf"))
    expect(row(page, "first.pdf")).to_contain_text("We could not upload this file")
    page.unroute_all()
    page.get_by_role("button", name="Try again with first.pdf").click()
    expect(row(page, "first.pdf")).to_contain_text("Being checked")


def test_files_are_dropped_on_the_page(page):
    page.evaluate(DROP, {"names": ["first.pdf", "second.pdf"]})
    for name in ("first.pdf", "second.pdf"):
        expect(row(page, name)).to_contain_text("Being checked")


def test_the_focus_stays_where_it_is_while_the_list_is_refreshed(page, papers):
    choose(page, papers.pdf("first.pdf"))
    remove = page.get_by_role("link", name="Remove first.pdf")
    remove.focus()
    expect(row(page, "first.pdf")).to_contain_text("Safe", timeout=CHECKED)
    expect(remove).to_be_focused()


def test_files_are_added_and_removed_with_the_keyboard_alone(page, papers):
    while page.locator("#choose-files:focus").count() == 0:
        page.keyboard.press("Tab")
    label = page.locator("label[for='choose-files']")
    marked = "each => getComputedStyle(each).backgroundColor"
    assert label.evaluate(marked) == "rgb(255, 221, 0)"
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(papers.pdf("first.pdf"))
    expect(row(page, "first.pdf")).to_contain_text("Being checked")
    expect(page.locator("#choose-files")).to_be_focused()
    while page.locator("a:focus", has_text="Remove first.pdf").count() == 0:
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep file")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have not added any files.")).to_be_visible()


def test_what_is_there_to_press_is_large_enough_for_a_finger(page, papers):
    page.set_viewport_size({"width": 320, "height": 640})
    page.route("**/*quarantine*", lambda route: route.abort())
    choose(page, papers.pdf("first.pdf"))
    expect(row(page, "first.pdf")).to_contain_text("The connection was lost")
    page.unroute_all()
    choose(page, papers.pdf("second.pdf"))
    expect(row(page, "second.pdf")).to_contain_text("Being checked")
    for target in page.locator(".uploads button:visible, .uploads a:visible, .uploads label").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 24, target
        assert box["width"] >= 24, target


def test_a_state_is_told_in_colours_of_the_reader_s_own(browser, address, papers):
    with browser.new_context(forced_colors="active") as context:
        page = context.new_page()
        page.goto(f"{address}/refer")
        press(page, "Start now")
        page.goto(f"{address}{FILES}")
        Held(page)
        choose(page, papers.pdf("first.pdf"))
        expect(row(page, "first.pdf")).to_contain_text("0%")
        has_border = "each => getComputedStyle(each).borderTopStyle !== 'none'"
        for part in (".uploads__zone", ".uploads__badge", ".uploads__choose"):
            assert page.locator(part).first.evaluate(has_border), part
