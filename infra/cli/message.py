"""``message``: the e-mails of a case, what became of them, and sending them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from chalicelib.domain.messages import Message, Status
from infra.cli.console import AsJson, Console, DryRun, Refused, StageName, Yes, confirm, table
from infra.operating import desk, mail
from infra.operating.options import Reference

commands = typer.Typer(
    name="message", help="See what became of e-mails, and send them again.", no_args_is_help=True
)

MaybeReference = Annotated[
    str, typer.Argument(metavar="[REFERENCE]", help="A case's reference; without it, every case.")
]
MessageId = Annotated[
    str, typer.Argument(metavar="MESSAGE_ID", help="The id that `message list` shows.")
]
Statuses = Annotated[
    list[Status] | None,
    typer.Option("--status", help="Only messages of this status. May be given several times."),
]
Since = Annotated[
    datetime | None,
    typer.Option(
        "--since",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help="Only what came to its end since then, in UTC.",
    ),
]
Expect = Annotated[
    int | None,
    typer.Option("--expect", min=1, help="How many messages go out: the number that was shown."),
]


@commands.command("list")
def list_messages(
    name: StageName,
    reference: MaybeReference = "",
    status: Statuses = None,
    as_json: AsJson = False,
) -> None:
    """List e-mails by kind, role, status and moments. Opens no seal, so it names nobody.

    When: somebody waits for an e-mail; mail fails for many; before `message resend`.

    Example: python -m infra message list prod PR-23456789

    Example: python -m infra message list prod --status bounced --status failed
    """
    console = Console(as_json=as_json)
    with desk.at(name, *([reference] if reference else [])) as here:
        cases = here.services.cases
        wanted = status or []
        if reference:
            known = cases.overview(reference).messages
            found = [each for each in known if not wanted or each.status in wanted]
        else:
            with console.step("Reading the messages of every case") as step:
                found = list(mail.every(cases, wanted))
                step.outcome = f"{len(found)} found"
    console.result([mail.plain(each) for each in found], _view(found))


@commands.command()
def resend(
    name: StageName,
    reference: Reference,
    message_id: MessageId,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Queue one e-mail again, whatever became of it before.

    When: it failed, bounced or was lost. It has the same Message-ID as before and goes to the same
    address. The trail keeps what had become of it.

    Example: python -m infra message resend prod PR-23456789 6f1c...
    """
    console = Console(as_json=as_json)
    with desk.at(name, reference) as here:
        cases = here.services.cases
        message = cases.sendable(reference, message_id, now=here.now())
        if dry_run:
            console.say("Nothing was changed. This message would be queued again:")
            console.result(mail.plain(message) | {"dry_run": True}, _view([message]))
            return
        confirm(here.stage, f"send an e-mail of {reference} again", yes=yes)
        again = cases.resend(reference, message_id, operator=here.operator, now=here.now())
    console.result(mail.plain(again), _view([again]))
    console.say("It is queued and goes out within a minute.")


@commands.command()
def replay(
    name: StageName,
    since: Since = None,
    status: Statuses = None,
    expect: Expect = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Queue every e-mail again that failed, after its provider was away.

    When: sending works again. Messages that bounced are left out unless --status bounced asks for
    them, because sending to addresses that bounce costs the sender's name. The first run only
    counts; a second with --expect and that number queues.

    Example: python -m infra message replay prod --since 2027-01-18 --expect 12
    """
    console = Console(as_json=as_json)
    after = since.replace(tzinfo=UTC) if since else None
    with desk.at(name) as here:
        cases, wanted = here.services.cases, status or [Status.FAILED]
        with console.step("Looking for messages to send again") as step:
            found = list(mail.to_replay(cases, wanted, since=after, now=here.now()))
            step.outcome = f"{len(found)} found"
        if dry_run or not found:
            told = {"found": [mail.plain(each) for each in found], "queued": 0, "dry_run": dry_run}
            console.result(told, _view(found))
            return
        _check_number(expect, len(found))
        confirm(here.stage, f"send {len(found)} e-mails again", yes=yes)
        with console.step(f"Queueing {len(found)} messages"):
            for each in found:
                cases.resend(
                    each.reference, each.message_id, operator=here.operator, now=here.now()
                )
    told = {"found": [mail.plain(each) for each in found], "queued": len(found), "dry_run": False}
    console.result(told, _view(found))


def _check_number(expected: int | None, found: int) -> None:
    if expected == found:
        return
    asked = "" if expected is None else f", not {expected}"
    raise Refused(
        f"{found} messages would go out{asked}. Nothing was queued.",
        next_step=f"Look at them with --dry-run, then run it again with --expect {found}",
    )


def _view(messages: Sequence[Message]) -> Table:
    return table(
        "Reference",
        "Message",
        "Kind",
        "To",
        "Status",
        "Tries",
        "Queued",
        "Last known",
        rows=[
            (
                each.reference,
                each.message_id,
                each.kind,
                each.role,
                each.status,
                each.attempts,
                f"{each.queued_at:%Y-%m-%d %H:%M}",
                f"{mail.ended_at(each):%Y-%m-%d %H:%M}",
            )
            for each in messages
        ],
    )
