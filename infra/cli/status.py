"""``status``: how a deployed stage is doing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import typer
from rich.console import Group
from rich.text import Text

from infra.cli import stages
from infra.cli.console import AsJson, Console, ExitCode, StageName, facts, table
from infra.deploying import vitals
from infra.deploying.vitals import Vitals

commands = typer.Typer()


@commands.command()
def status(name: StageName, as_json: AsJson = False) -> None:
    """Show stacks, version, functions, alarms, queues and the last sweep.

    When: any time; it changes nothing. The exit code is 1 where something needs looking at.

    Example: python -m infra status prod
    """
    console = Console(as_json=as_json)
    opened = stages.open_stage(name)
    with console.step(f"Looking at the stage {name}"):
        names = (opened.stage.data_stack, opened.stage.app_stack)
        found = vitals.read(opened.session, names, opened.outputs, now=datetime.now(UTC))
    version = opened.outputs.get("Version", "none")
    console.result(
        {"stage": name, "version": version, "problems": found.problems, **asdict(found)},
        _view(found, version),
    )
    raise typer.Exit(ExitCode.FAILED if found.problems else ExitCode.OK)


def _view(found: Vitals, version: str) -> Group:
    swept = f"{found.last_sweep:%H:%M:%S}" if found.last_sweep else "not lately"
    quiet = found.alarms_in_all - len(found.alarms)
    return Group(
        facts({"Version": version, "Last sweep": swept, "Alarms": f"{quiet} quiet"}),
        Text(),
        table(
            "Stack",
            "State",
            "Changed",
            rows=[(s.name, s.status, s.changed_at) for s in found.stacks],
        ),
        Text(),
        table(
            "Function",
            "State",
            "Runtime",
            "Memory",
            rows=[(f.name, f.state, f.runtime, f"{f.memory_mb} MB") for f in found.functions],
        ),
        Text(),
        table("Queue", "Waiting", rows=[(q.name, q.waiting) for q in found.queues]),
        Text(),
        table("Alarm", "State", "Why", rows=[(a.name, a.state, a.said) for a in found.alarms]),
        Text(),
        *(Text(f"Look at this: {problem}", style="red") for problem in found.problems),
    )
