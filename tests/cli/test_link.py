"""``link``: a new link replaces the old one, and a withdrawn one opens nothing."""

from __future__ import annotations

import pytest

from chalicelib.domain import errors
from chalicelib.domain.audit import Act
from chalicelib.domain.messages import Kind
from chalicelib.domain.people import Role
from chalicelib.ports import Change
from tests.cli.operator import NAME, Operator, at_work, unchanged
from tests.stage import Stage

pytestmark = pytest.mark.aws


@pytest.fixture
def operator(stage: Stage) -> Operator:
    return at_work(stage)


def test_a_new_link_replaces_the_one_before(operator: Operator):
    stage = operator.stage
    reference = operator.case()
    before = stage.link()

    told = operator.json("link", "resend", NAME, reference)
    operator.deliver()

    assert told["role"] == "decision-maker"
    assert stage.link() != before
    with pytest.raises(errors.LinkSuperseded):
        stage.services.links.locate(before, now=stage.clock())
    assert stage.services.links.locate(stage.link(), now=stage.clock()).reference == reference


def test_the_trail_says_that_an_operator_sent_it(operator: Operator):
    reference = operator.case()
    operator.run("link", "resend", NAME, reference)
    last = operator.trail(reference)[-1]
    assert (last.act, last.role) == (Act.LINK_ISSUED, Role.OPERATOR)
    assert len(last.actor) == 16
    assert operator.stage.services.cases.first_broken_event(reference) is None


def test_a_case_passes_to_the_deputy(operator: Operator):
    stage = operator.stage
    reference = operator.case()
    before = stage.link()

    operator.run("link", "resend", NAME, reference, "--to", "deputy")
    operator.deliver()

    assert stage.services.links.locate(stage.link("deputy"), now=stage.clock()).role is Role.DEPUTY
    assert operator.acts(reference)[-2:] == [Act.CASE_PASSED_ON, Act.LINK_ISSUED]
    with pytest.raises(errors.LinkSuperseded):
        stage.services.links.locate(before, now=stage.clock())


def test_the_next_link_goes_to_whoever_decides_now(operator: Operator):
    reference = operator.case()
    operator.run("link", "resend", NAME, reference, "--to", "deputy")
    assert operator.json("link", "resend", NAME, reference)["role"] == "deputy"


def test_nobody_needs_a_link_to_a_decided_case(operator: Operator):
    reference = operator.decided()
    with unchanged(operator, reference):
        assert "decided" in operator.refused("link", "resend", NAME, reference)


def test_a_case_that_waits_for_the_office_gets_no_link(operator: Operator):
    reference = operator.case()
    stage = operator.stage
    stage.services.decisions.step_aside(*stage.session(), now=stage.clock())
    stage.deliver()
    stage.services.decisions.step_aside(*stage.session("deputy"), now=stage.clock())
    with unchanged(operator, reference):
        assert "Name a deputy" in operator.refused("link", "resend", NAME, reference)


def test_a_dry_run_says_to_whom_and_sends_nothing(operator: Operator):
    reference = operator.case()
    with unchanged(operator, reference):
        told = operator.json("link", "resend", NAME, reference, "--dry-run")
        assert (told["label"], told["dry_run"]) == ("Independent Chair", True)
        operator.run("link", "revoke", NAME, reference, "--dry-run")


def test_a_withdrawn_link_opens_nothing(operator: Operator):
    stage = operator.stage
    reference = operator.case()
    link, session = stage.session()

    operator.run("link", "revoke", NAME, reference)

    with pytest.raises(errors.LinkRevoked):
        stage.services.links.locate(link, now=stage.clock())
    with pytest.raises(errors.LinkRevoked):
        stage.services.decisions.read(link, session, now=stage.clock())
    assert operator.acts(reference)[-1] is Act.LINK_REVOKED
    assert "before" in operator.refused("link", "revoke", NAME, reference)


def test_a_withdrawn_link_can_be_replaced(operator: Operator):
    stage = operator.stage
    reference = operator.case()
    operator.run("link", "revoke", NAME, reference)
    operator.run("link", "resend", NAME, reference)
    operator.deliver()
    assert stage.services.links.locate(stage.link(), now=stage.clock()).reference == reference


def test_a_link_read_before_it_was_withdrawn_changes_nothing(operator: Operator):
    stage = operator.stage
    reference = operator.case()
    links, cases = stage.services.links, stage.services.cases.cases
    read = links.locate(stage.link(), now=stage.clock())
    operator.run("link", "revoke", NAME, reference)
    case, event = cases.find(reference).record(
        Act.NO_CONFLICT_DECLARED, role=Role.DECISION_MAKER, at=stage.clock()
    )
    with pytest.raises(errors.StaleVersion):
        cases.commit(Change(case, (event,), (read.declare_no_conflict(now=stage.clock()),)))


def test_nothing_personal_is_said(operator: Operator):
    reference = operator.case()
    said = operator.run("link", "resend", NAME, reference).output
    said += operator.run("link", "revoke", NAME, reference).output
    for role in ("decision_maker", "deputy"):
        assert operator.stage.person(role) not in said
        assert operator.stage.environ[f"{role.upper()}_NAME"] not in said
    assert operator.message(reference, Kind.DECISION_REQUEST).role is Role.DECISION_MAKER


def test_a_mistyped_reference_is_refused_before_aws_is_asked(operator: Operator):
    assert "mistyped" in operator.refused("link", "resend", NAME, "PR-23456788", code=2)
    assert "No case" in operator.refused("link", "resend", NAME, "PR-22222222", code=2)
