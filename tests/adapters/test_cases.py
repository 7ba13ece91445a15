"""Cases on the local AWS: listed by page, and nothing personal outside a seal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain import errors
from chalicelib.domain.audit import Act
from chalicelib.domain.people import Role
from chalicelib.ports import Change
from tests.stage import Stage

pytestmark = pytest.mark.aws


def test_the_list_goes_on_where_its_page_ended(stage: Stage):
    references: list[str] = []
    for _ in range(5):
        references.insert(0, stage.submit().reference)
        stage.clock.advance(timedelta(minutes=1))
    first = stage.services.cases.page(limit=2)
    second = stage.services.cases.page(after=first.next, limit=2)
    third = stage.services.cases.page(after=second.next, limit=2)
    listed = [case.reference for page in (first, second, third) for case in page.cases]
    assert listed == references
    assert third.next == ""


def test_an_unknown_case_is_said_to_be_unknown(stage: Stage):
    with pytest.raises(errors.CaseNotFound):
        stage.services.cases.cases.read("PR-22222222")


def test_a_change_made_from_an_old_reading_is_refused_whole(stage: Stage):
    reference = stage.submit().reference
    cases = stage.services.cases.cases
    old = cases.read(reference).case
    for attempt in range(2):
        case, event = old.record(Act.CODE_SENT, role=Role.DEPUTY, at=stage.clock())
        if attempt == 0:
            cases.commit(Change(case, (event,)))
        else:
            with pytest.raises(errors.StaleVersion):
                cases.commit(Change(case, (event,)))
    assert len(cases.trail(reference)) == 3
    assert stage.services.cases.first_broken_event(reference) is None


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_missing_event_is_found(stage: Stage, number: int):
    reference = stage.submit().reference
    stage.deliver()
    stage.code()
    table = stage.table
    table.transact([table.deleting({"pk": f"CASE#{reference}", "sk": f"EVENT#{number:06d}"})])
    assert stage.services.cases.first_broken_event(reference) == number
