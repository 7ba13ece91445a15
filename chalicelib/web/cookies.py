"""Cookies: read strictly, written with every protection that the address of the stage allows."""

from __future__ import annotations

import re
from dataclasses import dataclass

HOST_PREFIX = "__Host-"

_NAME = re.compile(r"[a-z][a-z0-9_-]*\Z")
_VALUE = re.compile(r"[A-Za-z0-9._~+/=-]*\Z")


@dataclass(frozen=True)
class Cookie:
    """A cookie to set. ``max_age`` is in seconds: None ends with the browser, 0 deletes it."""

    name: str
    value: str
    max_age: int | None = None

    def __post_init__(self) -> None:
        if not _NAME.match(self.name) or not _VALUE.match(self.value):
            raise ValueError("cookie name or value holds a character that cookies may not")


def header(cookie: Cookie, *, secure: bool) -> str:
    """The value of a ``Set-Cookie`` header."""
    prefix = HOST_PREFIX if secure else ""
    parts = [f"{prefix}{cookie.name}={cookie.value}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if cookie.max_age is not None:
        parts.append(f"Max-Age={cookie.max_age}")
    if secure:
        parts.append("Secure")
    return "; ".join(parts)


def read(value: str, *, secure: bool) -> dict[str, str]:
    """The cookies in a ``Cookie`` header, by the names they were set under.

    Under TLS a cookie without the ``__Host-`` prefix is ignored: a neighbouring domain or a page
    without TLS may have planted it. Of two with one name the first counts; a value that we could
    not have set is ignored.
    """
    prefix = HOST_PREFIX if secure else ""
    found: dict[str, str] = {}
    for part in value.split(";"):
        name, equals, content = part.strip().partition("=")
        if equals and name.startswith(prefix) and _VALUE.match(content):
            found.setdefault(name.removeprefix(prefix), content)
    return found
