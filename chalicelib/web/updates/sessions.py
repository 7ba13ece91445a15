"""What every page of a followed case shares: its address, its cookies, and who may see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from chalice.app import Blueprint

from chalicelib.domain.errors import (
    AlreadyDecided,
    AlreadyWithdrawn,
    LinkExpired,
    LinkUnknown,
    NotFound,
    SessionNeeded,
)
from chalicelib.domain.links import Session
from chalicelib.domain.references import is_reference
from chalicelib.web.headers import CLOSED, Opening
from chalicelib.web.pages import Access, Cookie, Handler, Html, Redirect, Reply, Request, page

START = "/referral"

updates = Blueprint(__name__)


def reference(request: Request) -> str:
    """The reference in the address. Raises NotFound for what can be none."""
    found = request.params["reference"]
    if not is_reference(found):
        raise NotFound("no reference at this address")
    return found


def address(request: Request, of: str = "") -> str:
    """The address of a page of the case that is asked for: its own page unless named."""
    return address_of(reference(request), of)


def address_of(case: str, of: str = "") -> str:
    """The address of a page of the case with this reference."""
    return f"{START}/{case}/{of}" if of else f"{START}/{case}"


def link_cookie(case: str, token: str) -> Cookie:
    """The cookie that holds which code is awaited. Each reference has its own."""
    return Cookie(_link_name(case), token)


def session_cookie(case: str, session_token: str) -> Cookie:
    """The cookie that holds a session until the browser is closed."""
    return Cookie(_session_name(case), session_token)


def no_cookies(case: str) -> tuple[Cookie, ...]:
    """What takes both cookies of a reference away."""
    return Cookie(_link_name(case), "", 0), Cookie(_session_name(case), "", 0)


def link_token(request: Request) -> str:
    """Under which a code was asked for, or empty."""
    return request.cookies.get(_link_name(reference(request)), "")


def tokens(request: Request) -> tuple[str, str]:
    """The token under which a code was asked for, and that of the session. Raises SessionNeeded."""
    token = link_token(request)
    if not token:
        raise SessionNeeded
    return token, request.cookies.get(_session_name(reference(request)), "")


def followed_page(
    pattern: str, *, methods: Sequence[str] = ("GET",)
) -> Callable[[Handler], Handler]:
    """Register a page that needs a session; without one, lead to where a code is typed."""

    def register(handler: Handler) -> Handler:
        @wraps(handler)
        def guarded(request: Request) -> Reply:
            try:
                return handler(request)
            except SessionNeeded:
                return Redirect(again(request))
            except (LinkUnknown, LinkExpired):
                return Redirect(f"{START}?ended=yes", cookies=no_cookies(reference(request)))
            except (AlreadyDecided, AlreadyWithdrawn) as error:
                return closed(request, error)

        return page(updates, pattern, access=Access.SESSION, methods=methods)(guarded)

    return register


def again(request: Request) -> str:
    """Where somebody without a session goes on: to a code if one was asked for, or to the start."""
    if not link_token(request):
        return f"{START}?reference={reference(request)}"
    had_one = _session_name(reference(request)) in request.cookies
    return address(request, "code") + ("?ended=yes" if had_one else "")


def show(
    request: Request,
    name: str,
    *,
    session: Session | None = None,
    status: int = 200,
    cookies: tuple[Cookie, ...] = (),
    opening: Opening = CLOSED,
    **context: Any,
) -> Html:
    """The page ``name`` of a case. With its session it says when that ends."""
    shared = {
        "reference": reference(request),
        "link": address(request),
        "page": name.replace("_", "-"),
        "session": session,
    }
    template = f"updates/{name}.html"
    return Html(template, shared | context, status=status, cookies=cookies, opening=opening)


def closed(
    request: Request,
    error: AlreadyDecided | AlreadyWithdrawn,
    *,
    typed: str = "",
    cookies: tuple[Cookie, ...] = (),
) -> Html:
    """The case has ended meanwhile; what was typed stays to be copied."""
    return show(
        request,
        "closed",
        at=error.at,
        is_withdrawn=isinstance(error, AlreadyWithdrawn),
        typed=typed,
        status=409,
        cookies=cookies,
    )


def _link_name(case: str) -> str:
    return f"follow-{case.lower()}"


def _session_name(case: str) -> str:
    return f"session-{case.lower()}"
