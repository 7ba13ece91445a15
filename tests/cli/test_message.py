"""``message``: what became of e-mails, and sending them again by hand."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.domain.audit import Act
from chalicelib.domain.errors import MailRefused
from chalicelib.domain.messages import Kind, Report, Status
from tests.cli.operator import NAME, Operator, at_work, sung, unchanged, with_canaries
from tests.stage import Stage

pytestmark = pytest.mark.aws


@pytest.fixture
def operator(stage: Stage) -> Operator:
    return at_work(stage)


def failed(operator: Operator) -> str:
    """A case whose first e-mails the provider refused."""
    stage = operator.stage
    stage.mailbox.failing = MailRefused("no such mailbox")
    reference = stage.submit().reference
    stage.deliver()
    stage.mailbox.failing = None
    return reference


def test_the_list_says_what_became_of_each(operator: Operator):
    reference, canaries = with_canaries(operator)
    told = operator.json("message", "list", NAME, reference)
    assert {each["kind"]: each["status"] for each in told} == {
        "receipt": "sent",
        "referral-received": "sent",
        "decision-request": "sent",
        "decision-waiting": "queued",
    }
    said = operator.run("message", "list", NAME, reference).output
    assert sung(said + json.dumps(told), canaries) == set()
    assert operator.stage.person("decision_maker") not in said + json.dumps(told)


def test_without_a_reference_every_case_is_listed(operator: Operator):
    bad, good = failed(operator), operator.case()
    told = operator.json("message", "list", NAME, "--status", "failed")
    assert {each["reference"] for each in told} == {bad}
    both = operator.json("message", "list", NAME)
    assert {each["reference"] for each in both} == {bad, good}


@pytest.mark.parametrize("report", [Report.BOUNCED, Report.COMPLAINED, Report.DELIVERED])
def test_a_message_is_sent_again_whatever_was_reported(operator: Operator, report: Report):
    stage = operator.stage
    reference = operator.case()
    receipt = operator.message(reference, Kind.RECEIPT)
    stage.services.messages.report(reference, receipt.message_id, report, at=stage.clock())
    before = len(stage.mailbox.emails)

    operator.run("message", "resend", NAME, reference, receipt.message_id)
    again = operator.message(reference, Kind.RECEIPT)
    assert (again.status, again.attempts) == (Status.QUEUED, 0)
    operator.deliver()

    sent = [each for each in stage.mailbox.emails if receipt.message_id in each.message_id]
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert operator.message(reference, Kind.RECEIPT).status is Status.SENT
    assert len(stage.mailbox.emails) > before


def test_the_trail_keeps_what_became_of_it_before(operator: Operator):
    reference = failed(operator)
    receipt = operator.message(reference, Kind.RECEIPT)
    assert receipt.status is Status.FAILED
    operator.run("message", "resend", NAME, reference, receipt.message_id)
    last = operator.trail(reference)[-1]
    assert (last.act, last.subject) == (Act.MESSAGE_RESENT, f"{receipt.message_id} failed")


def test_a_message_of_long_ago_has_all_its_tries_again(operator: Operator):
    stage = operator.stage
    stage.clock.advance(-timedelta(days=20))
    reference = failed(operator)
    receipt = operator.message(reference, Kind.RECEIPT)
    operator.run("message", "resend", NAME, reference, receipt.message_id)
    again = operator.message(reference, Kind.RECEIPT)
    assert not again.gives_up(now=again.due_at + timedelta(hours=1))


def test_a_code_is_not_sent_when_it_no_longer_works(operator: Operator):
    reference = operator.case()
    operator.stage.clock.advance(-timedelta(hours=1))
    operator.stage.services.links.send_code(operator.stage.link(), now=operator.stage.clock())
    code = operator.message(reference, Kind.CODE)
    with unchanged(operator, reference):
        said = operator.refused("message", "resend", NAME, reference, code.message_id)
    assert "no longer true" in said


def test_a_request_is_not_sent_again_after_the_decision(operator: Operator):
    reference = operator.decided()
    request = operator.message(reference, Kind.DECISION_REQUEST)
    operator.refused("message", "resend", NAME, reference, request.message_id)


def test_an_unknown_message_is_said_to_be_unknown(operator: Operator):
    reference = operator.case()
    assert "no message" in operator.refused("message", "resend", NAME, reference, "f" * 32, code=2)


def test_a_dry_run_queues_nothing(operator: Operator):
    reference = failed(operator)
    receipt = operator.message(reference, Kind.RECEIPT)
    with unchanged(operator, reference):
        operator.run("message", "resend", NAME, reference, receipt.message_id, "--dry-run")
        told = operator.json("message", "replay", NAME, "--dry-run")
    assert (len(told["found"]), told["queued"]) == (3, 0)


def test_a_replay_needs_the_number_that_it_showed(operator: Operator):
    reference = failed(operator)
    with unchanged(operator, reference):
        assert "--expect 3" in operator.refused("message", "replay", NAME)
        assert "not 2" in operator.refused("message", "replay", NAME, "--expect", "2")

    assert operator.json("message", "replay", NAME, "--expect", "3")["queued"] == 3

    operator.deliver()
    assert operator.json("message", "replay", NAME)["queued"] == 0
    statuses = {each["status"] for each in operator.json("message", "list", NAME, reference)}
    assert statuses == {"sent", "queued"}


def test_a_replay_leaves_bounces_and_older_failures_alone(operator: Operator):
    stage = operator.stage
    stage.clock.advance(-timedelta(days=3))
    failed(operator)
    recent = f"{stage.clock.advance(timedelta(days=2)):%Y-%m-%dT%H:%M:%S}"
    stage.clock.advance(timedelta(hours=1))
    bounced = operator.case()
    receipt = operator.message(bounced, Kind.RECEIPT)
    stage.services.messages.report(bounced, receipt.message_id, Report.BOUNCED, at=stage.clock())

    assert operator.json("message", "replay", NAME, "--since", recent)["found"] == []
    asked = operator.json(
        "message", "replay", NAME, "--since", recent, "--status", "bounced", "--dry-run"
    )
    assert [each["message_id"] for each in asked["found"]] == [receipt.message_id]
