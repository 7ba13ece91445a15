"""A fault before and after every AWS call of supplying information and of withdrawing."""

from __future__ import annotations

import pytest

from chalicelib.domain.audit import Act
from chalicelib.domain.cases import State
from chalicelib.domain.messages import Kind
from chalicelib.domain.updates import Writing
from chalicelib.services.cases import supplied
from tests.faults.scenes import Fresh, Scene, every_fault, faulty, send_all
from tests.followers import REASON, WORDS, ask, follower

pytestmark = pytest.mark.aws


def test_supplying_information_survives_a_fault_at_every_call(fresh: Fresh):
    def setting() -> Scene:
        stage, faults = faulty(fresh())
        reference = stage.submit().reference
        stage.deliver()
        referrer = follower(stage, reference)
        ask(referrer)
        # A form's nonce stays the same however often it is sent.
        return Scene(stage, faults, lambda: referrer.supply(WORDS, nonce="n" * 16))

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        cases = scene.stage.services.cases
        (case,) = cases.page().cases
        assert (case.state, case.supplied) == (State.AWAITING_DECISION, 1), fault
        file = cases.cases.read(case.reference)
        key = scene.stage.services.updates.vault.open_key(file.key.case_id, file.key.wrapped)
        assert [each.words for each in supplied(cases.cases, file.case, key)] == [WORDS], fault
        assert cases.first_broken_event(case.reference) is None
        send_all(scene.stage)
        sent = scene.stage.sent(case.reference)
        assert sent[Kind.INFORMATION_SUPPLIED] == ["sent"], fault
        assert sent[Kind.UPDATE_RECEIVED] == ["sent"], fault
    assert seen[-1].endswith("dynamodb.TransactWriteItems")


def test_withdrawing_survives_a_fault_at_every_call(fresh: Fresh):
    def setting() -> Scene:
        stage, faults = faulty(fresh())
        reference = stage.submit().reference
        stage.deliver()
        referrer = follower(stage, reference)
        return Scene(stage, faults, lambda: referrer.withdraw(REASON, nonce="n" * 16))

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        cases = scene.stage.services.cases
        (case,) = cases.page().cases
        assert case.state is State.WITHDRAWN, fault
        assert cases.first_broken_event(case.reference) is None
        send_all(scene.stage)
        assert scene.stage.sent(case.reference)[Kind.REFERRAL_WITHDRAWN] == ["sent"] * 2, fault
    assert seen[-1].endswith("dynamodb.TransactWriteItems")


@pytest.mark.parametrize("act", ["read", "copy"])
def test_reading_survives_a_fault_at_every_call(fresh: Fresh, act: str):
    def setting() -> Scene:
        stage, faults = faulty(fresh())
        reference = stage.submit().reference
        stage.deliver()
        referrer = follower(stage, reference)
        referrer.supply(WORDS)
        return Scene(stage, faults, getattr(referrer, act))

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        cases = scene.stage.services.cases
        (case,) = cases.page().cases
        acts = [event.act for event in cases.cases.trail(case.reference)]
        assert acts.count(Act.COPY_READ) == (1 if act == "copy" else 0), fault
        assert cases.first_broken_event(case.reference) is None
    assert "after 3 kms.Decrypt" in seen if act == "read" else "s3.GetObject" in " ".join(seen)


def test_keeping_words_survives_a_fault_at_every_call(fresh: Fresh):
    def setting() -> Scene:
        stage, faults = faulty(fresh())
        reference = stage.submit().reference
        stage.deliver()
        referrer = follower(stage, reference)
        return Scene(stage, faults, lambda: referrer.keep(WORDS, nonce="n" * 16))

    for scene, fault in every_fault(setting):
        cases = scene.stage.services.cases
        (case,) = cases.page().cases
        kept = cases.cases.words(case.reference, Writing.INFORMATION)
        assert kept is not None, fault
        assert kept.nonce == "n" * 16, fault
