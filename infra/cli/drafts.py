"""``drafts``: drafts that are past their date."""

from __future__ import annotations

import typer

from infra.cli.console import AsJson, Console, DryRun, StageName, Yes, confirm, facts
from infra.operating import desk, purge

commands = typer.Typer(
    name="drafts", help="Remove drafts that are past their date.", no_args_is_help=True
)


@commands.callback()
def _group() -> None:
    """Keeps ``purge`` a command of a group, though it is the only one."""


@commands.command("purge")
def purge_drafts(
    name: StageName,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Remove drafts past their date now, rather than with the next sweep.

    When: the alarm says that expired drafts stay. The sweep does the same every minute, so nothing
    else needs this. Each goes with its files and messages; no other draft is touched.

    Example: python -m infra drafts purge prod --dry-run
    """
    console = Console(as_json=as_json)
    with desk.at(name) as here:
        if not dry_run:
            confirm(here.stage, "remove expired drafts", yes=yes)
        with console.step("Looking for expired drafts") as step:
            done = purge.purge(
                here.services.drafts,
                now=here.now(),
                watch=lambda removed: step.now(f"{removed} removed"),
                dry_run=dry_run,
            )
            step.outcome = f"{done.found} found, {done.removed} removed"
    console.result(
        {"found": done.found, "removed": done.removed, "dry_run": dry_run},
        facts({"Expired": done.found, "Removed": done.removed}),
    )
