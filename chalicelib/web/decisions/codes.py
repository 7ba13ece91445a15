"""Where a link leads: a page that shows nothing of the case, and a code typed by hand.

A ruling that was posted after its session ended travels along, until the code opens a new session
in which it is kept.
"""

from __future__ import annotations

from chalicelib.domain.errors import LinkExpired
from chalicelib.web.decisions import rulings
from chalicelib.web.decisions.sessions import address, cookie, decisions, show
from chalicelib.web.links import codes
from chalicelib.web.links.codes import CodePage
from chalicelib.web.pages import Access, Redirect, Reply, Request, page


@page(decisions, "/decisions/{token}", access=Access.LINK)
def locator(request: Request) -> Reply:
    """That a case waits, and nothing else: scanners of mail read this page too."""
    located = request.services.links.locate(request.params["token"], now=request.now)
    return show(request, "locator", located=located, ended="ended" in request.query)


@page(decisions, "/decisions/{token}/code", access=Access.LINK, methods=("GET", "POST"))
def code(request: Request) -> Reply:
    """Send a code, or open a session for the one that was typed."""
    token, links = request.params["token"], request.services.links
    if request.method == "GET":
        links.locate(token, now=request.now)

    def send() -> None:
        links.send_code(token, network=request.network, now=request.now)

    def enter(typed: str) -> Reply:
        session_token, _ = links.open_session(
            token, typed, network=request.network, now=request.now
        )
        opened = (cookie(request, session_token),)
        kept = codes.kept(request, rulings.SENT)
        if kept:
            return rulings.keep(request, kept, session_token, cookies=opened)
        return Redirect(address(request, "case"), cookies=opened)

    asked = CodePage(address(request, "code"), address(request), send, enter, keeps=rulings.SENT)
    return codes.answer(request, asked)


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
