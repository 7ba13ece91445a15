"""The blueprint of these pages, and the route of every one that needs a draft."""

from __future__ import annotations

from functools import partial

from chalice.app import Blueprint

from chalicelib.web.referrals.drafts import draft_page

drafts = Blueprint(__name__)
own_page = partial(draft_page, on=drafts)
