"""Every page on the way back to a draft, and of leaving one, in the states that journeys miss."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from chalicelib.bootstrap import Services
from chalicelib.domain.limits import Limit
from chalicelib.domain.links import CODE_TRIES, CODES_AN_HOUR
from chalicelib.services.drafts import Draft
from chalicelib.services.drafts.filling import next_version
from infra import seed
from tests.browser.filling import press
from tests.browser.fixtures import draft_in, filled, new_mailbox
from tests.browser.inspector import Inspector
from tests.browser.mailbox import Mailbox
from tests.browser.referrer import CODE, LINK

pytestmark = pytest.mark.browser


def saved(services: Services, email: str) -> Draft:
    """A whole draft whose address is confirmed."""
    now = services.clock()
    draft = filled(services, services.drafts.start(now=now), email, now=now)
    return seed.confirmed(services, draft, now=now)


def expire(services: Services, draft: Draft) -> None:
    """Let a draft be past its date."""
    past = replace(draft.stored, expires_at=services.clock() - timedelta(minutes=1))
    services.drafts.drafts.write(next_version(past, draft.answers, draft.open_key()))


def open_titled(page: Page, inspector: Inspector, address: str, title: str) -> None:
    page.goto(address)
    inspector.look()
    assert page.title().startswith(title), page.title()


def press_to(page: Page, inspector: Inspector, button: str, title: str) -> None:
    press(page, button)
    inspector.look()
    assert page.title().startswith(title), page.title()


def wrong_for(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_a_lost_link_is_asked_for(page: Page, inspector: Inspector, address):
    open_titled(page, inspector, f"{address}/refer/lost-link", "Continue a saved referral")
    press_to(page, inspector, "Email me the link", "Error: ")
    page.get_by_label("Work email address").fill(new_mailbox())
    press_to(page, inspector, "Email me the link", "Check your email")


def test_codes_that_are_wrong_used_up_or_too_many_are_said_to_be(
    page: Page, inspector: Inspector, address, mailbox: Mailbox, running_services
):
    email = new_mailbox()
    saved(running_services, email)
    link = mailbox.wait_for(email, LINK).link
    open_titled(page, inspector, link, "Continue your saved referral")
    press_to(page, inspector, "Send me a code", "Enter your code")
    right = mailbox.wait_for(email, CODE, number=2).code
    for _ in range(CODE_TRIES - 1):
        page.locator("#code").fill(wrong_for(right))
        press(page)
    inspector.look()
    assert "You have 1 try left" in page.locator("main").inner_text()
    page.locator("#code").fill(wrong_for(right))
    press_to(page, inspector, "Continue", "That code no longer works")
    for _ in range(CODES_AN_HOUR):
        page.goto(link)
        press(page, "Send me a code")
    inspector.look()
    assert page.title().startswith("No more codes for now")


def test_a_mailbox_that_got_many_codes_gets_none_for_a_while(
    page: Page, inspector: Inspector, address, running_services
):
    email, services = new_mailbox(), running_services
    for _ in range(Limit.CODES_BY_MAILBOX.most):
        draft = services.drafts.start(now=services.clock())
        services.drafts.ask_to_confirm(draft, email, network="", now=services.clock())
    page.goto(f"{address}/refer")
    press(page, "Start now")
    page.goto(f"{address}/refer/confirm")
    page.get_by_label("Work email address").fill(email)
    press_to(page, inspector, "Send me a code", "Try again later")
    assert services.settings.office_phone in page.locator("main").inner_text()


def test_links_that_lead_nowhere_say_why(
    page: Page, inspector: Inspector, address, mailbox: Mailbox, running_services
):
    services = running_services
    open_titled(page, inspector, f"{address}/refer/resume/{'x' * 32}", "We do not know this link")
    expired, changed, sent, deleted = (new_mailbox() for _ in range(4))
    draft = saved(services, expired)
    link = mailbox.wait_for(expired, LINK).link
    expire(services, draft)
    open_titled(page, inspector, link, "Your referral has expired")
    draft = saved(services, changed)
    link = mailbox.wait_for(changed, LINK).link
    seed.confirmed(services, filled(services, draft, new_mailbox()), now=services.clock())
    open_titled(page, inspector, link, "Continue your saved referral")
    press(page, "Send me a code")
    page.locator("#code").fill(mailbox.wait_for(changed, CODE, number=2).code)
    press_to(page, inspector, "Continue", "A newer link has replaced this one")
    draft = saved(services, sent)
    link = mailbox.wait_for(sent, LINK).link
    services.referrals.submit(draft, seen=draft.version, now=services.clock())
    open_titled(page, inspector, link, "Follow your referral")
    draft = saved(services, deleted)
    link = mailbox.wait_for(deleted, LINK).link
    services.drafts.delete(draft, now=services.clock())
    open_titled(page, inspector, link, "")


def test_another_draft_in_the_same_browser_is_not_left_unawares(
    page: Page, inspector: Inspector, address, mailbox: Mailbox, running_services
):
    email = new_mailbox()
    saved(running_services, email)
    page.goto(f"{address}/refer")
    press(page, "Start now")
    link = mailbox.wait_for(email, LINK).link
    open_titled(page, inspector, link, "Continue your saved referral")
    assert "You have begun another referral" in page.locator("main").inner_text()


def test_a_draft_is_left_and_deleted(page: Page, inspector: Inspector, address, running_services):
    page.goto(f"{address}/refer")
    press(page, "Start now")
    draft = filled(running_services, draft_in(page.context, running_services), new_mailbox())
    seed.confirmed(running_services, draft, now=running_services.clock())
    open_titled(page, inspector, f"{address}/refer/saved", "Your referral is saved")
    press_to(page, inspector, "Email me the link again", "Your referral is saved")
    open_titled(page, inspector, f"{address}/refer", "Before you refer a case")
    open_titled(page, inspector, f"{address}/refer/delete", "Do you want to delete this draft?")
    press_to(page, inspector, "Delete this draft", "Your draft is deleted")
    open_titled(page, inspector, f"{address}/refer/tasks", "We could not find your referral")


def test_signing_out_shuts_the_browser_out(
    page: Page, inspector: Inspector, address, running_services
):
    page.goto(f"{address}/refer")
    press(page, "Start now")
    draft = filled(running_services, draft_in(page.context, running_services), new_mailbox())
    seed.confirmed(running_services, draft, now=running_services.clock())
    page.goto(f"{address}/refer/saved")
    press_to(page, inspector, "Sign out", "You are signed out")
    page.goto(f"{address}/refer/tasks")
    inspector.look()
    assert "Jordan" not in page.content()


def test_what_is_not_finished_is_said_to_be(
    page: Page, inspector: Inspector, address, running_services
):
    page.goto(f"{address}/refer")
    press(page, "Start now")
    for path, name in (("child/name", "other_names"), ("family/person/1", "name")):
        page.goto(f"{address}/refer/{path}")
        page.locator(f"[name={name}]").fill("Half")
        press(page, "Save and come back later")
        open_titled(page, inspector, f"{address}/refer/{path}", "")
        assert "You have not finished this page" in page.locator("main").inner_text()
    open_titled(page, inspector, f"{address}/refer/family/person", "")
    assert "not finished" in page.locator("main").inner_text()
    open_titled(page, inspector, f"{address}/refer/tasks", "Your referral")
    open_titled(page, inspector, f"{address}/refer/check", "Your answers so far")
    assert "(not finished)" in page.locator("main").inner_text()
    filled(running_services, draft_in(page.context, running_services), new_mailbox())
    page.goto(f"{address}/refer/child/name")
    page.get_by_label("Full name").fill("")
    press(page, "Save and come back later")
    open_titled(page, inspector, f"{address}/refer/child/name", "")
    assert "What is saved now" in page.locator("main").inner_text()
