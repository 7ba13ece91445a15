"""The headers of every answer: closed by default, checked before they leave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

HTML = "text/html; charset=utf-8"
NO_STORE = "no-store"
FOR_A_YEAR = "public, max-age=31536000, immutable"

_VISIBLE_ASCII = re.compile(r"[\x20-\x7e]*\Z")

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")

_CLOSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)


@dataclass(frozen=True)
class Opening:
    """Another origin that one page may reach: with a form, with its script, or not at all.

    Chromium holds ``form_action`` against where a form's answer redirects to as well.
    """

    form_action: str = ""
    connect_src: str = ""

    def __post_init__(self) -> None:
        for origin in (self.form_action, self.connect_src):
            if origin and not _ORIGIN.fullmatch(origin):
                raise ValueError("an opening is one origin and nothing else")


CLOSED = Opening()

_ALWAYS = {
    # Not "no-referrer": with it browsers post our own forms with "Origin: null". Nothing leaves
    # this origin with "same-origin" either.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _CLOSED_FEATURES),
}
_OVER_TLS = {**_ALWAYS, "Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


def standard(
    *, secure: bool, content_type: str = HTML, cache: str = NO_STORE, opening: Opening = CLOSED
) -> dict[str, str]:
    """The headers that every answer has. ``opening`` is what its page may reach beside us."""
    return {
        "Content-Security-Policy": _content_security_policy(opening),
        **(_OVER_TLS if secure else _ALWAYS),
        "Content-Type": content_type,
        "Cache-Control": cache,
    }


def checked(headers: Mapping[str, str | list[str]]) -> dict[str, str | list[str]]:
    """The same headers. Raises ValueError for a value that could start another header."""
    for name, value in headers.items():
        values = [value] if isinstance(value, str) else value
        if not all(_VISIBLE_ASCII.match(each) for each in values):
            raise ValueError(f"header {name} holds a character that headers may not")
    return dict(headers)


def _content_security_policy(opening: Opening) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "script-src 'self'",
            "img-src 'self'",
            f"connect-src 'self' {opening.connect_src}".rstrip(),
            f"form-action 'self' {opening.form_action}".rstrip(),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
