"""The smoke test: one invented referral through the deployed pages, looked after, and removed.

It goes in as a referrer's does, with a file. Before anything of it is sent, the draft is marked as
a test in the table, which takes an operator's own rights; from then on every e-mail of it goes to
the stage's test mailbox, so that neither the chair nor the office hears of it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.cases import Disposal, State
from chalicelib.domain.errors import ServiceError
from chalicelib.domain.messages import Kind, Status
from chalicelib.domain.referrals.journey import PAGES
from infra.deploying import enclosure
from infra.deploying.browser import Browser, NotAsExpected
from infra.deploying.enclosure import Scan
from infra.invented import FormFields, full_answers

if TYPE_CHECKING:
    from chalicelib.bootstrap import Services

TEST_NAME = "TEST – automatic check"
DRAFT_COOKIE = "draft"
OPERATOR = "smoke-test"
# What goes out at once. The reminder waits for days, and ends with the case.
AT_ONCE = frozenset({Kind.RECEIPT, Kind.REFERRAL_RECEIVED, Kind.DECISION_REQUEST})
ARRIVED = frozenset({Status.SENT, Status.DELIVERED})
REFERENCE = re.compile(r"\bPR-[0-9A-Z]{8}\b")
PAUSE_SECONDS = 0.5

Watch = Callable[[str], None]


@dataclass(frozen=True)
class Check:
    """What to try. ``wants_delivery`` where the provider tells what became of a message.

    Without ``scan`` the stage has nothing that scans files, and none is sent.
    """

    services: Services
    address: str
    version: str = ""
    wants_delivery: bool = False
    scan: Scan | None = None
    patience_seconds: float = 150.0


@dataclass(frozen=True)
class Passed:
    """What a smoke test saw, and how long people would have waited."""

    reference: str
    pages: int
    seconds: float
    messages: Mapping[str, str]
    file: str


def run(check: Check, *, watch: Watch) -> Passed:
    """Refer, look, and remove. Raises NotAsExpected; what was sent is removed even then."""
    started = time.monotonic()
    settings = check.services.settings
    browser = Browser(check.address, settings.base_url)
    _is_up(browser, check.version)
    reference, pages = _refer(check, browser, watch)
    try:
        watch("looking at what was stored")
        _is_stored(check.services, reference)
        watch("waiting for its e-mails")
        messages = _has_told(check, reference)
        watch("waiting for its file to be checked")
        file = _has_checked(check, browser)
    finally:
        watch("removing it")
        _remove(check.services, reference)
    return Passed(reference, pages, time.monotonic() - started, messages, file)


def _is_up(browser: Browser, version: str) -> None:
    health = json.loads(browser.open("/health").text)
    if version and not str(health.get("version", "")).endswith(version):
        raise NotAsExpected(f"version {health.get('version')} answers, not {version}")


def _refer(check: Check, browser: Browser, watch: Watch) -> tuple[str, int]:
    """Fill in every page and send. Returns the reference, and how many pages were filled in."""
    browser.submit(browser.open("/refer"), {})
    check.services.drafts.mark_as_test(browser.cookie(DRAFT_COOKIE))
    forms = _forms(check.services.settings.test_mailbox)
    total = sum(map(len, forms.values()))
    done = 0
    for path, entries in forms.items():
        for number, fields in enumerate(entries, start=1):
            done += 1
            watch(f"page {done} of {total}")
            entry = f"/{number}" if PAGES[path].many else ""
            browser.submit(browser.open(f"/refer/{path}{entry}"), fields)
    if check.scan:
        watch("adding a file")
        enclosure.send(browser)
        check.scan(_case_id(browser))
    watch("sending it")
    sent = browser.submit(browser.open("/refer/check"), {})
    found = REFERENCE.search(browser.open(sent).text)
    if not found:
        raise NotAsExpected("the page after sending shows no reference")
    return found.group(), done


def _case_id(browser: Browser) -> str:
    """The id that the draft has and its case keeps: it stands before the browser's secret."""
    return browser.cookie(DRAFT_COOKIE).partition(".")[0]


def _forms(mailbox: str) -> dict[str, list[FormFields]]:
    """The invented referral, unmistakably a test wherever somebody might see it."""
    forms = full_answers()
    contact = forms["referrer/contact"][0] | {"email": [mailbox]}
    agency = forms["referrer/agency"][0] | {"agency": [TEST_NAME]}
    return forms | {
        "referrer/contact": [contact],
        "referrer/agency": [agency],
        "child/name": [{"full_name": [TEST_NAME]}],
    }


def _is_stored(services: Services, reference: str) -> None:
    case = services.cases.overview(reference).case
    if not case.is_test:
        raise NotAsExpected(f"{reference} is not marked as a test")
    if case.state is not State.AWAITING_DECISION:
        raise NotAsExpected(f"{reference} is {case.state}")
    broken = services.cases.first_broken_event(reference)
    if broken is not None:
        raise NotAsExpected(f"{reference}: event {broken} of its trail does not hold")
    services.cases.documents.get(case.document)


def _has_told(check: Check, reference: str) -> dict[str, str]:
    """Wait until what goes out at once went out; returns what is known of each message."""
    wanted = frozenset({Status.DELIVERED}) if check.wants_delivery else ARRIVED
    deadline = time.monotonic() + check.patience_seconds
    while True:
        messages = check.services.cases.overview(reference).messages
        found = {m.kind: m.status for m in messages if m.kind in AT_ONCE}
        if found.keys() == AT_ONCE and all(status in wanted for status in found.values()):
            return {kind.value: status.value for kind, status in found.items()}
        if time.monotonic() > deadline:
            told = ", ".join(f"{kind} {status}" for kind, status in sorted(found.items()))
            raise NotAsExpected(f"{reference}: not every e-mail went out: {told or 'none'}")
        time.sleep(PAUSE_SECONDS)


def _has_checked(check: Check, browser: Browser) -> str:
    if check.scan is None:
        return "not tried"
    return enclosure.await_checked(
        check.services, _case_id(browser), patience_seconds=check.patience_seconds
    )


def _remove(services: Services, reference: str) -> None:
    try:
        services.cases.erase(
            reference,
            disposal=Disposal.NOT_A_REFERRAL,
            operator=OPERATOR,
            now=services.clock(),
        )
    except ServiceError as error:
        raise NotAsExpected(f"{reference} could not be removed: {type(error).__name__}") from error
