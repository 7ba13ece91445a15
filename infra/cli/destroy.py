"""``destroy``: takes a stage down, its data only when told twice."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli import stages
from infra.cli.console import AsJson, Console, DryRun, Failed, Refused, StageName, Yes, confirm
from infra.cli.stages import OpenStage
from infra.deploying import ending
from infra.deploying.ending import StillProtected
from infra.deploying.shipping import Shipping
from infra.deploying.stacks import StackFailed

commands = typer.Typer()

Data = Annotated[
    bool, typer.Option("--data", help="The data and their keys as well. This is for ever.")
]


@commands.command()
def destroy(
    name: StageName,
    data: Data = False,
    dry_run: DryRun = False,
    yes: Yes = "",
    as_json: AsJson = False,
) -> None:
    """Take the service down. The data stay, and deploy brings the service back to them.

    When: a stage is no longer needed. With --data the table, the buckets and the keys go as well:
    that asks for the stage's name whatever the stage, and is refused while the table's deletion
    protection is on. The keys end after thirty days; until then KMS can still cancel it.

    Example: python -m infra destroy test
    Example: python -m infra destroy test --data --yes test
    """
    console = Console(as_json=as_json)
    opened = stages.open_stage(name)
    shipping = Shipping(opened.stage, opened.session)
    gone = [opened.stage.app_stack, *([opened.stage.data_stack] if data else [])]
    if data:
        _ensure_unprotected(opened)
    if dry_run:
        console.say(f"Would be removed: {', '.join(gone)}. Nothing was changed.")
        console.result({"stage": name, "would_remove": gone})
        return
    confirm(opened, f"remove {' and '.join(gone)}", yes=yes, always=data)
    try:
        with console.step(f"Removing {opened.stage.app_stack}"):
            shipping.remove_app()
        if data:
            with console.step(f"Removing {opened.stage.data_stack} and what it held"):
                shipping.remove_data()
                ending.take_away(opened.session, opened.outputs)
    except StackFailed as error:
        raise Failed(str(error)) from error
    kept = "" if data else f"The data are kept in {opened.stage.data_stack}."
    console.say(kept or "Nothing of the stage is left but its keys, which end in thirty days.")
    console.result({"stage": name, "removed": gone})


def _ensure_unprotected(opened: OpenStage) -> None:
    try:
        ending.ensure_unprotected(opened.session, opened.outputs["TableName"])
    except StillProtected as error:
        raise Refused(
            f"{error} Nothing was removed.",
            next_step="Set table_deletion_protection to false in the stage's file and deploy it.",
        ) from error
