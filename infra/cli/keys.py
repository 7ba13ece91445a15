"""``keys``: rotating the keys that open cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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
        if dry_run:
            _count(console, here, _begun(here, resume))
            return
        confirm(here.stage, "rotate the key that opens cases", yes=yes)
        rotated = resume is None and _rotate(console, here)
        begun = _begun(here, resume)
        console.say(
            f"To go on if this stops: keys rotate {name} --resume {begun:%Y-%m-%dT%H:%M:%S}"
        )
        wrapped = _wrap(console, here, begun)
    found = {"rotated": rotated, "wrapped": wrapped, "begun": begun}
    console.result(found, facts({"New material": "yes" if rotated else "no", "Wrapped": wrapped}))


def _begun(here: Desk, resume: datetime | None) -> datetime:
    """The moment before which a key counts as old; whole seconds, so that it can be typed."""
    if resume:
        return resume.replace(tzinfo=UTC)
    return here.now().replace(microsecond=0) + timedelta(seconds=1)


def _count(console: Console, here: Desk, begun: datetime) -> None:
    with console.step("Counting keys to wrap anew"):
        count = sum(1 for _ in rotation.older(here.services.cases, begun))
    console.say("Nothing was changed.")
    console.result({"to_wrap": count, "dry_run": True}, facts({"To wrap": count}))


def _rotate(console: Console, here: Desk) -> bool:
    kms = here.stage.session.client("kms")
    try:
        with console.step("Giving the key new material"):
            rotation.rotate(kms, here.stage.settings.data_key_id)
    except rotation.CannotRotate:
        console.warn("This AWS has no rotation on demand: the key keeps its material.")
        return False
    return True


def _wrap(console: Console, here: Desk, begun: datetime) -> int:
    cases, wrapped = here.services.cases, 0
    with console.step("Wrapping keys anew") as step:
        for case in cases.every():
            wrapped += cases.rewrap(case.reference, before=begun, now=here.now())
            step.now(str(wrapped))
        step.outcome = str(wrapped)
    return wrapped
