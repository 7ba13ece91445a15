"""A referral that is marked as a test bothers nobody, and only an operator can mark one."""

from __future__ import annotations

import pytest

from chalicelib.domain.cases import Disposal, State
from chalicelib.domain.drafts import new_token
from chalicelib.domain.errors import StaleVersion
from chalicelib.domain.messages import Kind, Report
from tests.stage import Stage

pytestmark = pytest.mark.aws


def checked(stage: Stage) -> str:
    """A marked referral, sent and delivered; its reference."""
    token = stage.draft().token
    stage.services.drafts.mark_as_test(token)
    draft = stage.services.drafts.open(token, now=stage.clock())
    sent = stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    stage.deliver()
    return sent.reference


def test_neither_the_chair_nor_the_office_hears_of_a_test(stage: Stage):
    checked(stage)

    assert len(stage.mailbox.emails) == 3
    assert len(stage.mailbox.to(stage.services.settings.test_mailbox)) == 2
    assert not stage.mailbox.to(stage.person("decision_maker"))
    assert not stage.mailbox.to(stage.person("office"))


def test_the_office_hears_of_no_bounce_of_a_test(stage: Stage):
    reference = checked(stage)
    messages = stage.services.cases.cases.messages(reference)
    (receipt,) = [each for each in messages if each.kind is Kind.RECEIPT]

    stage.services.messages.report(reference, receipt.message_id, Report.BOUNCED, at=stage.clock())

    assert Kind.NOT_DELIVERED not in stage.sent(reference)


def test_the_mark_outlives_a_save(stage: Stage):
    assert stage.services.cases.cases.find(checked(stage)).is_test
    assert not stage.services.cases.cases.find(stage.submit().reference).is_test


def test_a_test_is_erased_without_a_decision(stage: Stage):
    reference = checked(stage)

    case = stage.services.cases.erase(
        reference, disposal=Disposal.NOT_A_REFERRAL, operator="check", now=stage.clock()
    )

    assert case.state is State.ERASED


def test_what_was_sent_can_no_longer_be_marked(stage: Stage):
    draft = stage.draft()
    stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())

    with pytest.raises(StaleVersion):
        stage.services.drafts.mark_as_test(draft.token)


def test_a_draft_that_does_not_exist_cannot_be_marked(stage: Stage):
    with pytest.raises(StaleVersion):
        stage.services.drafts.mark_as_test(new_token("0" * 32))


def test_nobody_hears_of_what_becomes_of_a_test(stage: Stage):
    """Stepping aside and a decision tell the deputy and the office, but not for a test."""
    test_mailbox = stage.services.settings.test_mailbox
    stage.environ = {
        **stage.environ,
        "DECISION_MAKER_EMAIL": test_mailbox,
        "DEPUTY_EMAIL": test_mailbox,
    }
    checked(stage)
    link, session = stage.session()
    stage.services.decisions.step_aside(link, session, now=stage.clock())
    stage.deliver()
    link, session, nonce = stage.pending(role="deputy")
    stage.services.decisions.confirm(link, session, nonce, now=stage.clock())
    stage.deliver()

    reached = {email.to_email for email in stage.mailbox.emails}
    assert reached == {test_mailbox, "priya@hospital.example.org"}
