"""A fault before and after every AWS call of submit, decide and send.

After each, the user tries again, as people do. Then there is one case, one decision, and every
message went out at least once.
"""

from __future__ import annotations

import json
import urllib.request
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.adapters.ses import SesMailer
from chalicelib.domain.cases import Outcome
from chalicelib.domain.messages import LEASE, Kind
from tests.faults.scenes import Fresh, Scene, both_sides, every_fault, faulty, send_all
from tests.stage import Stage

pytestmark = pytest.mark.aws

SENDER = "practice-reviews@example.org"


def test_submit_survives_a_fault_at_every_call(fresh: Fresh):
    def setting() -> Scene:
        stage, faults = faulty(fresh())
        draft = stage.draft()
        referrals = stage.services.referrals

        def act() -> None:
            opened = stage.services.drafts.open(draft.token, now=stage.clock())
            referrals.submit(opened, seen=draft.version, now=stage.clock())

        return Scene(stage, faults, act)

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        (case,) = scene.stage.services.cases.page().cases
        send_all(scene.stage)
        sent = scene.stage.sent(case.reference)
        assert {kind: len(found) for kind, found in sent.items()} == {
            Kind.RECEIPT: 1,
            Kind.REFERRAL_RECEIVED: 1,
            Kind.DECISION_REQUEST: 1,
            Kind.DECISION_WAITING: 1,
        }, fault
        assert len(scene.stage.mailbox.emails) == 3, fault
        assert scene.stage.services.cases.first_broken_event(case.reference) is None
    calls = ["dynamodb.GetItem", "kms.Decrypt", "s3.PutObject", "dynamodb.TransactWriteItems"]
    assert seen == both_sides(calls)


def test_decide_survives_a_fault_at_every_call(fresh: Fresh):
    def setting() -> Scene:
        stage, faults = faulty(fresh())
        stage.submit()
        stage.deliver()
        link, session, nonce = stage.pending(Outcome.REVIEW)

        def act() -> None:
            stage.services.decisions.confirm(link, session, nonce, now=stage.clock())

        return Scene(stage, faults, act)

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        (case,) = scene.stage.services.cases.page().cases
        assert case.outcome is Outcome.REVIEW
        assert len(scene.stage.services.cases.cases.rulings(case.reference)) == 1, fault
        send_all(scene.stage)
        sent = scene.stage.sent(case.reference)
        assert sent[Kind.OUTCOME] == ["sent"], fault
        assert sent[Kind.DECISION_RECORDED] == ["sent", "sent"], fault
        assert scene.stage.services.cases.first_broken_event(case.reference) is None
    calls = [
        "dynamodb.BatchGetItem",
        "dynamodb.BatchGetItem",
        "kms.Decrypt",
        "dynamodb.TransactWriteItems",
    ]
    assert seen == both_sides(calls)


def test_send_survives_a_fault_at_every_call(fresh: Fresh):
    def setting() -> Scene:
        stage, faults = faulty(fresh())
        stage.services.clients.ses.create_email_identity(EmailIdentity=SENDER)
        reference = stage.submit().reference
        messages = replace(
            stage.services.messages,
            mailer=SesMailer(
                stage.services.clients, settings=stage.services.settings, clock=stage.clock
            ),
        )
        stage.services.messages = messages
        (receipt,) = [
            m for m in stage.services.cases.cases.messages(reference) if m.kind is Kind.RECEIPT
        ]

        def act() -> None:
            # The stream's try, then the minutes that bring the sweep.
            messages.send(reference, receipt.message_id, now=stage.clock())
            stage.clock.advance(LEASE + timedelta(minutes=1))

        return Scene(stage, faults, act)

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        send_all(scene.stage)
        (case,) = scene.stage.services.cases.page().cases
        assert scene.stage.sent(case.reference)[Kind.RECEIPT] == ["sent"], fault
        copies = provider_mail(scene.stage, "priya@hospital.example.org")
        twice = fault in ("after 4 sesv2.SendEmail", "before 5 dynamodb.TransactWriteItems")
        assert len(copies) == (2 if twice else 1), fault
    names = [fault.split(" ")[2] for fault in seen[::2]]
    assert names == [
        "dynamodb.UpdateItem",
        "dynamodb.BatchGetItem",
        "kms.Decrypt",
        "sesv2.SendEmail",
        "dynamodb.TransactWriteItems",
    ]


def provider_mail(stage: Stage, address: str) -> list[str]:
    """The subjects of what the local SES took for ``address``."""
    with urllib.request.urlopen(  # noqa: S310 - the local AWS, on this machine
        f"{stage.environ['AWS_ENDPOINT_URL']}/_ministack/ses/messages"
    ) as answer:
        by_account = json.load(answer)["messages"]
    mails = [mail for account in by_account.values() for mail in account]
    return [mail["Subject"] for mail in mails if mail["To"] == [address]]
