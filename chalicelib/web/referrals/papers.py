"""What can be read, printed or downloaded before a referral is begun."""

from __future__ import annotations

from chalice.app import Blueprint
from markupsafe import Markup

from chalicelib import templating
from chalicelib.domain.referrals import blank, pages
from chalicelib.domain.referrals.journey import JOURNEY
from chalicelib.web import assets, headers
from chalicelib.web.attachments.uploads import LIMITS
from chalicelib.web.pages import Access, Html, Reply, Request, Text, page

FILE_NAME = "referral-form.html"

papers = Blueprint(__name__)


@page(papers, "/refer/form", access=Access.PUBLIC)
def form(_request: Request) -> Reply:
    """Every question, with room to write: a page to read or to print."""
    return Html("referrals/form.html", {"paper": blank, "limits": LIMITS})


@page(papers, "/refer/form/download", access=Access.PUBLIC)
def form_file(request: Request) -> Reply:
    """The same form as one file, with its styles inside."""
    settings = request.services.settings
    context = {
        "settings": settings,
        "paper": blank,
        "limits": LIMITS,
        # Our own style sheet, which escaping would break; nobody's words are in it.
        "style": Markup(assets.style(assets.PAPER, accent_colour=settings.accent_colour)),  # noqa: S704
    }
    file = templating.render("referrals/form_file.html", context)
    return Text(file, headers.HTML, filename=FILE_NAME)


@page(papers, "/refer/guidance", access=Access.PUBLIC)
def guidance(_request: Request) -> Reply:
    """Who may refer which cases, what it takes and what happens then."""
    context = {
        "harm": pages.criteria.Harm.intro,
        "grounds": pages.criteria.STATUTORY_GROUNDS,
        "sections": JOURNEY,
        "limits": LIMITS,
    }
    return Html("referrals/guidance.html", context)
