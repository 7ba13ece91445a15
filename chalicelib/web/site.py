"""Pages about the service itself, its assets, its health, and the answer to unknown addresses."""

from __future__ import annotations

import json
from pathlib import PurePath

from chalice.app import Blueprint

from chalicelib.domain.errors import NotFound
from chalicelib.web import assets, headers
from chalicelib.web.pages import Access, Html, Reply, Request, Text, page

site = Blueprint(__name__)


@page(site, "/", access=Access.PUBLIC)
def home(_request: Request) -> Reply:
    """What the service is for, and where to start."""
    return Html("site/home.html")


@page(site, "/accessibility", access=Access.PUBLIC)
def accessibility(_request: Request) -> Reply:
    """The accessibility statement."""
    return Html("site/accessibility.html")


@page(site, "/privacy", access=Access.PUBLIC)
def privacy(_request: Request) -> Reply:
    """How personal data is used."""
    return Html("site/privacy.html")


@page(site, "/cookies", access=Access.PUBLIC)
def cookies(_request: Request) -> Reply:
    """Which cookies are set, and why."""
    return Html("site/cookies.html")


@page(site, "/health", access=Access.PUBLIC)
def health(request: Request) -> Reply:
    """Whether the service answers, and which version does. Asks nothing of AWS."""
    body = json.dumps({"status": "ok", "version": request.services.settings.version})
    return Text(body, "application/json")


@page(site, "/assets/{fingerprint}/{name}", access=Access.PUBLIC)
def asset(request: Request) -> Reply:
    """A built file. Its address names its contents, so it may be kept for a year."""
    name = request.params["name"]
    text = assets.read(
        request.params["fingerprint"],
        name,
        accent_colour=request.services.settings.accent_colour,
    )
    return Text(text, assets.CONTENT_TYPES[PurePath(name).suffix], cache=headers.FOR_A_YEAR)


def unknown(_request: Request) -> Reply:
    """Any address that no other route has. Chalice asks the plainer routes first."""
    raise NotFound("no page at this address")


# Chalice has no route for "everything else" that works locally too, so each depth has its own.
for _depth in range(1, 7):
    _pattern = "".join(f"/{{{name}}}" for name in "abcdef"[:_depth])
    page(site, _pattern, access=Access.PUBLIC, methods=("GET", "POST"))(unknown)
