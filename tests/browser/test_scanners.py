"""What reads mail before people do: it opens every link, runs scripts and presses every button."""

from __future__ import annotations

import http.client
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from chalicelib.bootstrap import Services
from chalicelib.domain.cases import Case, State
from chalicelib.domain.links import CODES_AN_HOUR
from chalicelib.domain.messages import Kind
from infra import seed
from tests.browser.decider import Decider
from tests.browser.filling import press
from tests.browser.fixtures import filled, new_mailbox
from tests.browser.mailbox import Mailbox
from tests.browser.referrer import CODE, LINK

pytestmark = pytest.mark.browser

STEPS = 2
# A file, not a page: a browser saves it and stays where it is.
DOWNLOAD = "/download"
BUTTONS = "form button"
LINKS = "each => [...each.querySelectorAll('a[href]')].map(link => link.href.split('#')[0])"
OPEN_DETAILS = "each => each.querySelectorAll('details').forEach(details => details.open = true)"


@dataclass
class Scanner:
    """Follows every link of the service from an address, as far as some steps away from it."""

    page: Page
    steps: int = STEPS
    opened: set[str] = field(default_factory=set)
    pressed: list[str] = field(default_factory=list)

    def scan(self, address: str) -> None:
        waiting = deque([(address, 0)])
        while waiting:
            url, steps = waiting.popleft()
            if url in self.opened or urlsplit(url).netloc != urlsplit(address).netloc:
                continue
            self.opened.add(url)
            for method in ("HEAD", "GET"):
                ask(method, url)
            if steps <= self.steps and not url.endswith(DOWNLOAD):
                waiting.extend((found, steps + 1) for found in self._open(url))

    def _open(self, url: str) -> list[str]:
        """Every address that a page leads to, by its links and by each of its buttons."""
        found = self._read(url)
        for index in range(self.page.locator(BUTTONS).count()):
            self._read(url)
            button = self.page.locator(BUTTONS).nth(index)
            self.pressed.append(button.inner_text())
            with self.page.expect_navigation():
                button.click()
            found += [self.page.url, *self.page.locator("body").evaluate(LINKS)]
        return found

    def _read(self, url: str) -> list[str]:
        self.page.goto(url)
        body = self.page.locator("body")
        body.evaluate(OPEN_DETAILS)
        return list(body.evaluate(LINKS))


def ask(method: str, url: str) -> None:
    """Ask for a page without a browser, as the simplest scanners do."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request(method, f"{parts.path}?{parts.query}".rstrip("?"))
        assert connection.getresponse().read() == b"" or method == "GET"
    finally:
        connection.close()


def case_of(services: Services, reference: str) -> Case:
    return services.cases.cases.read(reference).case


def told(services: Services, reference: str) -> list[Kind]:
    """The kinds of all messages about a case that are not codes."""
    messages = services.cases.cases.messages(reference)
    return sorted(each.kind for each in messages if each.kind is not Kind.CODE)


def test_a_scanner_that_presses_everything_decides_nothing(
    browser: Browser, mailbox, running_services, filed
):
    reference = filed()
    told_before = told(running_services, reference)
    with browser.new_context() as context:
        scanner = Scanner(context.new_page())
        decider = Decider(scanner.page, mailbox, reference)
        scanner.scan(decider.link)
        for _ in range(CODES_AN_HOUR):
            scanner.page.goto(decider.link)
            press(scanner.page, "Send me a code")
        assert scanner.page.title().startswith("No more codes for now")

    assert {"Send me a code", "Send me a new code", "Continue", "Start now"} <= set(scanner.pressed)
    case = case_of(running_services, reference)
    assert (case.state, case.outcome, case.decided_by) == (State.AWAITING_DECISION, None, None)
    assert not running_services.cases.cases.rulings(reference)
    assert told(running_services, reference) == told_before
    newest = decider.newest_code(number=CODES_AN_HOUR)
    assert decider.codes() == CODES_AN_HOUR
    decide_with(browser, mailbox, reference, newest)
    assert case_of(running_services, reference).state is State.DECIDED


def decide_with(browser: Browser, mailbox: Mailbox, reference: str, code: str) -> None:
    """Decide as a chair does whose scanner has asked for every code there is."""
    with browser.new_context() as context:
        chair = Decider(context.new_page(), mailbox, reference)
        chair.page.goto(f"{chair.link}/code")
        chair.type_code(code)
        chair.declare()
        chair.rule()
        chair.confirm()


def test_a_scanner_that_presses_everything_opens_no_draft(
    browser: Browser, address, mailbox, running_services
):
    email, services = new_mailbox(), running_services
    draft = filled(services, services.drafts.start(now=services.clock()), email)
    draft = seed.confirmed(services, draft, now=services.clock())
    link = mailbox.wait_for(email, LINK).link
    with browser.new_context() as context:
        scanner = Scanner(context.new_page(), steps=1)
        scanner.scan(link)
        scanner.page.goto(f"{address}/refer/tasks")
        assert "Jordan" not in scanner.page.content()

    assert {"Send me a code", "Send me a new code", "Continue"} <= set(scanner.pressed)
    after = services.drafts.open(draft.token, now=services.clock())
    assert after.answers == draft.answers
    assert after.stored.browsers.keys() == draft.stored.browsers.keys()
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{link}/code")
        codes = mailbox.find(email, CODE)
        page.locator("#code").fill(mailbox.wait_for(email, CODE, number=len(codes)).code)
        press(page)
        assert page.url == f"{address}/refer/tasks"
