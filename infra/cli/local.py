"""``run``, ``seed`` and ``trial``: the whole service on this machine."""

from __future__ import annotations

import typer

commands = typer.Typer()


@commands.command()
def run() -> None:
    """Serve the whole service on this machine, until Ctrl-C.

    When: to try the service or to work on it. Needs no AWS account. PORT, MAIL_PORT and AWS_PORT
    choose other ports.

    Example: python -m infra run
    """
    from infra.local import run as local_run

    raise typer.Exit(local_run.main(()))


@commands.command()
def seed() -> None:
    """Fill the running local service with invented cases.

    When: `python -m infra run` is going in another terminal.

    Example: python -m infra seed
    """
    from infra import seed as seeding

    raise typer.Exit(seeding.main(()))


@commands.command()
def trial() -> None:
    """Deploy a stage to a fresh local AWS that checks policies, and keep it up until Ctrl-C.

    When: to see a deployment and try the operator's commands without an AWS account. AWS_PORT
    chooses another port.

    Example: python -m infra trial
    """
    from infra.local import trial as local_trial

    raise typer.Exit(local_trial.main())
