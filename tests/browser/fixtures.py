"""A real browser and the whole service for it to visit.

The browser is the system's own Chromium: none is downloaded. Where there is none its tests are
skipped, but under ``CI=true`` that is an error.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.local import running
from tests.local.running import Run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
def browser(chromium_path: str) -> Iterator[Browser]:
    """A headless Chromium. A test opens a context of its own in it, with scripts on or off."""
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
