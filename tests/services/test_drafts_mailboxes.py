"""Confirming an address, and coming back to a draft by it, on the local AWS."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.drafts import IDLE, LONGEST, MOST_BROWSERS
from chalicelib.domain.limits import MOST, Limit
from chalicelib.domain.links import CODE_TRIES, Purpose
from chalicelib.domain.messages import Kind
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import PAGES
from chalicelib.domain.referrals.pages.referrer import Contact
from chalicelib.services.drafts import Draft
from tests.services.test_drafts import NAME, answer, save
from tests.stage import Stage

pytestmark = pytest.mark.aws

PRIYA = "priya@hospital.example.org"
OTHER = "priya.example@trust.example.org"
CONTACT = "referrer/contact"
MINUTE = timedelta(minutes=1)


def begun(stage: Stage) -> Draft:
    """A whole referral whose address nobody has confirmed."""
    return stage.draft(confirmed=False)


def reopened(stage: Stage, draft: Draft) -> Draft:
    return stage.services.drafts.open(draft.token, now=stage.clock())


def newest_code(stage: Stage, draft: Draft) -> str:
    return str(stage.letters(draft, Kind.CODE)[-1]["code"])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def link_of(stage: Stage, draft: Draft, kind: Kind = Kind.DRAFT_SAVED) -> str:
    """The token of the newest link in an e-mail of this kind."""
    return str(stage.letters(draft, kind)[-1]["url"]).rpartition("/refer/resume/")[2]


def resumed(stage: Stage, draft: Draft, token: str) -> Draft:
    """The draft on another device, by a link and the code that the link asks for."""
    stage.clock.advance(timedelta(seconds=1))
    stage.services.links.send_code(token, purpose=Purpose.RESUME, now=stage.clock())
    code = newest_code(stage, draft)
    return stage.services.drafts.resume(token, code, network="", now=stage.clock())


def test_a_code_confirms_the_address_and_a_link_comes(stage: Stage):
    draft = stage.confirm(begun(stage))
    assert draft.is_confirmed
    assert draft.confirmed_email == PRIYA
    assert reopened(stage, draft).is_confirmed_as(" Priya@Hospital.example.org ")
    stage.deliver()
    (saved,) = stage.mailbox.to(PRIYA, subject="saved referral")
    assert re.search(r"/refer/resume/[\w-]{32}\b", saved.text)
    assert PRIYA not in saved.text


def test_nothing_is_confirmed_by_a_wrong_code(stage: Stage):
    draft, drafts = begun(stage), stage.services.drafts
    drafts.ask_to_confirm(draft, PRIYA, network="", now=stage.clock())
    code = newest_code(stage, draft)
    for left in range(CODE_TRIES - 1, 0, -1):
        with pytest.raises(errors.CodeWrong) as caught:
            drafts.confirm(draft, wrong(code), network="", now=stage.clock())
        assert caught.value.tries_left == left
    for typed in (wrong(code), code):
        with pytest.raises(errors.CodeExpired):
            drafts.confirm(draft, typed, network="", now=stage.clock())
    assert not reopened(stage, draft).is_confirmed


def test_a_code_of_another_browser_confirms_nothing(stage: Stage):
    mine, theirs, drafts = begun(stage), begun(stage), stage.services.drafts
    drafts.ask_to_confirm(mine, PRIYA, network="", now=stage.clock())
    with pytest.raises(errors.LinkUnknown):
        drafts.confirm(theirs, newest_code(stage, mine), network="", now=stage.clock())


def test_the_same_code_sent_twice_confirms_once(stage: Stage):
    draft, drafts = begun(stage), stage.services.drafts
    drafts.ask_to_confirm(draft, PRIYA, network="", now=stage.clock())
    code = newest_code(stage, draft)
    for _ in range(2):
        assert drafts.confirm(draft, code, network="", now=stage.clock()).is_confirmed
    assert len(stage.letters(draft, Kind.DRAFT_SAVED)) == 1


def test_a_page_saved_in_another_tab_meanwhile_is_not_lost(stage: Stage):
    draft, drafts = begun(stage), stage.services.drafts
    drafts.ask_to_confirm(draft, PRIYA, network="", now=stage.clock())
    save(stage, draft, "Amina Osei")
    confirmed = drafts.confirm(draft, newest_code(stage, draft), network="", now=stage.clock())
    assert confirmed.answers.one(NAME) == answer("Amina Osei")


def test_confirming_another_address_corrects_the_one_in_the_referral(stage: Stage):
    draft = stage.confirm(begun(stage), OTHER)
    contact = draft.answers.at(CONTACT, Contact)
    assert contact is not None
    assert contact.email == OTHER
    receipt = stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    stage.deliver()
    assert stage.mailbox.to(OTHER, subject=receipt.reference)


def test_a_referral_is_not_sent_with_an_address_that_nobody_confirmed(stage: Stage):
    draft = begun(stage)
    with pytest.raises(errors.EmailUnconfirmed):
        stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    confirmed = stage.confirm(draft)
    stage.services.referrals.submit(confirmed, seen=confirmed.version, now=stage.clock())


def test_an_address_changed_after_confirming_must_be_confirmed_again(stage: Stage):
    draft = stage.confirm(begun(stage))
    changed = _with_email(stage, draft, OTHER)
    with pytest.raises(errors.EmailUnconfirmed):
        stage.services.referrals.submit(changed, seen=changed.version, now=stage.clock())
    old = link_of(stage, changed)
    stage.clock.advance(MINUTE)
    again = stage.confirm(changed)
    assert again.confirmed_email == OTHER
    with pytest.raises(errors.LinkSuperseded):
        resumed(stage, again, old)
    drafts = stage.services.drafts
    assert drafts.drafts.by_mailbox(drafts.pseudonyms.of("drafts", PRIYA)) == []
    assert drafts.drafts.by_mailbox(drafts.pseudonyms.of("drafts", OTHER)) == [draft.case_id]


def _with_email(stage: Stage, draft: Draft, email: str) -> Draft:
    contact = draft.answers.at(CONTACT, Contact)
    assert contact is not None
    page, changed = PAGES[CONTACT], contact.model_copy(update={"email": email})
    return stage.services.drafts.save(
        draft,
        page,
        lambda answers: answers.with_one(page, changed),
        stamp=draft.answers.stamp(page),
        now=stage.clock(),
    )


def test_a_link_and_a_code_open_the_draft_on_another_device(stage: Stage):
    first = stage.confirm(begun(stage))
    second = resumed(stage, first, link_of(stage, first))
    assert second.token != first.token
    assert second.answers == first.answers
    saved = save(stage, second, "Saved on the second device")
    assert reopened(stage, first).answers == saved.answers


def test_two_browsers_see_and_keep_each_others_changes(stage: Stage):
    first = stage.confirm(begun(stage))
    second = resumed(stage, first, link_of(stage, first))
    save(stage, second, "Second device")
    with pytest.raises(errors.StaleVersion):
        save(stage, first, "First device")
    save(stage, reopened(stage, first), "First device")
    assert reopened(stage, second).answers.one(NAME) == answer("First device")


def test_the_ninth_browser_takes_the_place_of_the_one_used_least_recently(stage: Stage):
    first = stage.confirm(begun(stage))
    others = []
    for _ in range(MOST_BROWSERS):
        # One link gives five codes an hour, one mailbox gets ten.
        stage.clock.advance(timedelta(minutes=13))
        others.append(resumed(stage, first, link_of(stage, first)))
        for draft in (first, *others)[1:]:
            stage.services.drafts.open(draft.token, touch=True, now=stage.clock())
    with pytest.raises(errors.DraftSessionEnded):
        reopened(stage, first)


def test_a_browser_is_shut_out_after_an_idle_hour_only_once_a_code_can_bring_it_back(stage: Stage):
    unconfirmed, confirmed = begun(stage), stage.draft()
    stage.clock.advance(IDLE)
    assert reopened(stage, unconfirmed).session_ends_at is None
    with pytest.raises(errors.DraftSessionEnded):
        reopened(stage, confirmed)


def test_reading_puts_the_end_off_and_twelve_hours_are_the_end(stage: Stage):
    draft, start = stage.draft(), stage.clock()
    drafts = stage.services.drafts
    while stage.clock() < start + LONGEST - 30 * MINUTE:
        stage.clock.advance(30 * MINUTE)
        seen = drafts.open(draft.token, touch=True, now=stage.clock())
    assert seen.session_ends_at == start + LONGEST
    stage.clock.advance(30 * MINUTE)
    with pytest.raises(errors.DraftSessionEnded):
        drafts.open(draft.token, touch=True, now=stage.clock())


def test_saving_puts_the_end_off_too(stage: Stage):
    draft = stage.draft()
    stage.clock.advance(59 * MINUTE)
    saved = save(stage, draft, "Amina Osei")
    assert saved.session_ends_at == stage.clock() + IDLE


def test_a_code_brings_a_browser_back_that_was_shut_out(stage: Stage):
    draft = stage.draft()
    stage.clock.advance(2 * IDLE)
    drafts = stage.services.drafts
    link = drafts.reopen(draft.token, network="", now=stage.clock())
    back = drafts.resume(link, newest_code(stage, draft), network="", now=stage.clock())
    assert back.answers == draft.answers
    assert back.token != draft.token
    assert back.session_ends_at == stage.clock() + IDLE
    with pytest.raises(errors.DraftSessionEnded):
        reopened(stage, draft)


def test_nothing_reopens_a_draft_without_a_confirmed_address(stage: Stage):
    with pytest.raises(errors.DraftNotFound):
        stage.services.drafts.reopen(begun(stage).token, network="", now=stage.clock())


def test_a_browser_can_leave_and_the_link_still_leads_back(stage: Stage):
    draft = stage.confirm(begun(stage))
    stage.services.drafts.leave(draft)
    with pytest.raises(errors.DraftSessionEnded):
        reopened(stage, draft)
    assert resumed(stage, draft, link_of(stage, draft)).answers == draft.answers


def test_nobody_leaves_a_draft_that_nothing_leads_back_to(stage: Stage):
    with pytest.raises(errors.EmailUnconfirmed):
        stage.services.drafts.leave(begun(stage))


def test_a_link_to_a_draft_that_was_sent_says_what_it_became(stage: Stage):
    draft = stage.confirm(begun(stage))
    token = link_of(stage, draft)
    sent = stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    with pytest.raises(errors.AlreadySubmitted) as caught:
        stage.services.drafts.locate(token, now=stage.clock())
    assert caught.value.reference == sent.reference
    drafts = stage.services.drafts
    assert drafts.drafts.by_mailbox(draft.stored.mailbox) == []
    kept = drafts.drafts.get(draft.case_id)
    assert kept is not None
    assert (kept.mailbox, kept.contact, kept.wrapped_key) == ("", b"", b"")


def ask_for_links(stage: Stage, email: str) -> None:
    """Ask as a page does, and let the job answer."""
    drafts = stage.services.drafts
    drafts.ask_for_links(email, network="", now=stage.clock())
    (due,) = stage.services.asks.waiting(now=stage.clock(), limit=10)
    ask = stage.services.asks.claim(due.ask_id, now=stage.clock())
    assert ask is not None
    drafts.answer(ask, now=stage.clock())
    stage.services.asks.done(ask)


def test_lost_links_come_to_every_draft_of_the_mailbox(stage: Stage):
    stage.draft()
    stage.draft()
    stage.draft(confirmed=False)
    ask_for_links(stage, "PRIYA@hospital.example.org")
    stage.deliver()
    assert len(stage.mailbox.to(PRIYA, subject="saved referral")) == 2
    assert len(stage.mailbox.emails) == 2


def test_lost_links_do_not_come_for_what_was_sent_or_is_past_its_date(stage: Stage):
    stage.submit()
    stage.draft()
    stage.clock.advance(timedelta(days=30))
    ask_for_links(stage, PRIYA)
    stage.deliver()
    assert stage.mailbox.to(PRIYA, subject="saved referral") == []


def test_an_address_without_drafts_gets_nothing(stage: Stage):
    ask_for_links(stage, OTHER)
    stage.deliver()
    assert stage.mailbox.emails == []


def test_an_address_gets_lost_links_three_times_an_hour(stage: Stage):
    draft = stage.draft()
    for _ in range(MOST[Limit.LINKS_BY_MAILBOX] + 2):
        stage.clock.advance(MINUTE)
        ask_for_links(stage, PRIYA)
    assert len(stage.letters(draft, Kind.DRAFT_SAVED)) == MOST[Limit.LINKS_BY_MAILBOX]


def test_an_ask_holds_no_address(stage: Stage):
    stage.draft()
    stage.services.drafts.ask_for_links(PRIYA, network="", now=stage.clock())
    (due,) = stage.services.asks.waiting(now=stage.clock(), limit=10)
    ask = stage.services.asks.claim(due.ask_id, now=stage.clock())
    assert "priya" not in repr(ask)


def test_a_draft_is_reminded_of_a_week_before_it_goes(stage: Stage):
    draft = stage.confirm(begun(stage))
    stage.deliver()
    stage.clock.advance(timedelta(days=23) - MINUTE)
    stage.deliver()
    assert stage.mailbox.to(PRIYA, subject="deleted soon") == []
    stage.clock.advance(MINUTE)
    stage.deliver()
    (reminder,) = stage.mailbox.to(PRIYA, subject="deleted soon")
    assert link_of(stage, draft, Kind.DRAFT_EXPIRING) in reminder.text


def test_saving_puts_the_reminder_off(stage: Stage):
    draft = stage.confirm(begun(stage))
    stage.deliver()
    stage.clock.advance(timedelta(days=20))
    again = resumed(stage, draft, link_of(stage, draft))
    save(stage, again, "Amina Osei")
    stage.clock.advance(timedelta(days=3))
    stage.deliver()
    assert stage.mailbox.to(PRIYA, subject="deleted soon") == []
    stage.clock.advance(timedelta(days=20))
    stage.deliver()
    assert len(stage.mailbox.to(PRIYA, subject="deleted soon")) == 1


def test_a_draft_that_was_sent_is_not_reminded_of(stage: Stage):
    draft = stage.confirm(begun(stage))
    stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    stage.clock.advance(timedelta(days=24))
    stage.deliver()
    assert stage.mailbox.to(PRIYA, subject="deleted soon") == []


def test_one_network_starts_sixty_drafts_an_hour(stage: Stage):
    drafts = stage.services.drafts
    allowance = stage.services.settings.network_allowance
    for _ in range(MOST[Limit.DRAFTS_BY_NETWORK] * allowance):
        drafts.limits.count(Limit.DRAFTS_BY_NETWORK, "192.0.2.1", now=stage.clock())
    with pytest.raises(errors.TooOften):
        drafts.start(network="192.0.2.1", now=stage.clock())
    drafts.start(network="192.0.2.2", now=stage.clock())


def test_codes_to_one_mailbox_are_limited_whatever_draft_asks(stage: Stage):
    drafts = stage.services.drafts
    for _ in range(MOST[Limit.CODES_BY_MAILBOX]):
        drafts.ask_to_confirm(drafts.start(now=stage.clock()), PRIYA, network="", now=stage.clock())
    with pytest.raises(errors.TooOften):
        drafts.ask_to_confirm(begun(stage), PRIYA.upper(), network="", now=stage.clock())


def test_nothing_personal_stands_outside_what_is_sealed(stage: Stage):
    draft = stage.confirm(begun(stage))
    for item in stage.services.clients.dynamodb.scan(TableName=stage.table.name)["Items"]:
        assert "priya" not in str({k: v for k, v in item.items() if "B" not in v}).lower()
    assert draft.answers != Answers.empty()
