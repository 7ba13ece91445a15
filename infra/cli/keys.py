"""``keys``: rotating the keys that open cases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from infra.cli.console import AsJson, Console, DryRun, StageName, Yes, confirm, facts
from infra.operating import desk, rotation
from infra.operating.desk import Desk

commands = typer.Typer(name="keys", help="Rotate the keys that open cases.", no_args_is_help=True)

Before = Annotated[
    datetime | None,
    typer.Option(
        "--resume",
        metavar="MOMENT",
        formats=["%Y-%m-%dT%H:%M:%S"],
        help="Go on with a rotation that was begun then, in UTC: only wrap keys anew.",
    ),
]


@commands.callback()
def _group() -> None:
    """Keeps ``rotate`` a command of a group, though it is the only one."""


@commands.command()
def rotate(
    name: StageName,
    resume: Before = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Give the KMS key new material, then wrap every case's key anew under it.

    When: once a year, and after any suspicion about KMS. No case is opened: keys are wrapped anew
    inside KMS, and what was wrapped before still opens. AWS allows a key few rotations on demand in
    its life. If it is interrupted, it says how to go on. Drafts keep theirs until they are sent.

    Example: python -m infra keys rotate prod --dry-run
    """
    console = Console(as_json=as_json)
    with desk.at(name) as here:
        begun = resume.replace(tzinfo=UTC) if resume else here.now().replace(microsecond=0)
        with console.step("Counting keys to wrap anew") as step:
            waiting = list(rotation.older(here.services.cases, begun))
            step.outcome = str(len(waiting))
        if dry_run:
            console.say("Nothing was changed.")
            console.result(
                {"to_wrap": len(waiting), "dry_run": True}, facts({"To wrap": len(waiting)})
            )
            return
        confirm(here.stage, "rotate the key that opens cases", yes=yes)
        rotated = resume is None and _rotate(console, here)
        console.say(
            f"To go on if this stops: keys rotate {name} --resume {begun:%Y-%m-%dT%H:%M:%S}"
        )
        wrapped = _wrap(console, here, waiting, begun)
    found = {"rotated": rotated, "wrapped": wrapped, "begun": begun}
    console.result(found, facts({"New material": "yes" if rotated else "no", "Wrapped": wrapped}))


def _rotate(console: Console, here: Desk) -> bool:
    kms = here.stage.session.client("kms")
    try:
        with console.step("Giving the key new material"):
            rotation.rotate(kms, here.stage.settings.data_key_id)
    except rotation.CannotRotate:
        console.warn("This AWS has no rotation on demand: the key keeps its material.")
        return False
    return True


def _wrap(console: Console, here: Desk, references: list[str], begun: datetime) -> int:
    wrapped = 0
    with console.step("Wrapping keys anew") as step:
        for reference in references:
            wrapped += here.services.cases.rewrap(reference, before=begun, now=here.now())
            step.now(f"{wrapped} of {len(references)}")
        step.outcome = str(wrapped)
    return wrapped
