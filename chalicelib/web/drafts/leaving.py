"""Leaving a draft: to come back later, for others who use the device, or for good."""

from __future__ import annotations

from chalicelib.domain.errors import DraftExpired, DraftNotFound, UnknownFields
from chalicelib.web.cookies import Cookie
from chalicelib.web.drafts.routes import drafts as blueprint
from chalicelib.web.drafts.routes import own_page
from chalicelib.web.pages import Access, Html, Redirect, Reply, Request, page
from chalicelib.web.referrals import drafts
from chalicelib.web.referrals.addresses import CONFIRM, DELETE, SAVED, TASKS

DELETED = "/refer/deleted"
SIGN_OUT = "/refer/sign-out"
SIGNED_OUT = "/refer/signed-out"

_GONE = Cookie(drafts.COOKIE, "", max_age=0)


@own_page(SAVED, methods=("GET", "POST"))
def saved(request: Request) -> Reply:
    """Until when the draft is kept, and how to come back to it. A POST sends the link again."""
    draft = drafts.current(request)
    if not draft.is_confirmed:
        return Redirect(CONFIRM)
    if request.method == "POST":
        _nothing_asked(request)
        request.services.drafts.send_link(draft, now=request.now)
        return Redirect(f"{SAVED}?sent=yes")
    context = {
        "expires_at": draft.expires_at,
        "email": draft.confirmed_email,
        "confirmed": "confirmed" in request.query,
        "sent": "sent" in request.query,
        "tasks": TASKS,
        "sign_out": SIGN_OUT,
    }
    return Html("drafts/saved.html", context)


@own_page(SIGN_OUT, methods=("POST",))
def sign_out(request: Request) -> Reply:
    """Shut this browser out: a link and a code lead back."""
    _nothing_asked(request)
    draft = drafts.current(request)
    if not draft.is_confirmed:
        return Redirect(CONFIRM)
    request.services.drafts.leave(draft)
    return Redirect(SIGNED_OUT, cookies=(_GONE,))


@page(blueprint, SIGNED_OUT, access=Access.PUBLIC)
def signed_out(_request: Request) -> Reply:
    """That the draft is kept, and how to come back."""
    return Html("drafts/signed_out.html")


@own_page(DELETE, methods=("GET", "POST"))
def delete(request: Request) -> Reply:
    """Asks before the draft is deleted, and deletes it."""
    if request.method == "GET":
        drafts.current(request)
        return Html("drafts/delete.html", {"tasks": TASKS})
    _nothing_asked(request)
    try:
        request.services.drafts.delete(drafts.current(request), now=request.now)
    except (DraftNotFound, DraftExpired):
        # Deleted a moment ago by the same form, or gone by itself: it is what was asked for.
        if not request.cookies.get(drafts.COOKIE):
            raise
    return Redirect(DELETED, cookies=(_GONE,))


@page(blueprint, DELETED, access=Access.PUBLIC)
def deleted(_request: Request) -> Reply:
    """That it is gone."""
    return Html("drafts/deleted.html")


def _nothing_asked(request: Request) -> None:
    if request.fields:
        raise UnknownFields("fields that the page does not ask for")
