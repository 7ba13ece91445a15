"""Where a link leads: a page that shows nothing of the case, and a code typed by hand.

A ruling that was posted after its session ended travels along in hidden fields, until the code
opens a new session in which it is kept.
"""

from __future__ import annotations

import re

from chalicelib.domain.errors import (
    CodeExpired,
    CodeWrong,
    LinkExpired,
    TooManyCodes,
    Unavailable,
    UnknownFields,
)
from chalicelib.domain.forms.parsing import Problem
from chalicelib.domain.links import normal_code
from chalicelib.web.decisions import rulings
from chalicelib.web.decisions.rulings import Fields, pairs
from chalicelib.web.decisions.sessions import address, cookie, decisions, show
from chalicelib.web.pages import Access, Html, Redirect, Reply, Request, page

_CODE = re.compile("[0-9]{6}")
_SEND = "send"
_SEND_AGAIN = "send-again"
_INVALID = 400

_EMPTY = "Enter the code from your email"
_MALFORMED = "The code is 6 digits, like 123 456. Check your email and type it again"
_NOT_SENT = "We could not send a code just now. Ask for a code again"
_NOT_CHECKED = "We could not check the code just now. Try again"


@page(decisions, "/decisions/{token}", access=Access.LINK)
def locator(request: Request) -> Reply:
    """That a case waits, and nothing else: scanners of mail read this page too."""
    located = request.services.links.locate(request.params["token"], now=request.now)
    return show(request, "locator", located=located, ended="ended" in request.query)


@page(decisions, "/decisions/{token}/code", access=Access.LINK, methods=("GET", "POST"))
def code(request: Request) -> Reply:
    """Send a code, or open a session for the one that was typed."""
    if request.method == "GET":
        request.services.links.locate(request.params["token"], now=request.now)
        return _ask(request, {}, sent_again="again" in request.query)
    kept = _kept(request)
    action = request.fields.get("action", [""])[0]
    if action in (_SEND, _SEND_AGAIN):
        return _send(request, kept, again=action == _SEND_AGAIN)
    return _open(request, kept)


@page(decisions, "/decisions/{token}/renew", access=Access.LINK, methods=("POST",))
def renew(request: Request) -> Reply:
    """A new link for an expired one, sent to whom the old one was sent."""
    token = request.params["token"]
    try:
        request.services.links.locate(token, now=request.now)
    except LinkExpired:
        request.services.links.renew(token, now=request.now)
        return show(request, "renewed")
    return Redirect(address(request))


def _kept(request: Request) -> Fields:
    """The ruling that travels along. Raises UnknownFields for anything we do not send."""
    if not (rulings.SENT | {"action", "code"}).issuperset(request.fields):
        raise UnknownFields("fields that the page does not ask for")
    return {name: values for name, values in request.fields.items() if name in rulings.SENT}


def _send(request: Request, kept: Fields, *, again: bool) -> Reply:
    try:
        request.services.links.send_code(request.params["token"], now=request.now)
    except TooManyCodes:
        return show(request, "too_many_codes", kept=pairs(kept), status=429)
    except Unavailable:
        return _ask(request, kept, problem=_NOT_SENT, status=503)
    if kept:
        return _ask(request, kept, sent_again=again)
    return Redirect(address(request, "code") + ("?again=yes" if again else ""))


def _open(request: Request, kept: Fields) -> Reply:
    typed = normal_code(request.fields.get("code", [""])[0])
    if not _CODE.fullmatch(typed):
        # Not a guess, so it costs no try.
        return _ask(request, kept, problem=_MALFORMED if typed else _EMPTY, status=_INVALID)
    links = request.services.links
    try:
        session_token, _ = links.open_session(request.params["token"], typed, now=request.now)
    except CodeWrong as wrong:
        return _ask(request, kept, problem=_wrong(wrong.tries_left), status=_INVALID)
    except CodeExpired:
        return show(request, "code_ended", kept=pairs(kept), status=_INVALID)
    except Unavailable:
        return _ask(request, kept, problem=_NOT_CHECKED, status=503)
    opened = (cookie(request, session_token),)
    if kept:
        return rulings.keep(request, kept, session_token, cookies=opened)
    return Redirect(address(request, "case"), cookies=opened)


def _ask(
    request: Request,
    kept: Fields,
    *,
    problem: str = "",
    sent_again: bool = False,
    status: int = 200,
) -> Html:
    return show(
        request,
        "code",
        kept=pairs(kept),
        sent_again=sent_again,
        problem=problem,
        problems=(Problem("code", problem, "code"),) if problem else (),
        status=status,
    )


def _wrong(tries_left: int) -> str:
    tries = "1 try" if tries_left == 1 else f"{tries_left} tries"
    return f"The code does not match. Check your newest email. You have {tries} left"
