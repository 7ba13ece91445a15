"""A browser without a screen: it keeps cookies, reads forms and sends them as people's do.

It reaches the service at any address, and says all the while that it is at the service's own.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

TIMEOUT_SECONDS = 40.0
FORM = "application/x-www-form-urlencoded"
SEE_OTHER = 303
OK = 200

Fields = Mapping[str, Sequence[str]]


class NotAsExpected(Exception):
    """The service answered, and not what it should. The message holds no content of a page."""


@dataclass(frozen=True)
class Shown:
    """A page that was opened: its text and its one form that is sent by POST."""

    path: str
    text: str
    action: str
    hidden: Mapping[str, str]


@dataclass
class Browser:
    """One visitor. ``address`` is where to connect, ``base_url`` whose address bar shows."""

    address: str
    base_url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, path: str) -> Shown:
        """Ask for a page. Raises NotAsExpected unless it comes."""
        status, _, text = self._send("GET", path)
        if status != OK:
            raise NotAsExpected(f"GET {_plain(path)} answered {status}")
        form = _Form()
        form.feed(text)
        return Shown(path=path, text=text, action=form.action or path, hidden=form.hidden)

    def submit(self, shown: Shown, fields: Fields) -> str:
        """Send the page's form; returns where that leads. Raises NotAsExpected otherwise."""
        content = {**{name: [value] for name, value in shown.hidden.items()}, **fields}
        body = urlencode(content, doseq=True).encode()
        status, location, _ = self._send("POST", shown.action, body)
        if status != SEE_OTHER:
            raise NotAsExpected(f"POST {_plain(shown.action)} answered {status}")
        return location

    def cookie(self, name: str) -> str:
        """The value of a cookie, by its name without a prefix."""
        found = (v for k, v in self.cookies.items() if k.removeprefix("__Host-") == name)
        return next(found, "")

    def _send(self, method: str, path: str, body: bytes = b"") -> tuple[int, str, str]:
        target = urlsplit(self.address)
        kind = (
            http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
        )
        connection = kind(target.netloc, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(
                method, target.path.rstrip("/") + path, body or None, self._headers(body)
            )
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise NotAsExpected(
                f"{method} {_plain(path)} was not answered: {type(error).__name__}"
            ) from error
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name.strip()] = value
        return answer.status, answer.headers.get("Location", ""), text

    def _headers(self, body: bytes) -> dict[str, str]:
        headers = {"Accept": "text/html", "User-Agent": "smoke-test"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body:
            headers |= {
                "Content-Type": FORM,
                "Origin": self.base_url,
                "Sec-Fetch-Site": "same-origin",
            }
        return headers


class _Form(HTMLParser):
    """Finds the first form that is sent by POST, and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action and found.get("method", "").lower() == "post":
            self.action = found.get("action", "")
            self._inside = True
        elif tag == "input" and self._inside and found.get("type") == "hidden":
            self.hidden[found.get("name", "")] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def _plain(path: str) -> str:
    """A path without its query."""
    return re.sub(r"\?.*", "", path)
