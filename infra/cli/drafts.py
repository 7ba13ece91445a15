"""``drafts``: drafts that are past their date."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli.console import AsJson, Console, DryRun, StageName, Yes, confirm, facts
from infra.operating import desk, purge

commands = typer.Typer(
    name="drafts", help="Remove drafts that are past their date.", no_args_is_help=True
)

Rate = Annotated[
    float,
    typer.Option("--rate", min=1, max=1000, help="Read units a second that this may use."),
]


@commands.callback()
def _group() -> None:
    """Keeps ``purge`` a command of a group, though it is the only one."""


@commands.command("purge")
def purge_drafts(
    name: StageName,
    rate: Rate = 50,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Remove drafts past their date now, rather than within the days that the table takes.

    When: somebody must be told that old drafts are gone. The service refuses an expired draft at
    once, so nothing else needs this. It reads the whole table, slowly, and removes no other draft.

    Example: python -m infra drafts purge prod --dry-run
    """
    console = Console(as_json=as_json)
    with desk.at(name) as here:
        dynamodb, table = here.stage.session.client("dynamodb"), here.stage.settings.table_name
        now = int(here.now().timestamp())
        if not dry_run:
            confirm(here.stage, "remove expired drafts", yes=yes)
        found, removed = 0, 0
        with console.step("Looking for expired drafts") as step:
            for key in purge.expired(dynamodb, table, now_epoch=now, units_a_second=rate):
                found += 1
                removed += not dry_run and purge.delete(dynamodb, table, key, now_epoch=now)
                step.now(f"{found} found")
            step.outcome = f"{found} found, {removed} removed"
    console.result(
        {"found": found, "removed": removed, "dry_run": dry_run},
        facts({"Expired": found, "Removed": removed}),
    )
