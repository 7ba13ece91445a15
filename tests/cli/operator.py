"""An operator in tests: the real command line on a stage of the local AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from typer.testing import CliRunner, Result

from chalicelib.domain.audit import Act, Event
from chalicelib.domain.cases import Outcome
from chalicelib.domain.messages import Kind, Message
from infra.cli import app
from tests import factories
from tests.stage import Stage

NAME = "local"


@dataclass
class Operator:
    """Runs commands. ``stage`` is the service behind, as the people of the case use it."""

    stage: Stage

    def run(self, *words: str, code: int = 0) -> Result:
        """Run a command and expect its exit code."""
        result = CliRunner().invoke(app.build(), list(words), env={"COLUMNS": "200"})
        assert result.exit_code == code, (words, result.output, result.exception)
        return result

    def json(self, *words: str, code: int = 0) -> Any:
        """Run a command for a machine; what it found."""
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def refused(self, *words: str, code: int = 3) -> str:
        """Run a command that is not done; what it says."""
        return str(self.run(*words, code=code).stderr)

    def deliver(self) -> None:
        """Send what is due by now: commands go by the real clock."""
        self.stage.clock.now = datetime.now(UTC)
        self.stage.deliver()

    def case(self) -> str:
        """A referral that was just sent; its reference."""
        reference = self.stage.submit().reference
        self.stage.deliver()
        return reference

    def decided(self, outcome: Outcome = Outcome.REVIEW) -> str:
        """A case that was decided; its reference."""
        reference = self.case()
        link, session, nonce = self.stage.pending(outcome)
        self.stage.services.decisions.confirm(link, session, nonce, now=self.stage.clock())
        return reference

    def trail(self, reference: str) -> list[Event]:
        return list(self.stage.services.cases.cases.trail(reference))

    def acts(self, reference: str) -> list[Act]:
        return [event.act for event in self.trail(reference)]

    def message(self, reference: str, kind: Kind) -> Message:
        """The newest message of this kind."""
        messages = self.stage.services.cases.messages_of(reference)
        return [message for message in messages if message.kind is kind][-1]


def at_work(stage: Stage) -> Operator:
    """An operator whose clock and the stage's agree."""
    stage.clock.now = datetime.now(UTC)
    return Operator(stage)


def with_canaries(operator: Operator) -> tuple[str, tuple[str, ...]]:
    """A case with a canary in every field that a person types, and those."""
    forms, canaries = factories.canary_fields()
    answers = factories.answers_from(forms)
    reference = operator.stage.submit(answers).reference
    operator.stage.deliver()
    return reference, canaries


def sung(output: str, canaries: tuple[str, ...]) -> set[str]:
    """Which canaries an output holds."""
    return {canary for canary in canaries if canary in output}


@contextmanager
def unchanged(operator: Operator, reference: str) -> Iterator[None]:
    """Nothing within writes to the case."""
    cases = operator.stage.services.cases.cases
    before = cases.find(reference), len(cases.messages(reference))
    yield
    assert (cases.find(reference), len(cases.messages(reference))) == before
