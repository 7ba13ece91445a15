"""Coming back to a draft: by the link of an e-mail, or where the session has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.domain import drafts as rules
from chalicelib.domain.errors import AlreadySubmitted, DraftNotFound, ServiceError
from chalicelib.domain.forms.parsing import Invalid, Problem
from chalicelib.domain.links import Purpose
from chalicelib.services.drafts import Draft
from chalicelib.web.drafts import sessions
from chalicelib.web.drafts.routes import drafts as blueprint
from chalicelib.web.drafts.routes import email_input, typed_email
from chalicelib.web.links import codes
from chalicelib.web.links.codes import CodePage
from chalicelib.web.pages import Access, Html, Redirect, Reply, Request, page
from chalicelib.web.referrals import drafts, sheets
from chalicelib.web.referrals.addresses import LOST_LINK, REOPEN, SENT, START, TASKS

SENT_LINKS = f"{LOST_LINK}/sent"

_BACK = "back"
_FIND = "The email’s subject starts with “Your referral”."


@page(blueprint, "/refer/resume/{token}", access=Access.LINK)
def resume(request: Request) -> Reply:
    """That a saved referral waits, and nothing of it: scanners of mail read this page too."""
    token = request.params["token"]
    try:
        link = request.services.drafts.locate(token, now=request.now)
    except AlreadySubmitted as sent:
        return Redirect(f"/referral/{sent.reference}")
    other = _draft_here(request)
    if other and other.case_id == link.reference:
        return Redirect(TASKS)
    is_left = other is not None and not (other.reference or other.is_confirmed)
    context = {"action": f"/refer/resume/{token}/code", "is_left": is_left}
    return Html("drafts/resume.html", context)


@page(blueprint, "/refer/resume/{token}/code", access=Access.LINK, methods=("GET", "POST"))
def resume_code(request: Request) -> Reply:
    """Send a code, or open the draft for the one that was typed."""
    token, services = request.params["token"], request.services
    try:
        services.drafts.locate(token, now=request.now)
    except AlreadySubmitted as sent:
        return Redirect(f"/referral/{sent.reference}")

    def send() -> None:
        services.links.send_code(
            token, purpose=Purpose.RESUME, network=request.network, now=request.now
        )

    def enter(typed: str) -> Reply:
        draft = services.drafts.resume(token, typed, network=request.network, now=request.now)
        return Redirect(TASKS, cookies=(drafts.cookie(draft, request),))

    address = f"/refer/resume/{token}"
    return codes.answer(request, CodePage(f"{address}/code", address, send, enter, find=_FIND))


@page(blueprint, REOPEN, access=Access.DRAFT, methods=("GET", "POST"))
def reopen(request: Request) -> Reply:
    """A code for a browser that was shut out, and back to the page with what was typed on it."""
    token, service = request.cookies.get(drafts.COOKIE, ""), request.services.drafts
    if rules.parts(token) is None:
        raise DraftNotFound

    def send() -> None:
        service.reopen(token, network=request.network, now=request.now)

    def enter(typed: str) -> Reply:
        draft = service.resume(
            rules.reopening(token), typed, network=request.network, now=request.now
        )
        return _back(request, draft)

    asked = CodePage(
        REOPEN,
        START,
        send,
        enter,
        keeps=None,
        unwritten=frozenset({_BACK}),
        sent_to="We sent 6 digits to the address that you confirmed.",
        find=_FIND,
    )
    try:
        return codes.answer(request, asked)
    except AlreadySubmitted:
        return Redirect(SENT)


@page(blueprint, LOST_LINK, access=Access.PUBLIC, methods=("GET", "POST"))
def lost_link(request: Request) -> Reply:
    """Ask for links by e-mail address. The answer is the same whatever there is."""
    if request.method == "GET":
        return _ask_for_email({})
    try:
        email = typed_email(request)
    except Invalid as invalid:
        return _ask_for_email(request.fields, problems=invalid.problems, status=sheets.INVALID)
    request.services.drafts.ask_for_links(email, network=request.network, now=request.now)
    return Redirect(SENT_LINKS)


@page(blueprint, SENT_LINKS, access=Access.PUBLIC)
def lost_link_sent(_request: Request) -> Reply:
    """What happens if there is a saved referral."""
    return Html("drafts/lost_link_sent.html", {"again": LOST_LINK})


def _back(request: Request, draft: Draft) -> Reply:
    """Where the session ended, with the form that was sent then."""
    fields = dict(codes.kept(request, None))
    back = sessions.return_address(fields.pop(_BACK, [TASKS])[0])
    return sessions.resume_typing(replace(request, fields=fields), draft, back)


def _draft_here(request: Request) -> Draft | None:
    """The draft that this browser may open already, if any."""
    try:
        return drafts.read(request)
    except ServiceError:
        return None


def _ask_for_email(
    values: Mapping[str, list[str]], *, problems: tuple[Problem, ...] = (), status: int = 200
) -> Html:
    context = {"input": email_input(values, problems), "problems": problems}
    return Html("drafts/lost_link.html", context, status=status)
