"""How a command speaks: to a person with words and progress, to a machine with one JSON document.

What a command finds goes to standard output, everything else to standard error, so that
``python -m infra status prod --json | jq`` works. A command is written like this::

    @commands.command()
    def show(name: StageName, as_json: AsJson = False, dry_run: DryRun = False, yes: Yes = ""):
        console = Console(as_json=as_json)
        stage = stages.load(name)
        confirm(stage, "erase the case", yes=yes)          # raises Refused
        with console.step("Erasing the case"):             # a spinner, then a tick
            ...
        console.result({"erased": reference}, table)       # the data, and how a person sees them

Whatever cannot be done raises Failed, Refused or BadUsage with the next step in words; the group in
``app`` turns them into an exit code.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum, IntEnum
from typing import Annotated, Protocol

import typer
from rich.console import Console as RichConsole
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

JSON_KEY = "infra.json"
PIPE_COLUMNS = 180


class ExitCode(IntEnum):
    """What a command's end says to a script."""

    OK = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3


class CommandError(Exception):
    """Why a command ends, and what to do next. Both are for a person to read."""

    code = ExitCode.FAILED

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


class Failed(CommandError):
    """Something went wrong on the way."""


class BadUsage(CommandError):
    """What was asked for does not exist or is not valid; nothing was tried."""

    code = ExitCode.USAGE


class Refused(CommandError):
    """It could be done and was not: it needs a confirmation, or would lose data."""

    code = ExitCode.REFUSED


def _note_json(context: typer.Context, value: bool) -> bool:
    """Remember it for errors, which are told where no Console is at hand."""
    if value:
        context.meta[JSON_KEY] = True
    return value


StageName = Annotated[
    str, typer.Argument(metavar="STAGE", help="The stage's name: infra/stages/STAGE.json.")
]
AsJson = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document for a machine.", callback=_note_json),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change; change nothing.")]
Yes = Annotated[
    str,
    typer.Option(
        "--yes", metavar="NAME", help="The stage's name again, in place of typing it when asked."
    ),
]


class Named(Protocol):
    """What must be known of a stage to ask for a confirmation."""

    @property
    def name(self) -> str: ...
    @property
    def is_production(self) -> bool: ...


class Console:
    """One command's voice. With ``as_json`` only ``result`` and errors are heard."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self._out = _rich()
        self._aside = _rich(stderr=True, quiet=as_json)

    def say(self, text: str) -> None:
        """A line beside the result: what is going on."""
        self._aside.print(Text(text))

    def show(self, what: RenderableType) -> None:
        """As ``say``, for tables and the like."""
        self._aside.print(what)

    def warn(self, text: str) -> None:
        """A line that somebody should act on."""
        self._aside.print(Text(f"Warning: {text}", style="yellow"))

    @contextmanager
    def step(self, text: str) -> Iterator[Step]:
        """Show that ``text`` is under way, then that it is done. Steps do not nest."""
        step = Step(text)
        try:
            if self._aside.is_terminal and not self.as_json:
                with self._aside.status(text) as status:
                    step.report = lambda text: status.update(text)
                    yield step
            else:
                yield step
        except BaseException:
            self._aside.print(Text(f"✗ {text}", style="red"))
            raise
        done = f"{text}: {step.outcome}" if step.outcome else text
        self._aside.print(Text(f"✓ {done}", style="green"))

    def result(self, data: object, view: RenderableType | None = None) -> None:
        """What the command found: ``data`` for a machine, ``view`` for a person.

        ``data`` may hold models, dates and enums. Without ``view`` a person sees nothing.
        """
        if self.as_json:
            self._out.out(json.dumps(data, default=_plain, indent=2, ensure_ascii=False))
        elif view is not None:
            self._out.print(view)

    def line(self, data: Mapping[str, object], view: RenderableType) -> None:
        """One entry of a result that has no end: a JSON line, or ``view``."""
        if self.as_json:
            self._out.out(json.dumps(data, default=_plain, ensure_ascii=False))
        else:
            self._out.print(view)


class Step:
    """A step under way: ``now`` says how far it is, ``outcome`` how it ended."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.outcome = ""
        self.report: Callable[[str], None] = _silent

    def now(self, text: str) -> None:
        self.report(f"{self.text}: {text}")


def _silent(_: str) -> None:
    """Where nobody watches there is nothing to move."""


def table(*headings: str, rows: Iterable[Sequence[object]]) -> Table:
    """A plain table. Cells are shown as they are, never read as markup."""
    made = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    return made


def facts(pairs: Mapping[str, object]) -> Table:
    """Names and values, one pair a line."""
    made = Table(box=None, pad_edge=False, show_header=False)
    for name, value in pairs.items():
        made.add_row(Text(name, style="bold"), Text(str(value)))
    return made


def confirm(stage: Named, act: str, *, yes: str = "", always: bool = False) -> None:
    """Let somebody type a production stage's name before ``act``. Raises Refused.

    ``yes`` is what was given on the command line. ``always`` asks on every stage.
    """
    if not (stage.is_production or always):
        return
    typed = yes
    if not typed and sys.stdin.isatty():
        typer.echo(f"This will {act} on the stage {stage.name}.", err=True)
        typed = typer.prompt("Type the stage's name to go on", default="", err=True)
    if typed.strip() != stage.name:
        raise Refused(
            f"Nothing was done. To {act} on the stage {stage.name}, confirm it by its name.",
            next_step=f"Run the command again with --yes {stage.name}",
        )


def tell(error: CommandError, *, as_json: bool) -> None:
    """Say on standard error why a command ends; as JSON for a machine."""
    if as_json:
        told = {"error": error.message, "next_step": error.next_step, "exit_code": error.code}
        typer.echo(json.dumps(told, ensure_ascii=False), err=True)
        return
    aside = _rich(stderr=True)
    aside.print(Text(error.message, style="red"))
    if error.next_step:
        aside.print(Text(error.next_step))


def _rich(*, stderr: bool = False, quiet: bool = False) -> RichConsole:
    """A console that never folds a line, and in a file or a pipe is as wide as a table needs."""
    made = RichConsole(stderr=stderr, quiet=quiet, highlight=False, soft_wrap=True)
    if not made.is_terminal:
        made.width = PIPE_COLUMNS
    return made


def _plain(value: object) -> object:
    """What JSON has no word for."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
