"""Checking the answers, sending the referral, and what happens next."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.domain.errors import (
    BadRequest,
    EmailUnconfirmed,
    ReferralIncomplete,
    StaleVersion,
    Unavailable,
)
from chalicelib.domain.forms.parsing import Problem
from chalicelib.domain.referrals import pages
from chalicelib.domain.referrals.summaries import Group, SectionSummary, in_parts, summarise
from chalicelib.metrics import Metric
from chalicelib.services.drafts import Draft
from chalicelib.services.referrals import submitted
from chalicelib.web.pages import Html, Redirect, Reply, Request
from chalicelib.web.referrals import addresses, drafts, sheets
from chalicelib.web.referrals.addresses import CONFIRM, SENT, TASKS, Place
from chalicelib.web.referrals.attachments import ATTACHMENTS
from chalicelib.web.referrals.drafts import draft_page
from chalicelib.web.referrals.enclosures import enclosed
from chalicelib.web.referrals.sheets import NOT_GIVEN

_VERSION = re.compile("[0-9]{1,9}")

_STALE = (
    "Answers were changed in another tab. The referral was not sent. Check it again, then send it"
)
_INCOMPLETE = "The referral was not sent: some questions must be answered first"
_UNAVAILABLE = (
    "We do not know whether the referral was sent. Your answers are saved. "
    "Send it again: it cannot be sent twice"
)

TableRow = tuple[str, tuple[str, ...], str]


@dataclass(frozen=True)
class Block:
    """A list of answers on the check page: a card where it has a title."""

    title: str
    rows: tuple[TableRow, ...]
    actions: tuple[tuple[str, str, str], ...] = ()


@draft_page("/refer/check", methods=("GET", "POST"))
def check(request: Request) -> Reply:
    """Every answer before it is sent, and the button that sends."""
    draft = drafts.current(request)
    return _send(request, draft) if request.method == "POST" else _show(request, draft)


@draft_page("/refer/sent")
def sent(request: Request) -> Reply:
    """The reference and what happens next."""
    draft = drafts.read(request)
    if not draft.reference:
        return Redirect(TASKS)
    return Html("referrals/sent.html", {"receipt": submitted(draft.stored)})


def _send(request: Request, draft: Draft) -> Reply:
    seen = _seen(request)
    meter = request.services.meter
    meter.emit(Metric.FORM_SENT)
    try:
        request.services.referrals.submit(draft, seen=seen, now=request.now)
    except StaleVersion:
        meter.emit(Metric.REFERRAL_REFUSED)
        again = drafts.current(request)
        return _show(request, again, message=_STALE, status=sheets.STALE)
    except ReferralIncomplete:
        meter.emit(Metric.REFERRAL_REFUSED)
        return _show(request, draft, message=_INCOMPLETE, status=sheets.INVALID)
    except EmailUnconfirmed:
        meter.emit(Metric.REFERRAL_REFUSED)
        return Redirect(CONFIRM)
    except Unavailable:
        meter.emit(Metric.REFERRAL_FAILED)
        return _show(request, draft, message=_UNAVAILABLE, status=sheets.UNAVAILABLE)
    return Redirect(SENT)


def _seen(request: Request) -> int:
    """The version of the draft that was checked."""
    version = request.fields.get("version", [])
    if set(request.fields) != {"version"} or len(version) != 1:
        raise BadRequest("version missing or doubled, or other fields beside it")
    if not _VERSION.fullmatch(version[0]):
        raise BadRequest("version is not a number")
    return int(version[0])


def _show(request: Request, draft: Draft, *, message: str = "", status: int = 200) -> Html:
    missing = addresses.unanswered(draft.answers, to_check=True)
    anchor = "missing" if missing else "send"
    context = {
        "sections": [_section(section) for section in summarise(draft.answers)],
        "missing": missing,
        "files": enclosed(request, draft),
        "attachments": ATTACHMENTS,
        "is_confirmed": _is_confirmed(draft),
        "confirm": CONFIRM,
        "version": draft.version,
        "problems": (Problem("", message, anchor),) if message else (),
        "back": TASKS,
    }
    return Html("referrals/check.html", context, status=status)


def _is_confirmed(draft: Draft) -> bool:
    """Whether the address that the referral gives may be written to. A check's need not be."""
    contact = draft.answers.at("referrer/contact", pages.referrer.Contact)
    given = contact.email if contact else ""
    return draft.stored.is_test or draft.is_confirmed_as(given)


def _section(section: SectionSummary) -> dict[str, object]:
    """What was answered in a section, and where to add to its entries if it has any."""
    last = section.groups[-1]
    repeat = last.page.repeat if last.entry is not None else None
    return {
        "title": section.title,
        "blocks": _blocks(section),
        "more": Place(last.page, to_check=True).address if repeat else "",
        "thing": repeat.entry.lower() if repeat else "",
    }


def _blocks(section: SectionSummary) -> tuple[Block, ...]:
    answered = [group for group in section.groups if group.rows or group.note]
    return tuple(_block(is_card, together) for is_card, together in in_parts(answered))


def _block(is_card: bool, together: tuple[Group, ...]) -> Block:
    if together[0].entry is not None:
        return _entry_card(together[0])
    rows = tuple(row for group in together for row in _rows(group))
    return Block(together[0].title if is_card else "", rows)


def _entry_card(group: Group) -> Block:
    place = Place(group.page, group.entry, to_check=True)
    actions = (
        ("Change", place.address, group.title),
        ("Remove", place.removal, group.title),
    )
    rows = tuple((row.label, row.lines or (NOT_GIVEN,), "") for row in group.rows)
    return Block(group.title, rows, actions)


def _rows(group: Group) -> tuple[TableRow, ...]:
    address = Place(group.page, to_check=True).address
    if group.note:
        return ((group.title, (group.note,), address),)
    return tuple((row.label, row.lines or (NOT_GIVEN,), address) for row in group.rows)
