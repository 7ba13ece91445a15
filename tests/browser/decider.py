"""A decision-maker in a real browser, with a mailbox to read links and codes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page

from chalicelib.domain.decisions import Declaration, RulingForm
from tests.browser.filling import fill_in, press
from tests.browser.inspector import Inspector
from tests.browser.mailbox import Mailbox

REASON = "Both limbs are met. Reason canary: two agencies missed the same signs."
RULING = {"outcome": ["learning-review"], "reason": [REASON]}
WAITS = "a referral waits for your decision"
CODE = "the code you asked for"


@dataclass
class Decider:
    """Decides on the case ``reference``, whose link went to ``email``."""

    page: Page
    mailbox: Mailbox
    reference: str
    email: str = "chair@example.org"
    inspector: Inspector | None = None

    @property
    def step(self) -> str:
        """Where the browser is, below the link's own address."""
        return urlsplit(self.page.url).path.split("/", 3)[-1]

    @property
    def link(self) -> str:
        return self.mailbox.wait_for(self.email, f"{self.reference}: {WAITS}").link

    def codes(self) -> int:
        return len(self.mailbox.find(self.email, f"{self.reference}: {CODE}"))

    def newest_code(self, *, number: int) -> str:
        subject = f"{self.reference}: {CODE}"
        return self.mailbox.wait_for(self.email, subject, number=number).code

    def open_link(self) -> None:
        self.page.goto(self.link)
        self.look()

    def enter(self) -> None:
        """Open the link, ask for a code, read it in the mail and type it."""
        self.open_link()
        number = self.codes() + 1
        press(self.page, "Send me a code")
        self.look()
        self.refuse_nothing()
        self.type_code(self.newest_code(number=number))
        self.look()

    def type_code(self, code: str) -> None:
        """Type a code where it is asked for, which opens the case."""
        self.page.locator("#code").fill(code)
        press(self.page)
        assert self.step == "case"

    def declare(self, interest: str = "no") -> None:
        """Say whether there is a conflict of interest."""
        self.page.get_by_role("button", name="Record a decision").first.click()
        self.page.wait_for_url("**/interest")
        self.look()
        self.refuse_nothing()
        fill_in(self.page, Declaration, {"interest": [interest]})
        press(self.page)

    def rule(self, ruling: Mapping[str, list[str]] = RULING) -> None:
        """Write outcome and reason, up to the page that checks them."""
        assert self.step == "outcome"
        self.look()
        self.refuse_nothing()
        fill_in(self.page, RulingForm, ruling)
        press(self.page)
        assert self.step == "check"
        self.look()

    def confirm(self, button: str = "Record this decision") -> None:
        press(self.page, button)
        assert self.step == "done"
        self.look()

    def refuse_nothing(self) -> None:
        """Where there is an inspector, let it see the page refused with nothing answered."""
        if self.inspector:
            press(self.page)
            assert self.page.title().startswith("Error: ")
            self.inspector.look()

    def look(self) -> None:
        if self.inspector:
            self.inspector.look()
