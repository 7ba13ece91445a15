"""The files that go with information: they are added before it is sent, and sent with it."""

from __future__ import annotations

from chalicelib.domain import attachments
from chalicelib.domain.updates import Writing
from chalicelib.web.attachments import uploads
from chalicelib.web.attachments.uploads import Place
from chalicelib.web.pages import Request
from chalicelib.web.updates.sessions import START, address, followed_page, reference, tokens
from chalicelib.web.updates.writing import FILES


def place(request: Request) -> Place:
    """Where the files of the next information stand. Raises where nothing may be added."""
    following = request.services.updates.read(*tokens(request), now=request.now)
    following.case.ensure_open()
    form = address(request, Writing.INFORMATION.value)
    return Place(
        owner=reference(request),
        case_id=following.case.case_id,
        key=following.key,
        part=attachments.information(following.case.supplied + 1),
        address=address(request, FILES),
        back=form,
        onward=form,
        goes_with="your information",
    )


uploads.routes(followed_page, f"{START}/{{reference}}/{FILES}", place)
