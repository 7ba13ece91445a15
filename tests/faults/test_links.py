"""A fault before and after every AWS call of following a case: ask, answer, and the code typed."""

from __future__ import annotations

import re

import pytest

from chalicelib import jobs
from chalicelib.domain import errors
from chalicelib.domain.links import Purpose
from chalicelib.domain.messages import LEASE, Kind
from tests.faults.scenes import Fresh, Scene, both_sides, every_fault, faulty
from tests.stage import Stage

pytestmark = pytest.mark.aws

HOME = "192.0.2.7"
REFERRER = "priya@hospital.example.org"


def follow(stage: Stage, reference: str) -> str:
    return stage.services.links.ask(reference, network=HOME, now=stage.clock())


def codes(stage: Stage) -> list[str]:
    """The codes that went to the referrer, the oldest first."""
    texts = "".join(email.text for email in stage.mailbox.to(REFERRER, subject="code"))
    return ["".join(found) for found in re.findall(r"^(\d{3}) (\d{3})$", texts, re.MULTILINE)]


def newest_code(stage: Stage) -> str:
    return codes(stage)[-1]


def open_session(stage: Stage, token: str, code: str) -> str:
    opened, session = stage.services.links.open_session(
        token, code, purpose=Purpose.FOLLOW, network=HOME, now=stage.clock()
    )
    assert stage.services.links.enter(token, opened, purpose=Purpose.FOLLOW, now=stage.clock())
    return session.reference


def opens(stage: Stage, token: str, code: str) -> bool:
    try:
        return bool(open_session(stage, token, code))
    except errors.CodeWrong:
        return False


def test_asking_to_follow_survives_a_fault_at_every_call(fresh: Fresh):
    tokens = []

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        reference = stage.submit().reference
        stage.deliver()
        tokens.clear()
        return Scene(stage, faults, lambda: tokens.append(follow(stage, reference)))

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        scene.stage.answer()
        # The answer that was lost had asked too, so that one of two codes is this link's.
        assert len(codes(scene.stage)) in (1, 2), fault
        assert any(opens(scene.stage, tokens[-1], code) for code in codes(scene.stage)), fault
    calls = ["kms.GenerateMac", "dynamodb.UpdateItem", "dynamodb.TransactWriteItems"]
    assert seen == both_sides(calls)


def test_answering_an_ask_survives_a_fault_at_every_call(fresh: Fresh):
    state: dict[str, str] = {}

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        reference = stage.submit().reference
        stage.deliver()
        state.update(reference=reference, token=follow(stage, reference))

        def act() -> None:
            # The stream's try, then the minutes that bring the sweep: neither ever raises.
            jobs.answer_asks(stage.services)
            stage.clock.advance(LEASE)

        return Scene(stage, faults, act)

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        stage, reference = scene.stage, state["reference"]
        stage.answer()
        assert stage.sent(reference)[Kind.CODE] == ["sent"], fault
        assert open_session(stage, state["token"], newest_code(stage)) == reference, fault
        assert stage.services.cases.first_broken_event(reference) is None
    names = [fault.split(" ")[2] for fault in seen[::2]]
    assert names.count("dynamodb.TransactWriteItems") == 2
    assert names[0] == "dynamodb.Query"


def test_typing_a_code_survives_a_fault_at_every_call(fresh: Fresh):
    state: dict[str, str] = {}

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        reference = stage.submit().reference
        state["token"] = follow(stage, reference)
        stage.answer()
        state["code"] = newest_code(stage)

        def act() -> None:
            try:
                open_session(stage, state["token"], state["code"])
            except errors.CodeExpired:
                # The first try took effect and its answer was lost: another code is asked for.
                stage.services.links.send_code(
                    state["token"], purpose=Purpose.FOLLOW, network=HOME, now=stage.clock()
                )
                stage.answer()
                open_session(stage, state["token"], newest_code(stage))

        return Scene(stage, faults, act)

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        (case,) = scene.stage.services.cases.page().cases
        assert scene.stage.services.cases.first_broken_event(case.reference) is None, fault
    assert [fault.split(" ")[2] for fault in seen[::2]] == [
        "dynamodb.UpdateItem",
        "dynamodb.BatchGetItem",
        "dynamodb.UpdateItem",
        "dynamodb.BatchGetItem",
        "dynamodb.GetItem",
        "dynamodb.TransactWriteItems",
        "dynamodb.BatchGetItem",
    ]


def test_proving_a_mailbox_survives_a_fault_at_every_call(fresh: Fresh):
    """A code that was proved and is not used yet is still good; a try is all that it costs."""
    state: dict[str, str] = {}

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        reference = stage.submit().reference
        state["token"] = follow(stage, reference)
        stage.answer()
        state["code"] = newest_code(stage)

        def act() -> None:
            link, used = stage.services.links.prove(
                state["token"],
                state["code"],
                purpose=Purpose.FOLLOW,
                network=HOME,
                now=stage.clock(),
            )
            assert (link.reference, used.link) == (reference, link.digest)

        return Scene(stage, faults, act)

    seen = [fault for _, fault in every_fault(setting)]
    calls = ["dynamodb.UpdateItem", "dynamodb.BatchGetItem", "dynamodb.UpdateItem"]
    assert seen == both_sides(calls)
