"""``link``: the links by which cases are decided."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from chalicelib.domain.people import Role
from infra.cli.console import AsJson, Console, DryRun, StageName, Yes, confirm, facts
from infra.operating import desk
from infra.operating.options import Reference

commands = typer.Typer(
    name="link", help="Send or withdraw the link by which a case is decided.", no_args_is_help=True
)


class Decider(StrEnum):
    """Who a link may go to."""

    DECISION_MAKER = Role.DECISION_MAKER.value
    DEPUTY = Role.DEPUTY.value


To = Annotated[
    Decider | None,
    typer.Option("--to", help="Pass the case to this person; otherwise whoever decides now."),
]


@commands.command()
def resend(
    name: StageName,
    reference: Reference,
    to: To = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Send a new link to whoever decides on a case. The link before stops working.

    When: the e-mail was deleted; or, with --to deputy, when the decision-maker is on leave or
    silent and the partnership agreed to pass the case on. The case's trail says so.

    Example: python -m infra link resend prod PR-23456789 --to deputy
    """
    console = Console(as_json=as_json)
    with desk.at(name, reference) as here:
        links = here.services.links
        role = Role(to) if to else None
        person = links.recipient(reference, to=role)
        found = {"reference": reference, "role": person.role, "label": person.label}
        if dry_run:
            console.say("Nothing was changed. A new link would go to this person:")
            console.result(found | {"dry_run": True}, facts({"To": person.label}))
            return
        confirm(here.stage, f"send a new link for {reference}", yes=yes)
        link = links.reissue(reference, to=role, operator=here.operator, now=here.now())
    console.result(
        found | {"expires_at": link.expires_at},
        facts({"New link to": person.label, "Works until": f"{link.expires_at:%d %B %Y}"}),
    )
    console.say("It goes out within a minute. The link before no longer works.")


@commands.command()
def revoke(
    name: StageName,
    reference: Reference,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Withdraw a case's link at once, with every session that it opened.

    When: it went to the wrong person, or a mailbox is in strange hands. Nobody can decide until a
    new link is sent with `link resend`.

    Example: python -m infra link revoke prod PR-23456789
    """
    console = Console(as_json=as_json)
    with desk.at(name, reference) as here:
        links = here.services.links
        link = links.current(reference, now=here.now())
        found = {"reference": reference, "role": link.role, "issued_at": link.issued_at}
        if dry_run:
            console.say("Nothing was changed. This link would be withdrawn:")
            console.result(found | {"dry_run": True}, facts(found))
            return
        confirm(here.stage, f"withdraw the link of {reference}", yes=yes)
        revoked = links.revoke(reference, operator=here.operator, now=here.now())
    console.result(found | {"revoked_at": revoked.revoked_at}, facts({"Withdrawn": reference}))
