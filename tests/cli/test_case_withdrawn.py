"""Operators and a case that its referrer added to, or withdrew."""

from __future__ import annotations

import pytest

from tests import papers, uploads
from tests.cli.operator import NAME, Operator, at_work
from tests.followers import REASON, WORDS, follower
from tests.stage import Stage

pytestmark = pytest.mark.aws

WHY = ("--reason", "Asked by the office")


@pytest.fixture
def operator(stage: Stage) -> Operator:
    return at_work(stage)


@pytest.fixture
def withdrawn(operator: Operator) -> str:
    """A case that was added to, with a file, and then withdrawn."""
    reference = operator.case()
    referrer = follower(operator.stage, reference)
    desk = uploads.Desk(operator.stage, referrer.case.case_id, referrer.read().key)
    desk.add("log.pdf", papers.pdf())
    uploads.scan(operator.stage)
    referrer.supply()
    referrer.withdraw()
    return reference


def test_a_withdrawn_case_is_listed_and_shown_as_what_it_is(operator: Operator, withdrawn: str):
    operator.case()
    (listed,) = operator.json("case", "list", NAME, "--state", "withdrawn")
    assert (listed["reference"], listed["supplied"]) == (withdrawn, 1)
    shown = operator.json("case", "show", NAME, withdrawn)
    assert shown["case"]["withdrawn_at"]
    assert not shown["link"]["is_live"]
    said = operator.run("case", "show", NAME, withdrawn).stdout
    assert "Withdrawn" in said
    assert "Information supplied" in said
    for personal in (WORDS, REASON, "log.pdf"):
        assert personal not in said


def test_what_was_supplied_and_why_it_was_withdrawn_are_under_seal(
    operator: Operator, withdrawn: str
):
    shown = operator.json("case", "show", NAME, withdrawn, "--unseal", *WHY)
    assert [each["words"] for each in shown["information"]] == [WORDS]
    assert [each["name"] for each in shown["attachments"]] == ["log.pdf"]
    assert REASON in [each["reason"] for each in shown["trail"]]
    said = operator.run("case", "show", NAME, withdrawn, "--unseal", *WHY).stdout
    for words in (WORDS, "log.pdf", REASON):
        assert words in " ".join(said.split())


def test_nobody_is_sent_a_link_to_a_withdrawn_case(operator: Operator, withdrawn: str):
    assert "withdrew this referral" in operator.refused("link", "resend", NAME, withdrawn)


def test_a_withdrawn_case_is_erased_with_its_files(operator: Operator, withdrawn: str):
    assert uploads.objects(operator.stage)
    disposal = ("--reason", "retention-ended", "--confirm", withdrawn)
    for _ in range(2):
        assert operator.json("case", "erase", NAME, withdrawn, *disposal)["state"] == "erased"
    assert uploads.objects(operator.stage) == []
    case = operator.stage.services.cases.cases.find(withdrawn)
    assert operator.stage.services.attachments.attachments.shelf(case.case_id).attachments == ()
