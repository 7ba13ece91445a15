"""A referrer after sending, in a real browser: follows the case, answers, withdraws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.filling import press
from tests.browser.inspector import Inspector
from tests.browser.mailbox import Mailbox
from tests.browser.referrer import attach

INFORMATION = "What do you want to tell us?"
REASON = "Why do you want to withdraw this referral?"


@dataclass
class Follower:
    """Whoever knows the reference and reads the mail to ``email``."""

    page: Page
    address: str
    mailbox: Mailbox
    reference: str
    email: str
    inspector: Inspector | None = None
    scripts: bool = True

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def home(self) -> str:
        return f"/referral/{self.reference}"

    @staticmethod
    def subject_of(reference: str) -> str:
        """What the e-mail with a code is called."""
        return f"{reference}: the code you asked for"

    def enter(self) -> None:
        """Type the reference, and the code that then comes."""
        subject = self.subject_of(self.reference)
        number = len(self.mailbox.find(self.email, subject)) + 1
        self.page.goto(f"{self.address}/referral")
        self.refuse()
        self.page.get_by_label("What is your reference?").fill(self.reference.lower())
        press(self.page)
        self.refuse()
        code = self.mailbox.wait_for(self.email, subject, number=number).code
        self.page.locator("#code").fill(code)
        press(self.page)
        assert self.path == self.home
        self.look()

    def supply(self, words: str, paths: Iterable[Path] = (), *, link: str) -> None:
        """Answer, or add unasked, by the link or button of the case's page that is so named."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_text(link, exact=True).first.click()
        self.refuse("Send")
        self.page.get_by_label(INFORMATION).fill(words)
        if paths:
            self._attach(paths)
            assert self.page.get_by_label(INFORMATION).input_value() == words
        press(self.page, "Send")
        assert self.path == f"{self.home}/done"
        self.look()

    def withdraw(self, reason: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Withdraw this referral").click()
        self.refuse("Withdraw referral")
        self.page.get_by_label(REASON).fill(reason)
        press(self.page, "Withdraw referral")
        assert self.path == f"{self.home}/done"
        self.look()

    def open(self, of: str = "") -> None:
        self.page.goto(f"{self.address}{self.home}{of}")
        self.look()

    def refuse(self, button: str = "Continue") -> None:
        """Where there is an inspector, let it see the page, and as refused with no answer."""
        self.look()
        if self.inspector and self.scripts:
            press(self.page, button)
            assert self.page.title().startswith("Error: ")
            self.inspector.look()

    def look(self) -> None:
        if self.inspector:
            self.inspector.look()

    def _attach(self, paths: Iterable[Path]) -> None:
        press(self.page, "Add files")
        attach(self.page, paths, scripts=self.scripts, look=self.look)
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Continue").click()
        self.look()
