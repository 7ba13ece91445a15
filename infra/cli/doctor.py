"""``doctor``: says what stands between a stage and a service that works."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from infra.cli import stages
from infra.cli.console import AsJson, BadUsage, Console, ExitCode, StageName, table
from infra.deploying import checkup, sender
from infra.deploying.findings import Finding, Level

commands = typer.Typer()

COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}

NoDns = Annotated[bool, typer.Option("--no-dns", help="Do not ask the public DNS.")]


@commands.command()
def doctor(name: StageName, no_dns: NoDns = False, as_json: AsJson = False) -> None:
    """Look at settings, credentials, account, sender and machine; change nothing.

    When: before a first deployment, and when something does not work. Each finding is ok, warn or
    fail, and says its next step. The exit code is 1 where one is fail.

    Example: python -m infra doctor prod
    """
    console = Console(as_json=as_json)
    with console.step(f"Looking at the stage {name}"):
        findings = _findings(name, no_dns=no_dns)
    verdict = checkup.worst(findings)
    console.result(
        {"stage": name, "verdict": verdict, "findings": [asdict(each) for each in findings]},
        _view(findings),
    )
    raise typer.Exit(ExitCode.FAILED if verdict is Level.FAIL else ExitCode.OK)


def _findings(name: str, *, no_dns: bool) -> list[Finding]:
    try:
        stage = stages.load(name)
    except BadUsage as error:
        return [Finding("Settings", Level.FAIL, error.message, error.next_step)]
    patient = checkup.Patient(
        settings=stage.settings,
        region=stage.deploy.region,
        session=stages.connect(stage),
        environ=os.environ,
        now=datetime.now(UTC),
        look_up=sender.nobody if no_dns else sender.look_up,
        scans=stage.deploy.malware_protection,
    )
    return list(checkup.examine(patient))


def _view(findings: Sequence[Finding]) -> Table:
    rows = [
        (
            Text(each.level.value, style=COLOURS[each.level]),
            each.name,
            each.found if not each.next_step else f"{each.found}\n→ {each.next_step}",
        )
        for each in findings
    ]
    return table("", "What", "Found", rows=rows)
