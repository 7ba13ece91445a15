"""Before the first question, and between sections."""

from __future__ import annotations

from chalicelib.domain.errors import (
    BadRequest,
    DraftExpired,
    DraftNotFound,
    DraftSessionEnded,
    ServiceError,
    Tampered,
    UnknownFields,
)
from chalicelib.domain.referrals import journey
from chalicelib.domain.referrals.journey import Section, Status
from chalicelib.metrics import Metric
from chalicelib.services.drafts import Draft
from chalicelib.web.pages import Access, Html, Redirect, Reply, Request, page
from chalicelib.web.referrals import addresses, drafts
from chalicelib.web.referrals.addresses import CHECK, CONFIRM, DELETE, TASKS, Place
from chalicelib.web.referrals.attachments import ATTACHMENTS
from chalicelib.web.referrals.drafts import draft_page, referrals
from chalicelib.web.referrals.enclosures import enclosed, said

REPLACE = "replace"

_COLOURS = {Status.NOT_STARTED: "grey", Status.IN_PROGRESS: "blue", Status.COMPLETED: ""}


@page(referrals, "/refer", access=Access.PUBLIC, methods=("GET", "POST"))
def start(request: Request) -> Reply:
    """What a referral is for; starting one is a POST."""
    return _begin(request) if request.method == "POST" else _welcome(request)


def _welcome(request: Request) -> Reply:
    try:
        draft = drafts.read(request)
    except ServiceError:
        # This page holds the numbers to phone for a child in danger: it must not fail.
        return Html("referrals/start.html", {"draft": None})
    return Html("referrals/start.html", {"draft": None if draft.reference else draft})


def _begin(request: Request) -> Reply:
    """A new draft. One that is not sent yet is left only by somebody who says so."""
    replace = _wants_to_replace(request)
    if not replace and _has_open_draft(request):
        return Redirect(TASKS)
    draft = request.services.drafts.start(network=request.network, now=request.now)
    return Redirect(TASKS, cookies=(drafts.cookie(draft, request),))


def _wants_to_replace(request: Request) -> bool:
    if not {"action"}.issuperset(request.fields):
        raise UnknownFields("fields that the start page does not have")
    action = request.fields.get("action", [""])
    if action not in ([""], [REPLACE]):
        raise BadRequest("no such action")
    return action == [REPLACE]


def _has_open_draft(request: Request) -> bool:
    try:
        return not drafts.read(request).reference
    except (DraftNotFound, DraftExpired, DraftSessionEnded):
        # One whose session has ended is another person's, perhaps; its own link leads to it.
        return False
    except Tampered:
        # A new draft takes its place, and no page tells of it.
        request.services.meter.emit(Metric.SEAL_BROKEN)
        return False


@draft_page("/refer/tasks")
def tasks(request: Request) -> Reply:
    """The sections and how far each is."""
    draft = drafts.current(request)
    done = sum(
        journey.section_status(section, draft.answers) is Status.COMPLETED
        for section in journey.JOURNEY
    )
    context = {
        "sections": [_task(section, draft) for section in journey.JOURNEY],
        "done": done,
        "missing": addresses.unanswered(draft.answers),
        "papers": _papers(request, draft),
        "check": CHECK,
        "confirm": CONFIRM,
        "delete": DELETE,
        "email": draft.confirmed_email,
        "expires_at": draft.expires_at,
    }
    return Html("referrals/tasks.html", context)


def _papers(request: Request, draft: Draft) -> dict[str, str]:
    enclosures = enclosed(request, draft, look=False)
    return {
        "title": "Add files (optional)",
        "href": ATTACHMENTS,
        "status": said(enclosures),
        "colour": "",
    }


def _task(section: Section, draft: Draft) -> dict[str, str]:
    status = journey.section_status(section, draft.answers)
    return {
        "title": section.title,
        "href": Place(journey.first_page(section, draft.answers)).address,
        "status": status.value,
        "colour": _COLOURS[status],
    }
