"""``logs``: what the functions say, merged and made readable."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from infra.cli import stages
from infra.cli.console import AsJson, BadUsage, Console, StageName
from infra.deploying import loglines
from infra.deploying.loglines import BadPeriod, Line

commands = typer.Typer()

FOLLOW_SECONDS = 2.0
# A line may arrive in CloudWatch after others that were written later.
LATE = timedelta(seconds=30)
STYLES = {"ERROR": "red", "CRITICAL": "red", "WARNING": "yellow"}
SUFFIX = "LogGroup"


@commands.command()
def logs(
    name: StageName,
    function: Annotated[
        str, typer.Option("--function", help="Only this one's, as pages, sweep or table-stream.")
    ] = "",
    since: Annotated[str, typer.Option("--since", help="How far back: 15m, 2h, 3d.")] = "1h",
    words: Annotated[
        str, typer.Option("--filter", help="Only lines with all of these words.")
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on until Ctrl-C.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what the functions logged: identifiers only, never what people wrote.

    When: an alarm went off, or a person says that something failed. A case's reference, or the
    request's number from an error page, finds its lines.

    Example: python -m infra logs prod --since 2h --filter PR-4MD587U5
    Example: python -m infra logs prod --function sweep --follow
    """
    console = Console(as_json=as_json)
    opened = stages.open_stage(name)
    groups = _groups(opened.outputs, function)
    try:
        start = loglines.since(since, now=datetime.now(UTC))
    except BadPeriod as error:
        raise BadUsage(str(error)) from error
    client = opened.session.client("logs")
    seen: set[str] = set()
    while True:
        for line in loglines.read(client, groups, since=start):
            if line.id not in seen and line.holds(words):
                console.line(_data(line), _view(line))
            seen.add(line.id)
        if not follow:
            return
        start = max(start, datetime.now(UTC) - LATE)
        time.sleep(FOLLOW_SECONDS)


def _groups(outputs: Mapping[str, str], function: str) -> list[str]:
    """The log groups that the app stack gives out. Raises BadUsage for a name that none has."""
    found = {
        value.rpartition("/")[2]: value for key, value in outputs.items() if key.endswith(SUFFIX)
    }
    if not function:
        return list(found.values())
    if function not in found:
        raise BadUsage(f"There is no function {function!r}. There are: {', '.join(sorted(found))}.")
    return [found[function]]


def _data(line: Line) -> Mapping[str, object]:
    return {"at": line.at, "group": line.group, **(line.fields or {"message": line.text})}


def _view(line: Line) -> Text:
    text = Text(f"{line.at:%H:%M:%S} ", style="dim")
    text.append(f"{line.group.rpartition('/')[2]:<12} ", style="cyan")
    text.append(f"{line.level:<8}", style=STYLES.get(line.level, ""))
    text.append(line.message, style="bold")
    for name, value in line.details.items():
        text.append(f" {name}=", style="dim")
        text.append(str(value))
    return text
