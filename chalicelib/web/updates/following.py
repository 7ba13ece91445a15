"""Where a case stands, in public words, and a copy of all that its referrer sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib import templating
from chalicelib.domain import attachments, calendar
from chalicelib.domain.cases import State
from chalicelib.domain.people import Role
from chalicelib.domain.updates import history, standing
from chalicelib.web import blocks, headers
from chalicelib.web.attachments import files
from chalicelib.web.attachments.files import Shown
from chalicelib.web.pages import Redirect, Reply, Request, Text
from chalicelib.web.updates.sessions import (
    START,
    address,
    followed_page,
    reference,
    show,
    tokens,
)

if TYPE_CHECKING:
    from chalicelib.services.attachments import Held
    from chalicelib.services.cases import Supplied
    from chalicelib.services.updates import Following


@dataclass(frozen=True)
class Asked:
    """One request for information: by whom, and what. Why is nobody's but its author's."""

    at: datetime
    by: str
    words: str


@dataclass(frozen=True)
class Sent:
    """Information that was supplied, with its files."""

    information: Supplied
    files: tuple[Shown, ...]


@followed_page(f"{START}/{{reference}}")
def referral(request: Request) -> Reply:
    """Where the case stands, what happens next, what was asked and sent, and what can be done."""
    following = request.services.updates.read(*tokens(request), now=request.now)
    case, asked = following.case, asked_of(request, following)
    today = calendar.london_date(request.now)
    return show(
        request,
        "referral",
        session=following.session,
        case=case,
        standing=standing(case, decider=_label(request, case.decider), today=today),
        asked=asked,
        is_awaited=case.state is State.AWAITING_INFORMATION,
        history=history(
            case,
            asked=[(each.at, each.by) for each in asked],
            supplied=[(each.at, bool(each.answers)) for each in following.supplied],
        ),
        **_sent(request, following),
    )


@followed_page(f"{START}/{{reference}}/copy")
def copy(request: Request) -> Reply:
    """All that was sent, to read and to print."""
    copied = request.services.updates.copy(*tokens(request), now=request.now)
    return show(
        request,
        "copy",
        session=copied.following.session,
        case=copied.following.case,
        asked=asked_of(request, copied.following),
        sections=[
            (section.slug, section.title, blocks.of(section))
            for section in copied.referral.summary()
        ],
        **_sent(request, copied.following),
    )


@followed_page(f"{START}/{{reference}}/copy/download")
def download(request: Request) -> Reply:
    """The same copy as a file that needs no other, named by its reference alone."""
    copied = request.services.updates.copy(*tokens(request), now=request.now)
    context = {
        "settings": request.services.settings,
        "case": copied.following.case,
        "asked": asked_of(request, copied.following),
        "sections": copied.referral.summary(),
        "copied_at": request.now,
        **_sent(request, copied.following),
    }
    file = templating.render("updates/copy_file.html", context)
    return Text(file, headers.HTML, filename=f"{reference(request)}.html")


@followed_page(f"{START}/{{reference}}/done")
def done(request: Request) -> Reply:
    """What was just sent, or that the referral was withdrawn."""
    following = request.services.updates.read(*tokens(request), now=request.now)
    if not (following.case.withdrawn_at or following.supplied):
        return Redirect(address(request))
    return show(
        request,
        "done",
        session=following.session,
        case=following.case,
        decider=_label(request, following.case.decider),
        newest=following.supplied[-1] if following.supplied else None,
    )


def asked_of(request: Request, following: Following) -> list[Asked]:
    """The requests for information, the oldest first."""
    return [
        Asked(ruling.at, _label(request, ruling.role), form.information or "")
        for ruling, form in following.requests
    ]


def _sent(request: Request, following: Following) -> dict[str, Any]:
    """The files of the referral, and what was supplied since with its own."""
    held = request.services.attachments.held(following.case.case_id, following.key)
    return {
        "files": _part(held, attachments.REFERRAL),
        "supplied": [
            Sent(each, _part(held, attachments.information(each.number)))
            for each in following.supplied
        ],
    }


def _part(held: tuple[Held, ...], part: str) -> tuple[Shown, ...]:
    return files.shown(each for each in held if each.part == part)


def _label(request: Request, role: Role) -> str:
    """How pages name who decides. Nobody holds the role while the office looks for somebody."""
    settings = request.services.settings
    person = settings.person(role) if role is not Role.OFFICE else None
    return person.label if person else settings.decision_maker_label
