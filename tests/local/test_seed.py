"""The invented cases: one in each state, made by the service's own use cases."""

from __future__ import annotations

import pytest

from chalicelib.domain.cases import Outcome, State
from infra import seed
from infra.local import waiting
from tests.stage import Stage

pytestmark = pytest.mark.aws


def test_the_cases_are_in_different_states(stage: Stage):
    references = list(seed._seed(stage.services))
    cases = stage.services.cases.page().cases
    assert {case.reference for case in cases} == set(references)
    assert {case.state for case in cases} == set(State) - {State.ERASED}
    assert {case.outcome for case in cases if case.outcome} == {
        outcome for outcome in Outcome if outcome is not Outcome.MORE_INFORMATION
    }
    assert "deputy" in {case.decided_by for case in cases}


def test_it_says_what_to_start_where_nothing_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("AWS_PORT", str(waiting.free_port()))
    assert seed.main([]) == 1
    assert "make run" in capsys.readouterr().err
