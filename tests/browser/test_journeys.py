"""From the home page to the outcome in the referrer's mail, by people with real browsers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from chalicelib.domain.cases import Outcome, State
from chalicelib.domain.people import Role
from tests import factories
from tests.browser.decider import REASON, RULING, Decider
from tests.browser.filling import press
from tests.browser.inspector import Inspector
from tests.browser.referrer import Referrer

pytestmark = pytest.mark.browser

LEARNING_REVIEW = "a multi-agency learning review will start"


def words(text: str) -> str:
    """A text as it is read, however it is broken into lines."""
    return " ".join(text.split())


def change_name(page: Page, before: str, after: str) -> None:
    """Change the child's name from the check page, and come back to it."""
    with page.expect_navigation():
        page.locator('a[href="/refer/child/name?from=check"]').first.click()
    assert page.get_by_label("Full name").input_value() == before
    page.get_by_label("Full name").fill(after)
    press(page)
    assert page.url.endswith("/refer/check")
    assert after in page.locator("main").inner_text()


def refer(page: Page, address: str, forms, inspector: Inspector, *, scripts: bool) -> str:
    """A whole referral, every page of it; returns its reference."""
    referrer = Referrer(page, address, forms, inspector if scripts else None, scripts)
    referrer.begin()
    referrer.answer_everything()
    assert set(referrer.answered) == set(forms)
    referrer.check()
    inspector.look()
    name = forms["child/name"][0]["full_name"][0]
    change_name(page, name, f"{name} the younger")
    return referrer.send()


def outcome_told(mailbox, email: str, reference: str) -> str:
    """What the referrer is told, in both parts of the e-mail."""
    told = mailbox.wait_for(email, f"{reference}: the outcome of your referral")
    return words(told.text) + told.html


def test_a_case_is_referred_and_decided_with_scripts(browser: Browser, address, mailbox):
    forms = factories.full_answers()
    with browser.new_context() as context:
        page = context.new_page()
        inspector = Inspector(page)
        reference = refer(page, address, forms, inspector, scripts=True)

        decider = Decider(page, mailbox, reference, inspector=inspector)
        decider.enter()
        shown = words(page.locator("main").inner_text())
        for section in factories.full_referral().summary():
            for row in (row for group in section.groups for row in group.rows):
                assert all(words(line) in shown for line in row.lines), row.label
        decider.declare()
        decider.rule()
        decider.confirm()

    told = outcome_told(mailbox, "priya@hospital.example.org", reference)
    assert LEARNING_REVIEW in told
    assert "Reason canary" not in told
    assert "Jordan" not in told
    assert inspector.looked_at > 80
    assert inspector.complaints == []


def test_a_case_is_referred_and_decided_without_scripts(browser: Browser, address, mailbox):
    forms, canaries = factories.canary_fields()
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        inspector = Inspector(page, scripts=False)
        reference = refer(page, address, forms, inspector, scripts=False)

        decider = Decider(page, mailbox, reference)
        decider.enter()
        inspector.look()
        shown = words(page.locator("main").inner_text())
        assert [canary for canary in canaries if canary not in shown] == []
        decider.declare()
        decider.rule()
        inspector.look()
        decider.confirm()
        inspector.look()

    told = outcome_told(mailbox, forms["referrer/contact"][0]["email"][0], reference)
    assert LEARNING_REVIEW in told
    assert [canary for canary in (*canaries, REASON) if canary in told] == []
    assert inspector.complaints == []


def test_a_conflict_of_interest_passes_the_case_to_the_deputy(
    browser: Browser, mailbox, running_services, filed
):
    reference = filed()
    with browser.new_context() as context:
        page = context.new_page()
        inspector = Inspector(page)
        chair = Decider(page, mailbox, reference)
        chair.enter()
        chair.declare("yes")
        inspector.look()
        press(page, "Step aside")
        inspector.look()
        page.goto(chair.link)
        inspector.look()
        assert "You stepped aside from this case" in page.locator("main").inner_text()

        deputy = Decider(page, mailbox, reference, "deputy@example.org")
        deputy.enter()
        deputy.declare()
        deputy.rule()
        deputy.confirm()

    case = running_services.cases.cases.read(reference).case
    assert (case.outcome, case.decided_by) == (Outcome.LEARNING_REVIEW, Role.DEPUTY)
    assert inspector.complaints == []


def test_more_information_is_asked_for_and_the_case_stays_open(
    browser: Browser, mailbox, running_services, filed
):
    reference = filed()
    with browser.new_context() as context:
        page = context.new_page()
        inspector = Inspector(page)
        chair = Decider(page, mailbox, reference)
        chair.enter()
        chair.declare()
        chair.rule({**RULING, "outcome": ["more-information"], "information": ["The log."]})
        inspector.look()
        chair.confirm("Ask for this information")
        inspector.look()
        page.goto(f"{chair.link}/case")
        inspector.look()
        assert "The log." in page.locator("main").inner_text()

    case = running_services.cases.cases.read(reference).case
    assert case.state is State.AWAITING_INFORMATION
    assert inspector.complaints == []
