"""Staying signed in, and the way back in once the session has ended."""

from __future__ import annotations

import re

from chalicelib.domain.errors import BadRequest, NotFound, ReferralTooLarge, StaleVersion
from chalicelib.services.drafts import Draft
from chalicelib.web.drafts.routes import own_page
from chalicelib.web.pages import Redirect, Reply, Request
from chalicelib.web.referrals import addresses, drafts, keeping, sheets
from chalicelib.web.referrals.addresses import EXTEND
from chalicelib.web.referrals.sheets import Posted, Sheet

_OURS = re.compile(r"/refer/[a-z0-9/-]+(\?from=check)?")


@own_page(EXTEND, methods=("POST",))
def extend(request: Request) -> Reply:
    """Put off the end of the session, and go back with whatever the page's form held."""
    back = return_address(request.query.get("to", ""))
    draft = drafts.current(request, touch=True)
    return resume_typing(request, draft, back)


def return_address(given: str) -> str:
    """An address of the draft's own pages. Raises BadRequest for any other."""
    if not _OURS.fullmatch(given):
        raise BadRequest("back to no page of ours")
    return given


def resume_typing(request: Request, draft: Draft, back: str) -> Reply:
    """Keep the form of the page at ``back``, if there is one, and go back to it."""
    cookies = (drafts.cookie(draft, request),)
    try:
        place = addresses.place_at(back)
    except NotFound:
        # A page without questions: nothing was typed on it that could be lost.
        return Redirect(back, cookies=cookies)
    if "version" not in request.fields:
        return Redirect(back, cookies=cookies)
    posted = Posted.read(request.fields)
    change = keeping.as_typed(place, posted.typed)
    try:
        saved = keeping.write(request, draft, place, change, stamp=posted.version)
    except (StaleVersion, NotFound):
        return Sheet.typed(place, draft.answers, posted).overtaken(cookies=cookies)
    except ReferralTooLarge:
        return Sheet.typed(place, draft.answers, posted).unsaved(sheets.TOO_LARGE)
    return Redirect(place.address, cookies=(drafts.cookie(saved, request),))
