"""The forms around the journey with anything at all in them, for whoever they belong to.

None fails. None loses a saved answer, and none decides, supplies or withdraws anything without
saying that it did.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from chalice.test import HTTPResponse
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cases import Outcome
from chalicelib.domain.links import Purpose
from chalicelib.domain.messages import Kind
from tests import factories, uploads
from tests.fuzz.strategies import TEXTS, Form, bounded
from tests.fuzz.world import DraftWorld, World, saved
from tests.stage import Stage
from tests.web.decider import Decider
from tests.web.follower import Follower

pytestmark = pytest.mark.aws

NONCE = "n" * 20
# Most have what opens the draft or the case; some have lost it, and send the form all the same.
HOLDS = (True, True, False)
LIKELY = {
    "action": ["", "send", "send-again", "later", "clear", "files", "replace", "tasks"],
    "another": ["yes", "no"],
    "back": ["/refer/child/name", "/refer/family/person/1", "//example.org", "/refer/../x"],
    "code": ["000000", "123 456", "12345", "１２３４５６"],
    "email": ["priya@hospital.example.org", "nobody@example.org", "a@b"],
    "full_name": ["Morgan Sample"],
    "information": ["The log."],
    "interest": ["yes", "no"],
    "name": ["letter.pdf", "../../x.pdf", "run.exe", "x" * 1001],
    "nonce": [NONCE, "short"],
    "outcome": [outcome.value for outcome in Outcome],
    "other_action": ["A briefing."],
    "reason": ["Both limbs are met."],
    "reference": ["PR-22222222", "pr 2222 2222", "PR-2222222O"],
    "size": ["1", "0", "26214401", "-1", "²", "1e3", "9" * 15],
    "version": ["1", "0" * 16],
}
OF_DRAFTS: Mapping[str, tuple[str, ...]] = {
    "/refer": ("action",),
    "/refer/attachments/allow": ("name", "size"),
    "/refer/attachments/{file}/remove": (),
    "/refer/check": ("version", "action"),
    "/refer/confirm": ("email",),
    "/refer/confirm/code": ("code", "action"),
    "/refer/delete": (),
    "/refer/extend?to=%2Frefer%2Fchild%2Fname": ("version", "action", "full_name"),
    "/refer/family/person": ("another", "action"),
    "/refer/lost-link": ("email",),
    "/refer/reopen": ("back", "code", "action", "version", "full_name"),
    "/refer/resume/{link}/code": ("code", "action"),
    "/refer/saved": ("action",),
    "/refer/sign-out": (),
}
OF_CASES: Mapping[str, tuple[str, ...]] = {
    "/referral": ("reference",),
    "/referral/{case}/code": ("code", "action", "nonce", "information", "reason"),
    "/referral/{case}/extend?to=information": ("nonce", "information", "action"),
    "/referral/{case}/information": ("nonce", "information", "action"),
    "/referral/{case}/information/files/allow": ("name", "size"),
    "/referral/{case}/leave": (),
    "/referral/{case}/withdraw": ("nonce", "reason", "action"),
    "/decisions/{link}/check": ("nonce",),
    "/decisions/{link}/code": ("code", "action", "outcome", "reason"),
    "/decisions/{link}/extend?to=outcome": ("outcome", "reason", "information", "other_action"),
    "/decisions/{link}/interest": ("interest",),
    "/decisions/{link}/outcome": ("outcome", "reason", "information", "other_action"),
    "/decisions/{link}/renew": (),
    "/decisions/{link}/step-aside": ("reason",),
}


def forms(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, list[str]]]:
    """Forms with these fields right, wrong, missing or doubled, and with others beside them."""
    likely = {name: st.sampled_from(LIKELY[name]) for name in LIKELY}
    any_of = {name: st.lists(st.one_of(likely[name], TEXTS), max_size=2) for name in LIKELY}
    right = {name: likely[name].map(lambda value: [value]) for name in names}
    whole, part = st.fixed_dictionaries(right), st.fixed_dictionaries({}, optional=right)
    odd = st.fixed_dictionaries({name: any_of[name] for name in names})
    other = st.sampled_from(sorted(LIKELY)).flatmap(
        lambda name: st.fixed_dictionaries({name: any_of[name]})
    )
    strange = st.dictionaries(TEXTS, st.lists(TEXTS, max_size=2), max_size=2)
    more = st.one_of(other, other, strange)
    return st.one_of(part, odd, st.builds(lambda form, added: {**form, **added}, whole, more))


@pytest.fixture(scope="module")
def draft(shared_stage: Stage) -> DraftWorld:
    """A confirmed draft with a file, and the link that leads back to it."""
    world = DraftWorld(shared_stage, factories.answers_from())
    opened, now = world.referrer.draft, shared_stage.clock()
    shared_stage.services.drafts.send_link(opened, now=now)
    token = str(shared_stage.letters(opened, Kind.DRAFT_SAVED)[-1]["url"]).rpartition("/")[2]
    shared_stage.services.links.send_code(token, purpose=Purpose.RESUME, now=now)
    world.names = {"file": uploads.of(shared_stage, opened).add(), "link": token}
    world.remember()
    return world


@pytest.fixture(scope="module")
def case(shared_stage: Stage) -> World:
    """A case that waits for information, its referrer and its decider at one browser."""
    reference = shared_stage.submit().reference
    shared_stage.deliver()
    follower, decider = Follower(shared_stage, reference), Decider(shared_stage)
    decider.visitor = follower.visitor
    follower.enter()
    decider.ask()
    world = World(shared_stage, follower.visitor)
    world.names = {"case": reference, "link": decider.link}
    return world


@pytest.mark.parametrize("path", OF_DRAFTS)
def test_no_form_of_a_draft_fails_or_loses_an_answer(draft: DraftWorld, path: str):
    @bounded(14)
    @given(forms(OF_DRAFTS[path]), st.sampled_from(HOLDS))
    def holds(form: Form, held: bool) -> None:
        draft.restore()
        if not held:
            draft.forget()
        answer = draft.post(path.format(**draft.names), form)
        if leads_to(answer, "/refer/deleted", "/refer/sent", "/refer/signed-out"):
            return
        after = saved(
            draft.stage.services.drafts.open(draft.token, now=draft.stage.clock()).answers
        )
        after.pop("typed", None)
        assert after == saved(draft.before)

    holds()


@pytest.mark.parametrize("path", OF_CASES)
def test_no_form_of_a_case_fails_or_does_what_it_does_not_say(case: World, path: str):
    @bounded(14)
    @given(forms(OF_CASES[path]), st.sampled_from(HOLDS))
    def holds(form: Form, held: bool) -> None:
        case.restore()
        if not held:
            case.forget()
        before = done_on(case)
        answer = case.post(path.format(**case.names), form)
        if not leads_to(answer, "/done"):
            assert done_on(case) == before
        assert case.stage.services.cases.first_broken_event(case.names["case"]) is None

    holds()


def done_on(world: World) -> tuple[object, ...]:
    """What was decided, supplied and withdrawn. Codes and reading change a case besides."""
    cases, reference = world.stage.services.cases.cases, world.names["case"]
    case = cases.find(reference)
    return (
        (case.state, case.outcome, case.decider, case.supplied, case.withdrawn_at),
        cases.rulings(reference),
        cases.information(reference),
    )


def leads_to(answer: HTTPResponse, *ends: str) -> bool:
    return str(answer.headers.get("location", "")).endswith(ends)
