"""The peer's app, and a browser's requests to it as a WSGI server makes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask, redirect, render_template, session
from flask.typing import ResponseReturnValue
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from wtforms import DateField

from chalicelib.domain.referrals import journey
from chalicelib.domain.referrals.page import Page
from chalicelib.settings import Settings
from chalicelib.templating import tel
from chalicelib.web.referrals.addresses import Place
from tests.bench.events import FORM, HOST
from tests.bench.peer.forms import form_for
from tests.bench.peer.keeping import InMemory, Keeping

TEMPLATES = Path(__file__).with_name("templates")
Form = Mapping[str, list[str]]


@dataclass(frozen=True)
class Pages:
    """The pages of the peer and where it keeps their answers."""

    settings: Settings
    today: date
    keeping: Keeping

    def register(self, app: Flask, path: str) -> None:
        """Serve one of our question pages under our address."""
        page = journey.PAGES[path]
        form_class = form_for(page.model, today=self.today)

        def question() -> ResponseReturnValue:
            session.setdefault("draft", uuid4().hex)
            answers = self.keeping.open()
            form = form_class(data=_typed(form_class, answers.get(path, {})))
            if form.validate_on_submit():
                given = {name: value for name, value in form.data.items() if name != "csrf_token"}
                self.keeping.save({**answers, path: given})
                return redirect(self._after(page), code=303)
            return self._show(page, form), 422 if form.errors else 200

        app.add_url_rule(f"/refer/{path}", endpoint=path, view_func=question, methods=METHODS)

    def _after(self, page: Page) -> str:
        section = journey.find_section(page.section).pages
        later = section[section.index(page) + 1 :]
        return Place(later[0]).address if later else "/refer/tasks"

    def _show(self, page: Page, form: Any) -> str:
        return render_template(
            "question.html",
            page=page,
            section=journey.find_section(page.section),
            form=form,
            settings=self.settings,
        )


METHODS = ["GET", "POST"]


def _typed(form_class: Any, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What was kept, with text turned back into dates where the form has dates."""
    dates = {name for name in kept if getattr(form_class, name).field_class is DateField}
    return {
        name: date.fromisoformat(value) if name in dates and isinstance(value, str) else value
        for name, value in kept.items()
    }


def create(
    settings: Settings, *, today: date, paths: tuple[str, ...], keeping: Keeping | None = None
) -> Flask:
    """The app with these pages, as it is run in production."""
    app = Flask(__name__, template_folder=None, static_folder=None)
    app.config |= {"SECRET_KEY": uuid4().hex, "DEBUG": False, "TEMPLATES_AUTO_RELOAD": False}
    app.jinja_options = {
        "loader": ChoiceLoader(
            [
                FileSystemLoader(TEMPLATES),
                PrefixLoader({name: PackageLoader(name) for name in ("govuk_frontend_jinja", WTF)}),
            ]
        ),
        "trim_blocks": True,
        "lstrip_blocks": True,
        "cache_size": -1,
    }
    app.jinja_env.filters["tel"] = tel
    WTFormsHelpers(app)
    pages = Pages(settings, today, keeping or InMemory())
    for path in paths:
        pages.register(app, path)
    return app


WTF = "govuk_frontend_wtf"


@dataclass
class Peer:
    """A browser at the peer, which is asked as a WSGI server asks it. See ``Ours``."""

    app: Flask
    cookie: str = ""

    def asking(self, path: str) -> Callable[[], str]:
        """A GET, which gives the text of the page."""
        return partial(self._send, path, None, "200 OK")

    def posting(self, path: str, form: Form) -> Callable[[], str]:
        """A POST that saves the page."""
        return partial(self._send, path, urlencode(form, doseq=True).encode(), "303 SEE OTHER")

    def filled(self, path: str, typed: Form) -> Form:
        """``typed`` as the peer's form sends it: hidden fields, and a date under one name."""
        found = re.search(r'name="csrf_token" type="hidden" value="([^"]*)"', self.asking(path)())
        assert found, "the page has no token"
        form: dict[str, list[str]] = {"csrf_token": [found.group(1)]}
        for name, values in typed.items():
            base, _, part = name.rpartition("-")
            form.setdefault(base if part in ("day", "month", "year") else name, []).extend(values)
        return form

    def _send(self, path: str, form: bytes | None, expected: str) -> str:
        answered: list[Any] = []
        body = form or b""
        environ = {
            "REQUEST_METHOD": "GET" if form is None else "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": f"/refer/{path}",
            "QUERY_STRING": "",
            "SERVER_NAME": HOST,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": HOST,
            "HTTP_REFERER": f"https://{HOST}/refer/{path}",
            "HTTP_COOKIE": self.cookie,
            "CONTENT_TYPE": "" if form is None else FORM,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "https",
            "wsgi.input": BytesIO(body),
        }

        def start_response(*told: Any) -> Callable[[bytes], None]:
            answered.extend(told)
            return _ignore

        answer = self.app.wsgi_app(environ, start_response)
        text = b"".join(answer).decode()
        status, headers = answered[0], answered[1]
        for name, value in headers:
            if name == "Set-Cookie":
                self.cookie = value.partition(";")[0]
        assert status == expected, text
        return text


def _ignore(_: bytes) -> None:
    """WSGI's old way of writing, which nobody uses."""
