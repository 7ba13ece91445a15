"""What a link's pages say once the link, or the case, has ended."""

from __future__ import annotations

from chalicelib.domain import errors
from chalicelib.web.errors import PAGES, ErrorPage

PAGES[errors.LinkUnknown] = ErrorPage(404, "decisions/unknown.html")
PAGES[errors.LinkExpired] = ErrorPage(410, "decisions/expired.html")
PAGES[errors.LinkSpent] = ErrorPage(410, "decisions/spent.html")
PAGES[errors.LinkSuperseded] = ErrorPage(410, "decisions/superseded.html")
PAGES[errors.LinkRevoked] = ErrorPage(410, "decisions/revoked.html")
PAGES[errors.AlreadyWithdrawn] = ErrorPage(410, "decisions/withdrawn.html")
PAGES[errors.AlreadyDecided] = ErrorPage(409, "decisions/already_decided.html")
