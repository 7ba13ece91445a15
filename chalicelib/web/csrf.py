"""Forms are ours or refused: a token bound to the visitor's cookie, and where the form came from.

Each visitor has a ``visit`` cookie of 256 random bits. A form carries its HMAC under that value,
so that another site, which can neither read the cookie nor the page, cannot make one up.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from chalicelib.domain.errors import Forged

COOKIE = "visit"
FIELD = "csrf"

_VISIT = re.compile(r"[A-Za-z0-9_-]{43}\Z")
_PURPOSE = b"form"


class CookieMissing(Forged):
    """The browser did not send the visit cookie: cookies are off, or the page is from before."""


@dataclass(frozen=True)
class Visit:
    """One browser's visit. ``is_new`` when the answer must set its cookie."""

    value: str
    is_new: bool

    @property
    def token(self) -> str:
        """What the hidden field of each form holds."""
        return hmac.new(self.value.encode(), _PURPOSE, "sha256").hexdigest()


def visit(cookies: Mapping[str, str]) -> Visit:
    """The visit that the cookies name, or a new one when they name none that we can have set."""
    value = cookies.get(COOKIE, "")
    if _VISIT.match(value):
        return Visit(value, is_new=False)
    return Visit(secrets.token_urlsafe(32), is_new=True)


def check(visit: Visit, *, tokens: list[str], origin: str, fetch_site: str, base_url: str) -> None:
    """Raise Forged unless the form is ours. Headers that the browser did not send are ``""``."""
    if origin and origin != _origin(base_url):
        raise Forged("form from another origin")
    if fetch_site not in ("", "same-origin", "none"):
        raise Forged("form from another site")
    if visit.is_new:
        raise CookieMissing("no visit cookie")
    if len(tokens) != 1 or not hmac.compare_digest(tokens[0].encode(), visit.token.encode()):
        raise Forged("csrf token missing or wrong")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
