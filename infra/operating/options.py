"""Arguments and options that several case commands take."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from infra.cli.console import BadUsage, Refused

Reference = Annotated[
    str, typer.Argument(metavar="REFERENCE", help="The case's reference, as in PR-23456789.")
]
ReasonOption = Annotated[
    str,
    typer.Option(
        "--reason",
        metavar="TEXT",
        help="Why, in your words. It is sealed and kept with the case's trail.",
    ),
]


def needed(reason: str) -> None:
    """Raise BadUsage where no reason is given."""
    if not reason.strip():
        raise BadUsage(
            "This needs a reason, which is kept sealed with the case's trail.",
            next_step='Give it with --reason "..."',
        )


def confirm_reference(reference: str, typed: str) -> None:
    """Let somebody type the reference before it is erased. Raises Refused."""
    if not typed and sys.stdin.isatty():
        typed = typer.prompt("Type the reference to erase the case for good", default="", err=True)
    if typed.strip() != reference:
        raise Refused(
            "Nothing was erased: the disposal decision is confirmed by the case's reference.",
            next_step=f"Run the command again with --confirm {reference}",
        )
