"""The way in: a reference, then a code. Every reference is answered alike, known or not."""

from __future__ import annotations

from chalicelib.domain.errors import LinkExpired, LinkUnknown, UnknownFields
from chalicelib.domain.forms.parsing import Problem
from chalicelib.domain.links import Purpose
from chalicelib.domain.references import is_reference, normal_reference
from chalicelib.web.links import codes
from chalicelib.web.links.codes import CodePage
from chalicelib.web.pages import Access, Html, Redirect, Reply, Request, page
from chalicelib.web.updates import writing
from chalicelib.web.updates.sessions import (
    START,
    address,
    address_of,
    followed_page,
    link_cookie,
    link_token,
    no_cookies,
    reference,
    session_cookie,
    show,
    tokens,
    updates,
)

_INVALID = 400
_FIELD = "reference"
_EMPTY = "Enter your reference"
_MALFORMED = (
    "Enter the reference as it stands in our email, like PR-23456789. Check each letter and number"
)


@page(updates, START, access=Access.PUBLIC, methods=("GET", "POST"))
def start(request: Request) -> Reply:
    """Which referral somebody wants to follow. What is asked for is done alike for every one."""
    if request.method == "GET":
        known = request.query.get(_FIELD, "")
        return _ask(request, known if is_reference(known) else "")
    values = request.fields.get(_FIELD, [])
    if set(request.fields) != {_FIELD} or len(values) != 1:
        raise UnknownFields("fields that the page does not ask for")
    case = normal_reference(values[0])
    if not is_reference(case):
        return _ask(request, values[0], problem=_MALFORMED if case else _EMPTY)
    token = request.services.links.ask(case, network=request.network, now=request.now)
    return Redirect(address_of(case, "code"), cookies=(link_cookie(case, token),))


@page(updates, f"{START}/{{reference}}/code", access=Access.LINK, methods=("GET", "POST"))
def code(request: Request) -> Reply:
    """Where the code is typed, or another is sent."""
    case, token = reference(request), link_token(request)
    try:
        request.services.links.locate(token, purpose=Purpose.FOLLOW, now=request.now)
    except (LinkUnknown, LinkExpired):
        return _from_the_start(request)
    if request.method == "GET" and "ended" in request.query:
        return show(request, "session_ended", kept=(), typed="")

    def send() -> None:
        request.services.links.send_code(
            token, purpose=Purpose.FOLLOW, network=request.network, now=request.now
        )

    def enter(typed: str) -> Reply:
        session_token, _ = request.services.links.open_session(
            token, typed, purpose=Purpose.FOLLOW, network=request.network, now=request.now
        )
        opened = (session_cookie(case, session_token),)
        kept = codes.kept(request, writing.KEPT)
        if kept:
            return writing.keep(request, (token, session_token), kept, cookies=opened)
        return Redirect(address(request), cookies=opened)

    asked = CodePage(
        address(request, "code"),
        START,
        send,
        enter,
        keeps=writing.KEPT,
        sent_to=f"If {case} is right, we sent 6 digits to the email address in that referral.",
    )
    return codes.answer(request, asked)


@followed_page(f"{START}/{{reference}}/leave", methods=("POST",))
def leave(request: Request) -> Reply:
    """Sign out of one case."""
    if request.fields:
        raise UnknownFields("nothing is asked here")
    request.services.updates.leave(*tokens(request), now=request.now)
    return Redirect(f"{START}?left=yes", cookies=no_cookies(reference(request)))


def _from_the_start(request: Request) -> Reply:
    """The code can be typed no more. What was written goes along under a new one."""
    if request.method == "POST":
        kept = codes.kept(request, writing.KEPT)
        if kept:
            return writing.under_a_new_code(request, kept)
    return Redirect(f"{START}?reference={reference(request)}")


def _ask(request: Request, typed: str, *, problem: str = "") -> Html:
    return Html(
        "updates/start.html",
        {
            "typed": typed,
            "problem": problem,
            "problems": (Problem(_FIELD, problem, _FIELD),) if problem else (),
            "ended": "ended" in request.query,
            "left": "left" in request.query,
        },
        status=_INVALID if problem else 200,
    )
