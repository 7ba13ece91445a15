"""A fault before and after every AWS call of submit, decide and send.

After each, the user tries again, as people do. Then there is one case, one decision, and every
message went out at least once.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.adapters.ses import SesMailer
from chalicelib.domain import errors
from chalicelib.domain.cases import Outcome
from chalicelib.domain.messages import LEASE, Kind
from tests import stage as stages
from tests.faults.harness import Faults, Side
from tests.stage import Stage

pytestmark = pytest.mark.aws

Fresh = Callable[[], dict[str, str]]
SENDER = "practice-reviews@example.org"


@dataclass(frozen=True)
class Scene:
    """A stage at the moment before a use case, and what its user does."""

    stage: Stage
    faults: Faults
    act: Callable[[], object]


def faulty(aws: dict[str, str]) -> tuple[Stage, Faults]:
    stage = stages.build(aws)
    return stage, Faults(stage.services.clients.session)


def every_fault(setting: Callable[[], Scene]) -> Iterator[tuple[Scene, str]]:
    """For each call and side: a fresh scene in which that call failed and the user tried again.

    Goes on until a number is reached that no call has, so that none is skipped.
    """
    for number in count(1):
        for side in Side:
            scene = setting()
            with scene.faults.at(number, side):
                if not attempt(scene):
                    assert scene.faults.injected == 1
                elif not scene.faults.injected:
                    assert number > 1
                    return
                name = scene.faults.calls[number - 1]
            assert attempt(scene), f"the second try failed after {side.value} {name}"
            yield scene, f"{side.value} {number} {name}"


def attempt(scene: Scene) -> bool:
    """Whether the user's act came to its end."""
    try:
        scene.act()
    except errors.Unavailable:
        return False
    return True


def send_all(stage: Stage) -> None:
    """What the minutes after bring: every lease ends, the sweep runs."""
    for _ in range(3):
        stage.clock.advance(LEASE + timedelta(minutes=1))
        stage.deliver()


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
    assert seen == [
        f"{side.value} {number} {call}"
        for number, call in enumerate(calls, start=1)
        for side in Side
    ]


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
    assert seen == [
        f"{side.value} {number} {call}"
        for number, call in enumerate(calls, start=1)
        for side in Side
    ]


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
