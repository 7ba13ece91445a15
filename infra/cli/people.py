"""``people``: who decides, who stands in, and where the office reads its mail."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from chalicelib.domain.people import Role
from chalicelib.settings import Address
from infra.cli import stages
from infra.cli.console import (
    AsJson,
    BadUsage,
    Console,
    DryRun,
    Refused,
    StageName,
    Yes,
    confirm,
    facts,
    table,
)
from infra.cli.stages import Stage

commands = typer.Typer(
    name="people", help="See and change who a stage's e-mails go to.", no_args_is_help=True
)


class Seat(StrEnum):
    """The roles that a stage's file fills, one person each."""

    DECISION_MAKER = Role.DECISION_MAKER.value
    DEPUTY = Role.DEPUTY.value
    OFFICE = Role.OFFICE.value

    def setting(self, part: str) -> str:
        return f"{self.value.replace('-', '_')}_{part}"


RoleArgument = Annotated[Seat, typer.Argument(metavar="ROLE", help=" | ".join(Seat))]
FullName = Annotated[str, typer.Option("--name", help="The name that e-mails are addressed to.")]
Email = Annotated[str, typer.Option("--email", help="The address that e-mails go to.")]
Label = Annotated[str, typer.Option("--label", help="What pages and e-mails call the role.")]

STAYS = "Links on their way stay with whom they were sent to."


@commands.command("list")
def list_people(name: StageName, as_json: AsJson = False) -> None:
    """List the decision-maker, the deputy and the office, as the stage's file names them.

    When: before and after somebody changes.

    Example: python -m infra people list prod
    """
    stage = stages.load(name)
    people = [_person(stage, seat) for seat in Seat if _has(stage, seat)]
    Console(as_json=as_json).result(
        people, table("Role", "Called", "Name", "E-mail", rows=[tuple(p.values()) for p in people])
    )


@commands.command()
def add(
    name: StageName,
    role: RoleArgument,
    full_name: FullName,
    email: Email,
    label: Label = "",
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Put somebody in a role, in place of whoever holds it.

    When: a new chair, a deputy for a leave, another mailbox of the office. It changes the stage's
    file; the next deployment puts it to use. Links on their way stay with whom they were sent to:
    withdraw them with `link revoke` and send new ones with `link resend`.

    Example: python -m infra people add prod deputy --name "Sam Example" --email sam@example.org
    """
    stage = _load(name)
    _check(full_name, email, label)
    changes = {role.setting("name"): full_name, role.setting("email"): email}
    if label:
        changes[_label_setting(role)] = label
    changed = stages.parse(name, _content(stage) | changes)
    _keep(Console(as_json=as_json), changed, role, dry_run=dry_run, yes=yes)


@commands.command()
def remove(
    name: StageName,
    role: RoleArgument,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Leave a role empty. Only a stage without a deputy works; the others are needed.

    When: the deputy left and nobody follows. After a conflict of interest a case then waits for the
    office.

    Example: python -m infra people remove prod deputy
    """
    stage = _load(name)
    if role is not Seat.DEPUTY:
        raise Refused(
            f"A stage needs its {role.value.replace('-', ' ')}.",
            next_step=f"Put somebody in their place: python -m infra people add {name} {role} ...",
        )
    if not _has(stage, role):
        raise BadUsage(f"The stage {name} names no deputy.")
    gone = {role.setting("name"), role.setting("email")}
    content = {key: value for key, value in _content(stage).items() if key not in gone}
    _keep(Console(as_json=as_json), stages.parse(name, content), role, dry_run=dry_run, yes=yes)


def _load(name: str) -> Stage:
    if name == stages.LOCAL:
        raise Refused(
            "The people of the local stage are invented, and its file is the demonstration.",
            next_step="Write a stage of your own with: python -m infra init STAGE",
        )
    return stages.load(name)


def _check(full_name: str, email: str, label: str) -> None:
    """Raise BadUsage for what could not stand in an e-mail's head."""
    if not (full_name.strip() and (full_name + label).isprintable()):
        raise BadUsage("A name is one line of letters.")
    try:
        TypeAdapter(Address).validate_python(email)
    except ValidationError:
        raise BadUsage(f"{email} is not an e-mail address.") from None


def _keep(console: Console, stage: Stage, role: Seat, *, dry_run: bool, yes: str) -> None:
    person = _person(stage, role) if _has(stage, role) else {"role": role}
    if dry_run:
        console.say("Nothing was changed. The stage's file would say:")
        console.result(person | {"dry_run": True}, facts(person))
        return
    confirm(stage, f"change who is {role.value.replace('-', ' ')}", yes=yes)
    stages.save(stage)
    console.result(person | {"dry_run": False}, facts(person))
    console.say(f"{STAYS} Put it to use with: python -m infra deploy {stage.name}")


def _person(stage: Stage, seat: Seat) -> dict[str, object]:
    written = stage.written
    return {
        "role": seat,
        "label": written.get(_label_setting(seat), ""),
        "name": written.get(seat.setting("name"), ""),
        "email": written.get(seat.setting("email"), ""),
    }


def _label_setting(seat: Seat) -> str:
    """The office is called by its name."""
    return seat.setting("name" if seat is Seat.OFFICE else "label")


def _has(stage: Stage, seat: Seat) -> bool:
    return bool(stage.written.get(seat.setting("email")))


def _content(stage: Stage) -> dict[str, object]:
    return {
        **stage.written,
        "is_production": stage.is_production,
        "deploy": stage.deploy.model_dump(mode="json"),
    }
