"""What is said to somebody who comes back later."""

from __future__ import annotations

from chalicelib.web.drafts.routes import own_page
from chalicelib.web.pages import Html, Reply, Request
from chalicelib.web.referrals import drafts
from chalicelib.web.referrals.addresses import SAVED, TASKS


@own_page(SAVED)
def saved(request: Request) -> Reply:
    """Until when the draft is kept, and how to come back to it."""
    draft = drafts.current(request)
    return Html("drafts/saved.html", {"expires_at": draft.expires_at, "tasks": TASKS})
