"""A fault before and after every AWS call of a draft: start, save, confirm, come back, delete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain import errors
from chalicelib.domain.links import Purpose
from chalicelib.domain.messages import Kind
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import PAGES
from chalicelib.domain.referrals.pages import child
from chalicelib.services.drafts import Draft
from tests import factories
from tests.faults.scenes import Fresh, Scene, both_sides, every_fault, faulty, send_all
from tests.stage import Stage

pytestmark = pytest.mark.aws

HOME = "192.0.2.7"
PRIYA = "priya@hospital.example.org"
NAME = PAGES["child/name"]
NEW = child.Name(full_name="Morgan Sample")


def reopened(stage: Stage, draft: Draft) -> Draft:
    return stage.services.drafts.open(draft.token, now=stage.clock())


def test_saving_a_page_survives_a_fault_at_every_call(fresh: Fresh):
    state: dict[str, Draft] = {}

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        draft = state["draft"] = stage.draft()

        def act() -> None:
            # The form that was shown first is the one that is sent again.
            opened = reopened(stage, draft)
            stage.services.drafts.save(
                opened,
                NAME,
                lambda answers: answers.with_one(NAME, NEW),
                stamp=draft.answers.stamp(NAME),
                now=stage.clock(),
            )

        return Scene(stage, faults, act)

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        answers = reopened(scene.stage, state["draft"]).answers
        assert answers == state["draft"].answers.with_one(NAME, NEW), fault
    assert seen == both_sides(["dynamodb.GetItem", "kms.Decrypt", "dynamodb.PutItem"])


def test_keeping_what_is_typed_survives_a_fault_at_every_call(fresh: Fresh):
    typed = {"full_name": ["M"], "other_names": ["x" * 300]}
    state: dict[str, Draft] = {}

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        draft = state["draft"] = stage.draft()

        def act() -> None:
            stage.services.drafts.save(
                reopened(stage, draft),
                NAME,
                lambda answers: answers.with_typed(NAME, None, typed),
                stamp=draft.answers.stamp(NAME),
                now=stage.clock(),
            )

        return Scene(stage, faults, act)

    for scene, fault in every_fault(setting):
        answers = reopened(scene.stage, state["draft"]).answers
        assert answers.typed(NAME) == typed, fault
        assert answers.one(NAME) == state["draft"].answers.one(NAME), fault


def test_confirming_survives_a_fault_at_every_call(fresh: Fresh):
    state: dict[str, Draft] = {}

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        draft = state["draft"] = stage.draft(confirmed=False)
        drafts = stage.services.drafts
        drafts.ask_to_confirm(draft, PRIYA, network=HOME, now=stage.clock())
        code = str(stage.letters(draft, Kind.CODE)[-1]["code"])

        def act() -> None:
            drafts.confirm(reopened(stage, draft), code, network=HOME, now=stage.clock())

        return Scene(stage, faults, act)

    seen = []
    for scene, fault in every_fault(setting):
        seen.append(fault)
        draft = reopened(scene.stage, state["draft"])
        assert draft.is_confirmed_as(PRIYA), fault
        assert draft.answers == factories.answers_from(), fault
        send_all(scene.stage)
        assert len(scene.stage.mailbox.to(PRIYA, subject="saved referral")) == 1, fault
    assert seen[-1].endswith("dynamodb.TransactWriteItems")


def test_asking_to_confirm_survives_a_fault_at_every_call(fresh: Fresh):
    state: dict[str, Draft] = {}

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        draft = state["draft"] = stage.draft(confirmed=False)

        def act() -> None:
            stage.services.drafts.ask_to_confirm(
                reopened(stage, draft), PRIYA, network=HOME, now=stage.clock()
            )

        return Scene(stage, faults, act)

    for scene, fault in every_fault(setting):
        stage, draft = scene.stage, state["draft"]
        codes = [str(letter["code"]) for letter in stage.letters(draft, Kind.CODE)]
        # The answer that was lost had sent one already; the newest is the one that counts.
        assert len(codes) in (1, 2), fault
        assert any(confirms(stage, draft, code) for code in codes), fault


def confirms(stage: Stage, draft: Draft, code: str) -> bool:
    try:
        stage.services.drafts.confirm(draft, code, network=HOME, now=stage.clock())
    except errors.CodeWrong:
        return False
    return True


def resuming(fresh: Fresh, state: dict[str, Draft]) -> Callable[[], Scene]:
    """Somebody with the link and a code, on another device."""

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        draft = stage.confirm(stage.draft(confirmed=False))
        url = str(stage.letters(draft, Kind.DRAFT_SAVED)[-1]["url"])
        token = url.rpartition("/")[2]

        def send() -> str:
            stage.clock.advance(timedelta(seconds=1))
            stage.services.links.send_code(
                token, purpose=Purpose.RESUME, network=HOME, now=stage.clock()
            )
            return str(stage.letters(draft, Kind.CODE)[-1]["code"])

        code = send()

        def act() -> None:
            try:
                state["draft"] = stage.services.drafts.resume(
                    token, code, network=HOME, now=stage.clock()
                )
            except errors.CodeExpired:
                # It was taken and the answer was lost: they ask for another.
                state["draft"] = stage.services.drafts.resume(
                    token, send(), network=HOME, now=stage.clock()
                )

        return Scene(stage, faults, act)

    return setting


def test_coming_back_survives_a_fault_at_every_call(fresh: Fresh):
    state: dict[str, Draft] = {}
    seen = []
    for scene, fault in every_fault(resuming(fresh, state)):
        seen.append(fault)
        draft = reopened(scene.stage, state["draft"])
        assert draft.answers == factories.answers_from(), fault
        assert draft.is_confirmed_as(PRIYA), fault
    assert len(seen) > 10
    assert seen[-1].endswith("dynamodb.TransactWriteItems")


def test_deleting_survives_a_fault_at_every_call(fresh: Fresh):
    state: dict[str, Draft] = {}

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        draft = state["draft"] = stage.confirm(stage.draft(confirmed=False))

        def act() -> None:
            try:
                opened = reopened(stage, draft)
            except (errors.DraftNotFound, errors.DraftExpired):
                return
            stage.services.drafts.delete(opened, now=stage.clock())

        return Scene(stage, faults, act)

    for scene, fault in every_fault(setting):
        scene.stage.services.drafts.expire(now=scene.stage.clock())
        left = [item for item in items(scene.stage) if state["draft"].case_id in repr(item)]
        # Links lead nowhere without their draft, and go by themselves.
        assert {item["kind"]["S"] for item in left} <= {"link", "code"}, fault
        assert all("expires_epoch" in item for item in left), fault


def items(stage: Stage) -> list[dict[str, Any]]:
    found = stage.services.clients.dynamodb.scan(TableName=stage.services.settings.table_name)
    return [dict(item) for item in found["Items"]]


def test_starting_survives_a_fault_at_every_call(fresh: Fresh):
    started: list[Draft] = []

    def setting() -> Scene:
        stage, faults = faulty(fresh())
        started.clear()
        drafts = stage.services.drafts
        return Scene(
            stage, faults, lambda: started.append(drafts.start(network=HOME, now=stage.clock()))
        )

    for scene, fault in every_fault(setting):
        assert reopened(scene.stage, started[-1]).answers == Answers.empty(), fault
