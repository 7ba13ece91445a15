"""``case``: cases, listed, shown, exported, held and erased."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from chalicelib.domain.audit import Act
from chalicelib.domain.cases import Case, Disposal, State
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
)
from infra.operating import desk, exports, mail, pictures, plain
from infra.operating.desk import Desk
from infra.operating.options import ReasonOption, Reference, confirm_reference, needed

commands = typer.Typer(
    name="case", help="List, show, export, hold and erase cases.", no_args_is_help=True
)

Unseal = Annotated[
    bool, typer.Option("--unseal", help="Show what is sealed too. Needs a reason; is in the trail.")
]
Out = Annotated[
    Path | None,
    typer.Argument(metavar="[OUT.zip]", help="The file to write; otherwise REFERENCE.zip here."),
]
DisposalReason = Annotated[
    Disposal,
    typer.Option(
        "--reason",
        help="Why the case may be erased: the disposal decision. It stays readable in the trail.",
    ),
]
TypedReference = Annotated[
    str,
    typer.Option(
        "--confirm", metavar="REFERENCE", help="The reference again, in place of typing it."
    ),
]


@commands.command("list")
def list_cases(
    name: StageName,
    state: Annotated[State | None, typer.Option("--state", help="Only these.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List cases, the newest first. Nothing personal is shown.

    When: to find a reference, or what waits for a decision.

    Example: python -m infra case list prod --state awaiting-decision
    """
    found: list[Case] = []
    with desk.at(name) as here:
        for case in here.services.cases.every():
            if state in (None, case.state):
                found.append(case)
            if len(found) == limit:
                break
    Console(as_json=as_json).result([plain.case(each) for each in found], pictures.cases(found))


@commands.command()
def show(
    name: StageName,
    reference: Reference,
    unseal: Unseal = False,
    reason: ReasonOption = "",
    as_json: AsJson = False,
    yes: Yes = "",
) -> None:
    """Show where a case stands, its trail and its messages. Nothing personal, unless --unseal.

    When: somebody asks about a reference. --unseal shows the whole referral and the decision; the
    trail says who did so before anything is shown, and keeps the reason sealed.

    Example: python -m infra case show prod PR-23456789
    """
    console = Console(as_json=as_json)
    if unseal:
        needed(reason)
    with desk.at(name, reference) as here:
        if unseal:
            confirm(here.stage, f"open the seals of {reference}", yes=yes)
            _show_unsealed(console, here, reference, reason)
        else:
            _show(console, here, reference)


@commands.command()
def export(
    name: StageName,
    reference: Reference,
    out: Out = None,
    reason: ReasonOption = "",
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Write one case as a zip: JSON, a page to print, files, trail, a manifest with digests.

    When: subject access, a court's order, handing a case over. The zip is plain text: keep it safe.
    The trail says who exported the case, and keeps the reason sealed.

    Example: python -m infra case export prod PR-23456789 --reason "SAR 2027-014"
    """
    console, target = Console(as_json=as_json), out or Path(f"{reference}.zip")
    needed(reason)
    if target.exists():
        raise BadUsage(f"{target} exists already.", next_step="Name another file.")
    with desk.at(name, reference) as here:
        if dry_run:
            case = here.services.cases.overview(reference).case
            console.say(f"Nothing was written. {case.reference} would be exported to {target}.")
            console.result({"reference": reference, "file": target, "dry_run": True})
            return
        confirm(here.stage, f"export {reference}", yes=yes)
        held = _export(here, reference, reason)
    _write(target, exports.pack(held))
    console.result(
        {"reference": reference, "file": target, "files": sorted(held)},
        facts({"Written": target, "Files": ", ".join(sorted(held))}),
    )
    console.warn("This file is not sealed. Keep it on an encrypted disk and delete it afterwards.")


@commands.command()
def hold(
    name: StageName,
    reference: Reference,
    reason: ReasonOption = "",
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Put a legal hold on a case: it cannot be erased until the hold is released.

    When: police, a coroner, a court or an inquiry needs the case kept.

    Example: python -m infra case hold prod PR-23456789 --reason "Inquest, letter of 3 May"
    """
    _change_hold("hold", name, reference, reason, Console(as_json=as_json), dry_run, yes)


@commands.command()
def release(
    name: StageName,
    reference: Reference,
    reason: ReasonOption = "",
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Lift the legal hold of a case.

    When: whoever asked for the hold said in writing that it has ended.

    Example: python -m infra case release prod PR-23456789 --reason "Inquest closed 9 June"
    """
    _change_hold("release", name, reference, reason, Console(as_json=as_json), dry_run, yes)


@commands.command()
def erase(
    name: StageName,
    reference: Reference,
    reason: DisposalReason,
    typed: TypedReference = "",
    as_json: AsJson = False,
    dry_run: DryRun = False,
    yes: Yes = "",
) -> None:
    """Erase a decided or withdrawn case for good: its key, its sealed referral and its files.

    When: the partners and the data protection officer decided so in writing, for this case. The
    trail stays. The table's backups hold the key for 35 days more. Interrupted? Run it again.

    Example: python -m infra case erase prod PR-23456789 --reason retention-ended
    """
    console = Console(as_json=as_json)
    with desk.at(name, reference) as here:
        cases = here.services.cases
        if dry_run:
            case = cases.erasable(reference)
            console.say("Nothing was erased. What would go: key, sealed referral and files of")
            console.result(plain.case(case) | {"dry_run": True}, pictures.cases([case]))
            return
        cases.erasable(reference)
        confirm(here.stage, f"erase {reference} for good", yes=yes)
        confirm_reference(reference, typed)
        with console.step(f"Erasing {reference}"):
            case = cases.erase(reference, disposal=reason, operator=here.operator, now=here.now())
    console.result(plain.case(case), pictures.cases([case]))
    console.say("Note it in the office's list of erasures: a restored backup must repeat it.")


def _change_hold(
    act: str,
    name: str,
    reference: str,
    reason: str,
    console: Console,
    dry_run: bool,
    yes: str,
) -> None:
    needed(reason)
    with desk.at(name, reference) as here:
        cases = here.services.cases
        if dry_run:
            case = cases.overview(reference).case
            console.say("Nothing was changed. The case as it stands:")
            console.result(plain.case(case) | {"dry_run": True}, pictures.cases([case]))
            return
        confirm(here.stage, f"{act} {reference}", yes=yes)
        change = cases.hold if act == "hold" else cases.release
        case = change(reference, reason=reason, operator=here.operator, now=here.now())
    console.result(plain.case(case), pictures.cases([case]))


def _show(console: Console, here: Desk, reference: str) -> None:
    overview = here.services.cases.overview(reference)
    link = here.services.links.of(overview.case)
    linked = plain.link(link, now=here.now()) if link else None
    console.result(
        {
            "case": plain.case(overview.case),
            "link": linked,
            "trail": [plain.event(each) for each in overview.trail],
            "messages": [mail.plain(each) for each in overview.messages],
        },
        pictures.overview(overview, link, is_live=bool(linked and linked["is_live"])),
    )


def _show_unsealed(console: Console, here: Desk, reference: str, reason: str) -> None:
    opened = here.services.cases.unseal(
        reference, reason=reason, operator=here.operator, now=here.now()
    )
    console.result(
        {
            "case": plain.case(opened.overview.case),
            "referral": opened.referral.model_dump(mode="json"),
            "decisions": exports.decisions(opened),
            "information": exports.information(opened),
            "attachments": exports.attachments(opened),
            "trail": exports.trail(opened),
        },
        pictures.opened(opened),
    )


def _export(here: Desk, reference: str, reason: str) -> dict[str, bytes]:
    now = here.now()
    opened = here.services.cases.unseal(
        reference, reason=reason, operator=here.operator, now=now, act=Act.CASE_EXPORTED
    )
    contents = here.services.cases.contents(opened)
    return exports.files(opened, here.stage.settings, contents=contents, exported_at=now)


def _write(target: Path, content: bytes) -> None:
    """Write a new file that only its owner can read."""
    try:
        opened = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{target} exists already. Nothing was written over it.") from None
    with os.fdopen(opened, "wb") as file:
        file.write(content)
