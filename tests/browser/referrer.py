"""A referrer in a real browser, who answers whatever page the service leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from chalicelib.domain.referrals.journey import JOURNEY, PAGES, Section, find
from tests.browser.filling import fill_in, press
from tests.browser.inspector import Inspector
from tests.browser.mailbox import Mailbox
from tests.factories import FormFields

TASKS = "/refer/tasks"
CODE = "Your referral: the code you asked for"
LINK = "Your saved referral: how to come back to it"


@dataclass
class Referrer:
    """Answers with ``forms``: each page's path, and its forms in order.

    Where there is an inspector it looks at every page, as asked and as refused with no answer.
    """

    page: Page
    address: str
    forms: Mapping[str, list[FormFields]]
    mailbox: Mailbox
    inspector: Inspector | None = None
    scripts: bool = True
    answered: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def email(self) -> str:
        return self.forms["referrer/contact"][0]["email"][0]

    def begin(self) -> None:
        """From the home page to the list of tasks."""
        self.page.goto(self.address)
        self.look()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Refer a case").click()
        self.look()
        press(self.page, "Start now")
        assert self.path == TASKS
        self.look()

    def answer(self, sections: Sequence[Section] = JOURNEY) -> None:
        """Sections of the list of tasks, each to its end."""
        for section in sections:
            self.page.get_by_role("link", name=section.title, exact=True).click()
            self.page.wait_for_url(f"{self.address}/refer/{section.slug}/*")
            while self.path != TASKS:
                self._answer_page()
        self.look()

    def confirm(self) -> None:
        """Confirm the address, from the list of tasks."""
        self.follow("confirm your work email address")
        self._look_twice()
        self.page.get_by_label("Work email address").fill(self.email)
        number = self.codes() + 1
        press(self.page, "Send me a code")
        self.type_code(number)

    def codes(self) -> int:
        return len(self.mailbox.find(self.email, CODE))

    def type_code(self, number: int) -> None:
        """Type the code of the e-mail with this number, where it is asked for."""
        self._look_twice()
        code = self.mailbox.wait_for(self.email, CODE, number=number).code
        self.page.locator("#code").fill(code)
        press(self.page)
        self.look()

    def leave_half(self, path: str) -> str:
        """Type into a page's first field and save for later; returns what was typed."""
        self.page.goto(f"{self.address}/refer/{path}")
        name, values = next(iter(self.forms[path][0].items()))
        fill_in(self.page, PAGES[path].model, {name: values})
        press(self.page, "Save and come back later")
        assert self.path == "/refer/saved"
        self.look()
        return values[0]

    def come_back(self, page: Page, inspector: Inspector | None) -> None:
        """Go on in another browser, by the link in the mail and a code."""
        self.page, self.inspector = page, inspector
        self.page.goto(self.mailbox.wait_for(self.email, LINK).link)
        self.look()
        number = self.codes() + 1
        press(self.page, "Send me a code")
        self.type_code(number)
        assert self.path == TASKS

    def attach(self, paths: Iterable[Path]) -> None:
        """Add files, from the list of tasks and back to it."""
        self.follow("Add files (optional)")
        attach(self.page, paths, scripts=self.scripts, look=self.look)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Continue").click()
        assert self.path == TASKS

    def check(self) -> None:
        """From the list of tasks to the answers."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Check your answers").click()
        assert self.path == "/refer/check"

    def send(self) -> str:
        """Send what was checked; returns the reference."""
        press(self.page, "Confirm and send")
        assert self.path == "/refer/sent"
        self.look()
        return self.page.locator(".service-reference").first.inner_text()

    def follow(self, link: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=link, exact=True).click()

    def look(self) -> None:
        if self.inspector:
            self.inspector.look()

    def _answer_page(self) -> None:
        _, _, section, slug, *entry = self.path.split("/")
        page = find(section, slug)
        self._look_twice()
        if page.many and not entry:
            self._answer_list(page.path)
            return
        number = int(entry[0]) - 1 if entry else 0
        fill_in(self.page, PAGES[page.path].model, self.forms[page.path][number])
        self.answered.append(page.path)
        press(self.page)

    def _answer_list(self, path: str) -> None:
        """Add another entry as long as there is a form for it."""
        more = self.answered.count(path) < len(self.forms[path])
        self.page.locator(f'input[name="another"][value="{"yes" if more else "no"}"]').check()
        press(self.page)

    def _look_twice(self) -> None:
        """As it is asked, and as it is refused when nothing is answered."""
        if not self.inspector or not self.scripts:
            # Without scripts a look finds less, and the pages are the same: one is enough.
            return
        self.inspector.look()
        asked = self.page.url
        button = self.page.locator("main form button[type=submit]").first
        with self.page.expect_navigation():
            button.click()
        summary = self.page.locator(".govuk-error-summary")
        if summary.count():
            assert self.page.title().startswith("Error: ")
            assert summary.evaluate("each => each === document.activeElement")
            self.inspector.look()
        else:
            self.page.goto(asked)


def attach(page: Page, paths: Iterable[Path], *, scripts: bool, look: Callable[[], None]) -> None:
    """Add files on a page for them, all at once or, without scripts, one by one."""
    look()
    chosen = list(paths)
    if scripts:
        page.locator("#choose-files").set_input_files(chosen)
    for path in chosen if not scripts else ():
        press(page, "Add a file")
        look()
        page.locator("#file").set_input_files(path)
        press(page, "Upload file")
    expect(page.locator("[data-uploads-list] [data-file]")).to_have_count(len(chosen))
    look()
