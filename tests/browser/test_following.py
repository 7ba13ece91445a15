"""A case that is followed, in the states that journeys miss, and what others then see of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.decider import Decider
from tests.browser.filling import press
from tests.browser.fixtures import new_mailbox
from tests.browser.follower import INFORMATION, REASON, Follower
from tests.browser.inspector import Inspector

pytestmark = pytest.mark.browser

WORDS = "Written while something else happened."
Follow = Callable[..., Follower]


@pytest.fixture
def follow(page: Page, address, mailbox, filed, running_services) -> Follow:
    """Somebody who follows a case of their own, sent some days ago."""

    def enter(days_ago: int = 0) -> Follower:
        email = new_mailbox()
        at = running_services.clock() - timedelta(days=days_ago)
        follower = Follower(page, address, mailbox, filed(at, email=email), email)
        follower.enter()
        return follower

    return enter


@pytest.fixture
def chair(browser: Browser, mailbox) -> Iterator[Callable[[Follower], Decider]]:
    """The chair of a followed case, up to the page on which a decision is checked."""
    with browser.new_context() as context:

        def write(follower: Follower) -> Decider:
            decider = Decider(context.new_page(), mailbox, follower.reference)
            decider.enter()
            decider.declare()
            decider.rule()
            return decider

        yield write


def test_the_way_in_says_what_is_wrong(page: Page, inspector: Inspector, address):
    page.goto(f"{address}/referral?reference=PR-23456789")
    for typed in ("PR-2345678", "no reference", "PR-2222222A"):
        page.get_by_label("What is your reference?").fill(typed)
        press(page)
        inspector.look()
        assert page.title().startswith("Error: ")


def test_a_decision_that_is_late_is_owned_up_to(inspector: Inspector, follow: Follow):
    follower = follow(days_ago=59)
    inspector.look()
    follower.supply(WORDS, link="Add information")
    inspector.look()
    follower.open()
    inspector.look()


def test_a_withdrawn_case_is_so_for_everyone(
    page: Page, inspector: Inspector, follow: Follow, mailbox
):
    follower = follow()
    follower.withdraw("Sent twice.")
    inspector.look()
    for of in ("/copy", "/information", ""):
        follower.open(of)
        inspector.look()
    press(page, "Sign out")
    inspector.look()
    assert "You have signed out" in page.locator("main").inner_text()
    page.goto(Decider(page, mailbox, follower.reference).link)
    inspector.look()
    assert page.title().startswith("This referral was withdrawn")


def test_words_survive_a_session_that_ended(
    page: Page, inspector: Inspector, follow: Follow, mailbox
):
    follower = follow()
    for of, label, button in (
        ("information", INFORMATION, "Send"),
        ("withdraw", REASON, "Withdraw referral"),
    ):
        follower.open(f"/{of}")
        page.get_by_label(label).fill(WORDS)
        page.context.clear_cookies(name=f"session-{follower.reference.lower()}")
        press(page, button)
        inspector.look()
        assert WORDS in page.locator("main").inner_text()
        subject = follower.subject_of(follower.reference)
        number = len(mailbox.find(follower.email, subject)) + 1
        press(page, "Send me a code")
        inspector.look()
        page.locator("#code").fill(mailbox.wait_for(follower.email, subject, number=number).code)
        press(page)
        inspector.look()
        assert page.get_by_label(label).input_value() == WORDS


def test_words_are_not_lost_when_the_case_is_decided_meanwhile(
    page: Page, inspector: Inspector, follow: Follow, chair
):
    follower = follow()
    decider = chair(follower)
    follower.open("/information")
    page.get_by_label(INFORMATION).fill(WORDS)
    decider.confirm()
    press(page, "Send")
    inspector.look()
    assert page.title().startswith("This referral has been decided")
    assert WORDS in page.locator("main").inner_text()
    follower.open()
    inspector.look()


def test_no_decision_is_recorded_over_words_that_were_not_read(
    inspector: Inspector, follow: Follow, chair
):
    follower = follow()
    decider = chair(follower)
    second = Inspector(decider.page)
    follower.supply(WORDS, link="Add information")
    press(decider.page, "Record this decision")
    second.look()
    assert decider.step != "done"
    assert second.complaints == []
