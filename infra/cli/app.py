"""The operator's commands: which there are, and what their ends mean.

Each group is a module that exposes ``commands``, a Typer: one with a name is a group of commands,
one without has commands that stand by themselves.
"""

from __future__ import annotations

import importlib
from typing import Any

import typer
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from typer.core import TyperGroup

from chalicelib.domain.errors import ServiceError
from infra.cli import console
from infra.cli.console import CommandError, Failed

# Modules by the group of the help in which their commands stand.
SETTING_UP = "Set up"
SHIPPING = "Ship"
WATCHING = "Watch"
CASES = "Cases"
KEEPING = "Keep"
TRYING = "Try on this machine"

MODULES = (
    (SETTING_UP, "init"),
    (SETTING_UP, "doctor"),
    (SHIPPING, "deploy"),
    (SHIPPING, "smoke"),
    (SHIPPING, "destroy"),
    (WATCHING, "status"),
    (WATCHING, "logs"),
    (CASES, "case"),
    (CASES, "link"),
    (CASES, "message"),
    (CASES, "people"),
    (KEEPING, "audit"),
    (KEEPING, "backup"),
    (KEEPING, "dlq"),
    (KEEPING, "drafts"),
    (KEEPING, "keys"),
    (TRYING, "local"),
)

EPILOG = (
    "Exit codes: 0 done, or nothing to do; 1 failed; 2 not valid, nothing was tried; "
    "3 refused: it needs a confirmation or would lose data."
)


class Commands(TyperGroup):
    """Turns what a command raises into words and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CommandError as error:
            reported = error
        except NoCredentialsError:
            reported = Failed(
                "There are no AWS credentials.",
                next_step="Sign in (aws sso login), or set AWS_PROFILE, and run it again.",
            )
        except (ClientError, BotoCoreError) as error:
            reported = Failed(f"AWS: {error}")
        except ServiceError as error:
            reported = Failed(f"The service could not do it: {_words(error)}")
        console.tell(reported, as_json=bool(ctx.meta.get(console.JSON_KEY)))
        raise typer.Exit(reported.code)


def _words(error: ServiceError) -> str:
    detail = str(error)
    return f"{type(error).__name__}: {detail}" if detail else type(error).__name__


def build() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        cls=Commands,
        name="python -m infra",
        help="Build, deploy and operate the referral service.",
        epilog=EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for panel, name in MODULES:
        _register(app, importlib.import_module(f"infra.cli.{name}").commands, panel)
    return app


def _register(app: typer.Typer, group: typer.Typer, panel: str) -> None:
    """Add a module's commands: as they are, or as a group where it has a name of its own."""
    if isinstance(group.info.name, str):
        app.add_typer(group, rich_help_panel=panel)
        return
    for command in group.registered_commands:
        command.rich_help_panel = panel
        app.registered_commands.append(command)
