"""The draft of a browser: its cookie, and the pages that need one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from chalice.app import Blueprint

from chalicelib.domain.errors import AlreadySubmitted
from chalicelib.services.drafts import Draft
from chalicelib.web.pages import Access, Cookie, Redirect, Reply, Request, page
from chalicelib.web.referrals import addresses

COOKIE = "draft"
SECONDS_A_DAY = 86_400

referrals = Blueprint(__name__)

Handler = Callable[[Request], Reply]


def draft_page(pattern: str, *, methods: Sequence[str] = ("GET",)) -> Callable[[Handler], Handler]:
    """Register a page of a draft. Once the draft was sent, it leads to what became of it."""

    def register(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def answer(request: Request) -> Reply:
            try:
                return handler(request)
            except AlreadySubmitted:
                return Redirect(addresses.SENT)

        return page(referrals, pattern, access=Access.DRAFT, methods=methods)(answer)

    return register


def read(request: Request) -> Draft:
    """The draft of this browser, sent or not. Raises DraftNotFound or DraftExpired."""
    return request.services.drafts.open(request.cookies.get(COOKIE, ""), now=request.now)


def current(request: Request) -> Draft:
    """The draft that this browser is filling in. Raises AlreadySubmitted as well."""
    draft = read(request)
    if draft.reference:
        raise AlreadySubmitted(draft.reference)
    return draft


def cookie(draft: Draft, request: Request) -> Cookie:
    """The draft's cookie, good for as long as a draft that was saved just now."""
    days = request.services.settings.draft_days
    return Cookie(COOKIE, draft.token, max_age=days * SECONDS_A_DAY)
