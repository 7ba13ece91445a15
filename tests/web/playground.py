"""An app of the kernel's own with one form, for tests of what every page has in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Chalice

from chalicelib.web import pages
from chalicelib.web.cookies import Cookie
from chalicelib.web.pages import Access, Html, Redirect, Reply, Request


class Playground:
    """Keeps the requests that its handler got; ``fails`` is raised instead of answering."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.fails: Exception | None = None
        self.reply: Reply = Redirect("/form")
        self.app = Chalice("playground", configure_logs=False)
        self.app.register_middleware(pages.every_answer, "http")
        self.app.register_blueprint(self._blueprint())

    @property
    def request(self) -> Request:
        """The only request that reached the handler."""
        (request,) = self.requests
        return request

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields of the only form that reached the handler."""
        return self.request.fields

    def _blueprint(self) -> Blueprint:
        blueprint = Blueprint("playground")
        register = pages.page(blueprint, "/form", access=Access.PUBLIC, methods=("GET", "POST"))
        register(self._handle)
        pages.page(blueprint, "/things/{name}", access=Access.LINK)(self._handle)
        return blueprint

    def _handle(self, request: Request) -> Reply:
        self.requests.append(request)
        if self.fails:
            raise self.fails
        if request.method == "POST":
            return self.reply
        return Html("site/cookies.html", cookies=(Cookie("draft", "abc", max_age=60),))
