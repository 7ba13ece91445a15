"""A real browser and the whole service for it to visit.

The browser is the system's own Chromium: none is downloaded. Where there is none its tests are
skipped, but under ``CI=true`` that is an error.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from chalicelib import bootstrap
from chalicelib.bootstrap import Services
from chalicelib.domain.referrals.journey import PAGES
from chalicelib.services.drafts import Draft
from infra import seed
from infra.local import emulator
from infra.local.settings import Ports, stage_environment
from tests import factories
from tests.browser import conformance
from tests.browser.inspector import CHECKERS, TALLY, Inspector
from tests.browser.mailbox import Mailbox
from tests.local import running
from tests.local.running import Run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAILBOXES = count(1)
# A busy machine is late, which is no fault of a page.
PATIENCE_MS = 30_000
OPTIONS = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of the system's Chromium."""
    found = [path for name in NAMES if (path := shutil.which(name))]
    if not found:
        message = "No Chromium is installed, so no page was opened in a browser"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found[0]


@pytest.fixture(scope="session")
def checker(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Within it, every inspector also asks the checker of HTML."""
    with conformance.running(tmp_path_factory.mktemp("checker") / "checker.log") as checker:
        CHECKERS.append(checker)
        yield
        CHECKERS.clear()


@pytest.fixture(scope="session")
def browser(chromium_path: str, checker: None) -> Iterator[Browser]:
    """A headless Chromium. A test opens a context of its own in it, with scripts on or off."""
    expect.set_options(timeout=PATIENCE_MS)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path, args=[*OPTIONS, *as_root]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def local_run(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The service, its jobs and its mailbox, as ``make run`` starts them, on ports of their own.

    ``local_run.address("PORT")`` is the service, ``local_run.address("MAIL_PORT")`` the mailbox,
    whose ``/api/email`` lists what was sent.
    """
    checkout = running.copy_checkout(tmp_path_factory.mktemp("checkout"))
    run = running.start(checkout, running.free_ports())
    yield run
    run.end()


@pytest.fixture
def address(local_run: Run) -> str:
    """Where the service is."""
    return local_run.address("PORT")


@pytest.fixture
def mailbox(local_run: Run) -> Mailbox:
    """What the service sends."""
    return Mailbox(local_run.address("MAIL_PORT").removeprefix("http://"))


@pytest.fixture
def running_services(local_run: Run, monkeypatch: pytest.MonkeyPatch) -> Services:
    """The use cases on the running service's own data: to bring about, and to see what became."""
    client = emulator.client_environment(local_run.ports["AWS_PORT"])
    for name, value in client.items():
        monkeypatch.setenv(name, value)
    ports = Ports.from_environ({name: str(port) for name, port in local_run.ports.items()})
    stack = emulator.provision(client, base_url=ports.pages.address)
    return bootstrap.build(client | stage_environment(ports) | stack)


@pytest.fixture
def filed(running_services: Services) -> Callable[..., str]:
    """Sends a whole referral, now or at another moment, and returns its reference.

    Each comes from a mailbox of its own unless one is named: a mailbox gets few codes an hour.
    """

    def file(now: datetime | None = None, *, email: str = "") -> str:
        at = now or running_services.clock()
        draft = running_services.drafts.start(now=at)
        draft = filled(running_services, draft, email or new_mailbox(), now=at)
        draft = seed.confirmed(running_services, draft, now=at)
        return running_services.referrals.submit(draft, seen=draft.version, now=at).reference

    return file


def new_mailbox() -> str:
    """An address that no other test of this run reads."""
    return f"pat.{next(MAILBOXES)}@agency.example.org"


def draft_in(context: BrowserContext, services: Services) -> Draft:
    """The draft that a browser has open."""
    (token,) = (each["value"] for each in context.cookies() if each["name"] == "draft")
    return services.drafts.open(token, now=services.clock())


def filled(services: Services, draft: Draft, email: str, *, now: datetime | None = None) -> Draft:
    """A draft with every answer of a whole referral, which gives this address."""
    page, forms = PAGES["triage/purpose"], factories.full_answers()
    forms["referrer/contact"][0]["email"] = [email]
    answers = factories.answers_from(forms)
    stamp = draft.answers.stamp(page)
    at = now or services.clock()
    return services.drafts.save(draft, page, lambda _: answers, stamp=stamp, now=at)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the inspectors looked at."""
    if TALLY.looks:
        terminalreporter.section("what the inspectors looked at")
        for line in TALLY.lines():
            terminalreporter.write_line(line)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that nobody used before, with scripts on."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture
def inspector(page: Page) -> Iterator[Inspector]:
    """Looks at the pages of a test, and fails it at its end where one was wrong."""
    inspector = Inspector(page)
    yield inspector
    assert inspector.complaints == []
