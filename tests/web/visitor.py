"""A browser for tests: it keeps cookies and fills in the hidden field of forms.

It talks to the app as the gateway does, without a socket.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import LocalGateway
from chalice.test import HTTPResponse

from chalicelib.bootstrap import Services
from chalicelib.metrics import LogMeter
from chalicelib.settings import Settings
from chalicelib.web import csrf
from tests.stage import NOON

FORM = "application/x-www-form-urlencoded"


def settings(**changes: str) -> Settings:
    """The settings of an invented stage that uses nothing of AWS."""
    return Settings.from_environ(
        {
            "STAGE": "test",
            "BASE_URL": "https://referrals.example.org",
            "TABLE_NAME": "none",
            "REFERRALS_BUCKET": "none",
            "QUARANTINE_BUCKET": "none",
            "ATTACHMENTS_BUCKET": "none",
            "DATA_KEY_ID": "none",
            "STORAGE_KEY_ID": "none",
            "LOOKUP_KEY_ID": "none",
            "MAIL_FROM": "reviews@example.org",
            "PARTNERSHIP_NAME": "Exampleton Safeguarding Children Partnership",
            "PARTNERSHIP_SHORT": "ESCP",
            "AREA": "Exampleton",
            "URGENT_PHONE": "020 7946 0101",
            "URGENT_PHONE_OUT_OF_HOURS": "020 7946 0102",
            "OFFICE_PHONE": "020 7946 0103",
            "OFFICE_EMAIL": "office@example.org",
            "DECISION_MAKER_NAME": "Rosalind Invented",
            "DECISION_MAKER_EMAIL": "chair@example.org",
        }
        | changes
    )


def services(**changes: str) -> Services:
    """Services of which only the settings, the clock and the meter may be asked."""
    made = settings(**changes)
    few = SimpleNamespace(settings=made, clock=lambda: NOON, meter=LogMeter(made.stage))
    return cast(Services, few)


@dataclass
class Visitor:
    """One browser. Headers in answers have lower-case names."""

    app: Chalice
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str | None = None

    def get(self, path: str, method: str = "GET", **headers: str) -> HTTPResponse:
        """Ask for a page, remember its cookies and the token of its forms."""
        return self.send(method, path, b"", headers)

    def post(
        self, path: str, fields: Mapping[str, Any] | None = None, **headers: str
    ) -> HTTPResponse:
        """Send a form as the last page would, its token included."""
        body = urlencode({"csrf": self.token} | dict(fields or {}), doseq=True)
        return self.send("POST", path, body.encode(), {"content_type": FORM} | headers)

    @property
    def token(self) -> str:
        """The token of the last form that was shown, or else what one would hold."""
        if self.csrf is not None:
            return self.csrf
        visit = next((v for k, v in self.cookies.items() if k.endswith(csrf.COOKIE)), "")
        return csrf.visit({csrf.COOKIE: visit}).token

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
        """Send any request. ``headers`` may name them with underscores."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = LocalGateway(self.app, Config.create()).handle_request(method, path, sent, body)
        response = HTTPResponse.create_from_dict(answer)
        response.headers = {name.lower(): value for name, value in response.headers.items()}
        self._remember(response)
        return response

    def _remember(self, response: HTTPResponse) -> None:
        for cookie in cast(list[str], response.headers.get("set-cookie", [])):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        token = re.search(r'name="csrf" value="(\w+)"', response.body.decode())
        self.csrf = token.group(1) if token else self.csrf


def page(response: HTTPResponse) -> str:
    """The text of an HTML answer. Fails for any other answer."""
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.body.decode()


def heading(response: HTTPResponse) -> str:
    """The one main heading of a page."""
    (found,) = re.findall(r"<h1[^>]*>(.*?)</h1>", page(response), re.DOTALL)
    return str(found).strip()
