"""The one table from what went wrong to what the person reads.

A capability adds its own errors with a line each, in its own module:
``PAGES[LinkExpired] = ErrorPage(410, "decisions/expired.html")``. The nearest class in the
error's ladder counts. Templates get the error as ``error``.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from chalicelib.domain import errors
from chalicelib.web.csrf import CookieMissing
from chalicelib.web.replies import Html


@dataclass(frozen=True)
class ErrorPage:
    """The status and the template that an error is answered with."""

    status: int
    template: str


PAGES: dict[type[errors.ServiceError], ErrorPage] = {
    errors.ServiceError: ErrorPage(500, "errors/failed.html"),
    errors.BadRequest: ErrorPage(400, "errors/bad_request.html"),
    errors.TooLarge: ErrorPage(413, "errors/too_large.html"),
    errors.WrongContentType: ErrorPage(415, "errors/wrong_content_type.html"),
    errors.Forged: ErrorPage(403, "errors/forged.html"),
    CookieMissing: ErrorPage(403, "errors/cookie_missing.html"),
    errors.NotFound: ErrorPage(404, "errors/not_found.html"),
    errors.DraftNotFound: ErrorPage(404, "errors/draft_not_found.html"),
    errors.Gone: ErrorPage(410, "errors/gone.html"),
    errors.DraftExpired: ErrorPage(410, "errors/draft_expired.html"),
    errors.Conflict: ErrorPage(409, "errors/stale.html"),
    errors.ReferralTooLarge: ErrorPage(413, "errors/referral_too_large.html"),
    errors.ReferralIncomplete: ErrorPage(409, "errors/referral_incomplete.html"),
    errors.TooOften: ErrorPage(429, "links/too_often.html"),
    errors.Tampered: ErrorPage(500, "errors/tampered.html"),
    errors.Unavailable: ErrorPage(503, "errors/unavailable.html"),
}

_BY_STATUS: dict[int, str] = {
    HTTPStatus.NOT_FOUND: "errors/not_found.html",
    HTTPStatus.METHOD_NOT_ALLOWED: "errors/not_allowed.html",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "errors/too_large.html",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "errors/wrong_content_type.html",
}

# Shown when not even the settings or the layout can be had. It needs nothing and promises little.
LAST_WORDS = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Sorry, there is a problem with the service</title></head>
<body>
<h1>Sorry, there is a problem with the service</h1>
<p>Try again later. Anything you had already saved is kept.</p>
</body>
</html>
"""


def page_for(error: errors.ServiceError) -> Html:
    """The page that says what went wrong."""
    nearest = next(PAGES[kind] for kind in type(error).__mro__ if kind in PAGES)
    return Html(nearest.template, {"error": error}, status=nearest.status)


def page_for_status(status: int) -> Html:
    """The page for an error that Chalice found before any page of ours was asked."""
    otherwise = "errors/failed.html" if status >= 500 else "errors/bad_request.html"
    return Html(_BY_STATUS.get(status, otherwise), status=status)
