"""Confirmations and what is heard by a person and by a machine."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from infra.cli.console import Console, Failed, Refused, confirm, table


@dataclass(frozen=True)
class Stage:
    name: str
    is_production: bool


PROD = Stage("prod", is_production=True)
TEST = Stage("test", is_production=False)


def test_production_asks_for_its_name():
    with pytest.raises(Refused) as refused:
        confirm(PROD, "erase the case")

    assert refused.value.next_step == "Run the command again with --yes prod"
    confirm(PROD, "erase the case", yes="prod")


def test_the_name_of_another_stage_does_not_confirm():
    with pytest.raises(Refused):
        confirm(PROD, "erase the case", yes="test")


def test_another_stage_asks_only_where_it_always_must():
    confirm(TEST, "erase the case")
    with pytest.raises(Refused):
        confirm(TEST, "destroy the data", always=True)


def test_a_machine_hears_the_result_alone(capsys: pytest.CaptureFixture[str]):
    console = Console(as_json=True)
    with console.step("Working"):
        console.say("on it")
    console.result({"done": True}, table("Done", rows=[("yes",)]))

    heard = capsys.readouterr()
    assert (heard.out, heard.err) == ('{\n  "done": true\n}\n', "")


def test_a_person_s_result_is_apart_from_the_progress(capsys: pytest.CaptureFixture[str]):
    console = Console()
    with console.step("Working") as step:
        step.outcome = "two things"
    console.result({"done": True}, table("Done", rows=[("[bold]yes",)]))

    heard = capsys.readouterr()
    assert heard.err == "✓ Working: two things\n"
    assert "[bold]yes" in heard.out


def test_a_step_that_fails_says_so(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(Failed), Console().step("Working"):
        raise Failed("no")

    assert capsys.readouterr().err == "✗ Working\n"
