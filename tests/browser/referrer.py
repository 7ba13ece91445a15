"""A referrer in a real browser, who answers whatever page the service leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page

from chalicelib.domain.referrals.journey import JOURNEY, PAGES, find
from tests.browser.filling import fill_in, press
from tests.browser.inspector import Inspector
from tests.factories import FormFields

TASKS = "/refer/tasks"


@dataclass
class Referrer:
    """Answers with ``forms``: each page's path, and its forms in order.

    Where there is an inspector it looks at every page, as asked and as refused with no answer.
    """

    page: Page
    address: str
    forms: Mapping[str, list[FormFields]]
    inspector: Inspector | None = None
    scripts: bool = True
    answered: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

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

    def answer_everything(self) -> None:
        """Every section of the list of tasks, each to its end."""
        for section in JOURNEY:
            self.page.get_by_role("link", name=section.title, exact=True).click()
            self.page.wait_for_url(f"{self.address}/refer/{section.slug}/*")
            while self.path != TASKS:
                self._answer_page()
        self.look()

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
        if not self.inspector:
            return
        self.inspector.look()
        asked = self.page.url
        press(self.page)
        summary = self.page.locator(".govuk-error-summary")
        if summary.count():
            assert self.page.title().startswith("Error: ")
            assert not self.scripts or summary.evaluate("each => each === document.activeElement")
            self.inspector.look()
        else:
            self.page.goto(asked)
