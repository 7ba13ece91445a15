"""``audit``: whether the trails of cases hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from infra.cli.console import AsJson, BadUsage, Console, ExitCode, StageName, facts, table
from infra.operating import desk
from infra.operating.desk import Desk

commands = typer.Typer(name="audit", help="Verify that no trail was altered.", no_args_is_help=True)

MaybeReference = Annotated[
    str, typer.Argument(metavar="[REFERENCE]", help="A case's reference; without it, every case.")
]
All = Annotated[bool, typer.Option("--all", help="Every case, said aloud.")]


@commands.callback()
def _group() -> None:
    """Keeps ``verify`` a command of a group, though it is the only one."""


@commands.command()
def verify(
    name: StageName,
    reference: MaybeReference = "",
    every: All = False,
    as_json: AsJson = False,
) -> None:
    """Walk the trail of a case, or of every case, and name the first event that does not hold.

    When: every month, after a restore, and when something looks wrong. An event that was altered,
    removed or moved is found, and so is a missing end. The exit code is 1 where a trail is broken.

    Example: python -m infra audit verify prod
    """
    console = Console(as_json=as_json)
    if reference and every:
        raise BadUsage("Name a reference, or say --all, not both.")
    verified, broken = 0, []
    with (
        desk.at(name, *([reference] if reference else [])) as here,
        console.step("Walking the trails") as step,
    ):
        for each in _references(here, reference):
            event = here.services.cases.first_broken_event(each)
            verified += 1
            step.now(f"{verified} cases")
            if event is not None:
                broken.append({"reference": each, "event": event})
        step.outcome = f"{verified} cases, {len(broken)} broken"
    view = (
        table("Broken case", "First bad event", rows=[tuple(each.values()) for each in broken])
        if broken
        else facts({"Cases": verified, "Broken": "none"})
    )
    console.result({"verified": verified, "broken": broken}, view)
    raise typer.Exit(ExitCode.FAILED if broken else ExitCode.OK)


def _references(here: Desk, reference: str) -> Iterator[str]:
    if reference:
        yield reference
    else:
        yield from (case.reference for case in here.services.cases.every())
