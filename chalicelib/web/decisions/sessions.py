"""What every page of a decision link shares: its address, its cookie, and who may see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from chalice.app import Blueprint

from chalicelib.domain.errors import InterestUndeclared, SessionNeeded
from chalicelib.domain.forms.parsing import Problem
from chalicelib.domain.forms.questions import Question, layout
from chalicelib.domain.links import Session, digest
from chalicelib.web.headers import CLOSED, Opening
from chalicelib.web.inputs import Filled, Values, fill
from chalicelib.web.pages import Access, Cookie, Handler, Html, Redirect, Reply, Request, page

decisions = Blueprint(__name__)


def address(request: Request, of: str = "") -> str:
    """The address of a page of the link that is asked for: that link's own page unless named."""
    link = f"/decisions/{request.params['token']}"
    return f"{link}/{of}" if of else link


def cookie_name(request: Request) -> str:
    """Each link has its own cookie, so that cases in two tabs do not end each other's session."""
    return f"session-{digest(request.params['token'])[:12]}"


def cookie(request: Request, session_token: str) -> Cookie:
    """The cookie that holds a session until the browser is closed."""
    return Cookie(cookie_name(request), session_token)


def tokens(request: Request) -> tuple[str, str]:
    """The link's token and that of its session, empty where the browser has none."""
    return request.params["token"], request.cookies.get(cookie_name(request), "")


def session_page(
    pattern: str, *, methods: Sequence[str] = ("GET",)
) -> Callable[[Handler], Handler]:
    """Register a page that needs a session; without one, lead to where a code is sent."""

    def register(handler: Handler) -> Handler:
        @wraps(handler)
        def guarded(request: Request) -> Reply:
            try:
                return handler(request)
            except SessionNeeded:
                had_one = cookie_name(request) in request.cookies
                return Redirect(address(request) + ("?ended=yes" if had_one else ""))
            except InterestUndeclared:
                return Redirect(address(request, "interest"))

        return page(decisions, pattern, access=Access.SESSION, methods=methods)(guarded)

    return register


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
    """The page ``name`` of a link. With its session it says when that ends."""
    shared = {"link": address(request), "page": name.replace("_", "-"), "session": session}
    return Html(
        f"decisions/{name}.html",
        shared | context,
        status=status,
        cookies=cookies,
        opening=opening,
    )


def inputs(model: type[Question], values: Values, problems: Sequence[Problem] = ()) -> list[Filled]:
    """The inputs of a question, with what was typed and what is wrong with it."""
    by_field = {problem.field: problem for problem in problems}
    return [fill(field, values, by_field) for field in layout(model)]
