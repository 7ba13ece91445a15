"""The draft of a browser: its cookie, and the pages that need one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import replace
from urllib.parse import quote

from chalice.app import Blueprint

from chalicelib.domain.errors import AlreadySubmitted, DraftSessionEnded
from chalicelib.services.drafts import Draft
from chalicelib.web.pages import Access, Cookie, Html, Redirect, Reply, Request, page
from chalicelib.web.referrals import addresses

COOKIE = "draft"
SECONDS_A_DAY = 86_400

referrals = Blueprint(__name__)

Handler = Callable[[Request], Reply]

_NO_SESSION = 403
# What the handler of this request opened: the page around it says when that ends.
_opened: ContextVar[Draft | None] = ContextVar("opened", default=None)


def draft_page(
    pattern: str, *, methods: Sequence[str] = ("GET",), on: Blueprint = referrals
) -> Callable[[Handler], Handler]:
    """Register a page of a draft. Once the draft was sent, it leads to what became of it.

    The page says when the browser is shut out. Once it was, a code leads back to the page.
    """

    def register(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def answer(request: Request) -> Reply:
            opened = _opened.set(None)
            try:
                return _with_ending(handler(request), request)
            except AlreadySubmitted:
                return Redirect(addresses.SENT)
            except DraftSessionEnded:
                return ended(request)
            finally:
                _opened.reset(opened)

        return page(on, pattern, access=Access.DRAFT, methods=methods)(answer)

    return register


def read(request: Request, *, touch: bool = False) -> Draft:
    """The draft of this browser, sent or not. Raises what ``DraftService.open`` raises.

    Reading a page puts off the end of the session. What is sent does when it is saved, or where
    it asks for that with ``touch``.
    """
    draft = request.services.drafts.open(
        request.cookies.get(COOKIE, ""), touch=touch or request.method == "GET", now=request.now
    )
    _opened.set(draft)
    return draft


def current(request: Request, *, touch: bool = False) -> Draft:
    """The draft that this browser is filling in. Raises AlreadySubmitted as well."""
    draft = read(request, touch=touch)
    if draft.reference:
        raise AlreadySubmitted(draft.reference)
    return draft


def cookie(draft: Draft, request: Request) -> Cookie:
    """The draft's cookie, good for as long as a draft that was saved just now."""
    days = request.services.settings.draft_days
    return Cookie(COOKIE, draft.token, max_age=days * SECONDS_A_DAY)


def here(request: Request) -> str:
    """The address of the page that is asked for, or whose form is sent."""
    if request.path == addresses.EXTEND:
        return request.query.get("to", addresses.TASKS)
    return request.path + ("?from=check" if addresses.from_check(request.query) else "")


def ended(request: Request) -> Html:
    """That a code is needed to go on. What was typed travels along, to be kept once it is."""
    typed = {name: values for name, values in request.fields.items() if name != "action"}
    kept = [(name, value) for name, values in typed.items() for value in values]
    context = {"kept": kept, "back": here(request)}
    return Html("drafts/session_ended.html", context, status=_NO_SESSION)


def _with_ending(reply: Reply, request: Request) -> Reply:
    draft = _opened.get()
    ends_at = draft.session_ends_at if draft else None
    if ends_at is None or not isinstance(reply, Html):
        return reply
    ending = {"at": ends_at, "extend": f"{addresses.EXTEND}?to={quote(here(request), safe='')}"}
    return replace(reply, context={**reply.context, "ending": ending})
