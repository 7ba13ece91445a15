"""``dlq``: events that a job could not do."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

import typer

from infra.cli.console import AsJson, Console, DryRun, Failed, StageName, Yes, confirm, table
from infra.operating import desk, letters
from infra.operating.desk import Desk
from infra.operating.letters import Fate, Queue

commands = typer.Typer(
    name="dlq", help="See dead letters, and send them through again.", no_args_is_help=True
)


@commands.command("list")
def list_queues(name: StageName, as_json: AsJson = False) -> None:
    """List the queues of dead letters: how many, since when, which function, which fault.

    When: the alarm on dead letters rings. What the events say is not shown.

    Example: python -m infra dlq list prod
    """
    with desk.at(name) as here:
        queues = _look(here)
    Console(as_json=as_json).result(
        [asdict(each) for each in queues],
        table(
            "Queue",
            "Letters",
            "Since",
            "Functions",
            "Faults",
            rows=[
                (
                    each.name,
                    each.waiting,
                    f"{each.oldest:%Y-%m-%d %H:%M}" if each.oldest else "",
                    ", ".join(sorted({letter.function for letter in each.letters})),
                    ", ".join(sorted({letter.cause for letter in each.letters})),
                )
                for each in queues
            ],
        ),
    )


@commands.command()
def redrive(
    name: StageName,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Send every dead letter back to the function that it was for.

    When: its cause is mended. That is safe: a message goes out once, a report is kept once. Letters
    of the table's stream hold nothing to send; the sweep did their work, and they are removed.

    Example: python -m infra dlq redrive prod --dry-run
    """
    console = Console(as_json=as_json)
    with desk.at(name) as here:
        queues = _look(here)
        waiting = sum(each.waiting for each in queues)
        if dry_run or not waiting:
            told = {"waiting": waiting, "dry_run": dry_run}
            console.result(told, table("Letters", rows=[(waiting,)]))
            return
        confirm(here.stage, f"send {waiting} dead letters through again", yes=yes)
        fates = {each.name: _redrive(console, here, each) for each in queues if each.waiting}
    console.result(
        {name: dict(counted) for name, counted in fates.items()},
        table(
            "Queue",
            *(fate.value.capitalize() for fate in Fate),
            rows=[(name, *(counted[fate] for fate in Fate)) for name, counted in fates.items()],
        ),
    )
    if any(counted[Fate.LEFT] for counted in fates.values()):
        raise Failed(
            "Some letters are of a kind that is not known, and were left.",
            next_step="Read them in the AWS console; they may hold an address.",
        )


def _look(here: Desk) -> list[Queue]:
    found = letters.urls(here.stage.outputs)
    if not found:
        raise Failed(
            f"The stage {here.stage.name} has no queues of dead letters.",
            next_step=f"Deploy it with: python -m infra deploy {here.stage.name}",
        )
    sqs = here.stage.session.client("sqs")
    return [letters.look(sqs, name, url) for name, url in found.items()]


def _redrive(console: Console, here: Desk, queue: Queue) -> Counter[Fate]:
    session = here.stage.session
    counted: Counter[Fate] = Counter()
    with console.step(f"Emptying {queue.name}") as step:
        for fate in letters.redrive(
            session.client("sqs"), session.client("lambda"), queue, here.stage.outputs
        ):
            counted[fate] += 1
            step.now(f"{counted.total()} of {queue.waiting}")
        step.outcome = f"{counted.total()} of {queue.waiting}"
    return counted
