"""How a person sees a case in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from chalicelib.domain.cases import Case
from chalicelib.domain.links import Link
from chalicelib.domain.referrals.summaries import Row, rows
from chalicelib.services.cases import Opened, Overview
from chalicelib.templating import format_date, format_date_time
from infra.cli.console import facts, table
from infra.operating import mail


def cases(found: Sequence[Case]) -> Table:
    """A list of cases."""
    return table(
        "Reference",
        "Received",
        "State",
        "Decision due",
        "Outcome",
        "From",
        "Legal hold",
        rows=[
            (
                case.reference,
                format_date(case.received_at),
                case.state,
                format_date(case.decision_due),
                case.outcome or "",
                case.agency,
                "yes" if case.held_at else "",
            )
            for case in found
        ],
    )


def overview(of: Overview, link: Link | None, *, is_live: bool) -> Group:
    """What is plain of a case."""
    return Group(
        facts(_case(of.case) | {"Link": _link(link, is_live=is_live)}),
        _heading("Trail"),
        table(
            "",
            "When",
            "What",
            "By",
            "Operator",
            "Of",
            rows=[
                (
                    each.number,
                    format_date_time(each.at),
                    each.act,
                    each.role,
                    each.actor,
                    each.subject,
                )
                for each in of.trail
            ],
        ),
        _heading("Messages"),
        table(
            "Message",
            "Kind",
            "To",
            "Status",
            "Last known",
            rows=[
                (
                    each.message_id,
                    each.kind,
                    each.role,
                    each.status,
                    format_date_time(mail.ended_at(each)),
                )
                for each in of.messages
            ],
        ),
    )


def opened(of: Opened) -> Group:
    """What was sealed of a case."""
    return Group(*_opened(of))


def _opened(of: Opened) -> Iterator[RenderableType]:
    for ruling, form in of.rulings:
        yield _heading(f"{format_date_time(ruling.at)}, by the {ruling.role.replace('-', ' ')}")
        yield _answers(rows(form))
    for each in of.supplied:
        yield _heading(f"{format_date_time(each.at)}, by the referrer")
        yield Text(each.words)
    for section in of.referral.summary():
        yield _heading(section.title)
        for group in section.groups:
            yield Text(f"\n{group.title}", style="italic")
            yield _answers(group.rows) if group.rows else Text(group.note or "Not given")
    if of.files:
        yield _heading("Files")
        rows_of = [(each.number, each.name, each.part, each.state) for each in of.files]
        yield table("", "Name", "Came with", "State", rows=rows_of)
    for number, reason in of.reasons.items():
        yield Text(f"\nReason of event {number}: {reason}")


def _answers(answered: Sequence[Row]) -> Table:
    return facts({row.label: "\n".join(row.lines) or "Not given" for row in answered})


def _heading(words: str) -> Text:
    return Text(f"\n{words}", style="bold underline")


def _case(of: Case) -> dict[str, object]:
    known: dict[str, object] = {
        "Reference": of.reference,
        "State": of.state,
        "Received": format_date_time(of.received_at),
        "Decision due": format_date(of.decision_due),
        "From": of.agency,
        "Decides": of.decider,
    }
    if of.outcome and of.decided_at:
        known["Decision"] = f"{of.outcome.label}, {format_date_time(of.decided_at)}"
    if of.withdrawn_at:
        known["Withdrawn"] = format_date_time(of.withdrawn_at)
    if of.supplied:
        known["Information supplied"] = f"{of.supplied} times" if of.supplied > 1 else "once"
    if of.held_at:
        known["Legal hold since"] = format_date_time(of.held_at)
    return known


def _link(link: Link | None, *, is_live: bool) -> str:
    if link is None:
        return "none is known"
    state = "works" if is_live else "does not work any more"
    return f"to the {link.role.replace('-', ' ')}, {format_date(link.issued_at)}; {state}"
