"""``backup``: whether what is kept can be restored."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer

from chalicelib import bootstrap
from infra.cli.console import (
    AsJson,
    Console,
    DryRun,
    ExitCode,
    StageName,
    Yes,
    confirm,
    facts,
)
from infra.operating import desk, drill
from infra.operating.desk import Desk
from infra.operating.drill import Findings

commands = typer.Typer(
    name="backup", help="Try whether backups can be restored.", no_args_is_help=True
)

Sample = Annotated[
    int, typer.Option("--sample", min=1, help="How many cases' seals are opened, at most.")
]
Keep = Annotated[bool, typer.Option("--keep", help="Leave the restored table where it is.")]
Poll = Annotated[
    float, typer.Option("--poll", min=0.01, help="Seconds between looks at the restored table.")
]


@commands.callback()
def _group() -> None:
    """Keeps ``restore-drill`` a command of a group, though it is the only one."""


@commands.command("restore-drill")
def restore_drill(
    name: StageName,
    sample: Sample = 20,
    keep: Keep = False,
    poll: Poll = drill.POLL_SECONDS,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Restore the table beside the live one, compare both, open a sample, and remove it again.

    When: every quarter. It changes nothing of the live table. Opening the sample shows nobody
    anything and leaves no event in trails; the exit code is 1 where something is amiss.

    Example: python -m infra backup restore-drill prod
    """
    console = Console(as_json=as_json)
    with desk.at(name) as here:
        live = here.stage.settings.table_name
        side = drill.side_name(live, f"{here.now():%Y%m%d%H%M%S}")
        if dry_run:
            console.say(f"Nothing was done. {live} would be restored to {side} and compared.")
            console.result({"table": live, "side_table": side, "dry_run": True})
            return
        confirm(here.stage, "restore the table beside the live one", yes=yes)
        begun = time.monotonic()
        with _removed_after(console, here, side, keep=keep):
            found, restored_in = _drill(console, here, side, sample=sample, poll=poll)
    told = asdict(found) | {
        "side_table": side,
        "restore_seconds": round(restored_in, 1),
        "seconds": round(time.monotonic() - begun, 1),
        "passed": found.has_passed,
    }
    console.result(told, facts({key: _shown(value) for key, value in told.items()}))
    raise typer.Exit(ExitCode.OK if found.has_passed else ExitCode.FAILED)


def _drill(
    console: Console, here: Desk, side: str, *, sample: int, poll: float
) -> tuple[Findings, float]:
    settings, begun, moment = here.stage.settings, time.monotonic(), here.now()
    with console.step("Restoring") as step:
        restored_to = drill.restore(
            here.stage.session.client("dynamodb"),
            settings.table_name,
            side,
            key_arn=settings.storage_key_id,
            waiting=lambda seconds: step.now(f"{seconds:.0f} seconds"),
            poll_seconds=poll,
        )
        took = time.monotonic() - begun
        step.outcome = f"{took:.0f} seconds"
    beside = bootstrap.build({**here.stage.environment, "TABLE_NAME": side}).cases
    with console.step("Comparing cases") as step:
        found, whole = drill.compare(
            here.services.cases,
            beside,
            moment=restored_to or moment,
            told=lambda count: step.now(str(count)),
        )
        step.outcome = f"{found.same} of {found.live} are the same"
    with console.step("Opening a sample"):
        drill.open_sample(beside, found, drill.sample(whole, sample))
    return found, took


@contextmanager
def _removed_after(console: Console, here: Desk, side: str, *, keep: bool) -> Iterator[None]:
    """Remove the restored table however the drill ends."""
    live, dynamodb = here.stage.settings.table_name, here.stage.session.client("dynamodb")
    try:
        yield
    finally:
        if keep:
            console.warn(f"{side} is kept. It holds everything; delete it when it has served.")
        else:
            with console.step(f"Removing {side}"):
                is_gone = drill.remove(dynamodb, side, live=live)
            if not is_gone:
                console.warn(f"{side} is still being made. Delete it when that has ended.")


def _shown(value: object) -> object:
    return ", ".join(value) if isinstance(value, list) else value
