"""A posted form, from bytes to fields. Whatever a browser cannot have sent is refused here."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from chalicelib.domain.errors import BadRequest, TooLarge, WrongContentType

MAX_BODY_BYTES = 1_000_000
MAX_FIELDS = 1_000
CONTENT_TYPE = "application/x-www-form-urlencoded"

# Word and PDF readers put vertical tabs, form feeds and "next line" where a person sees a new line.
_NEW_LINES = re.compile("[\r\x0b\x0c\x85]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def parse(body: bytes, *, content_type: str) -> dict[str, list[str]]:
    """The fields of a form in the order sent, decoded, with line ends as ``\\n``.

    Raises TooLarge, WrongContentType, or BadRequest for broken UTF-8, broken escapes, control
    characters and more fields than any of our pages has.
    """
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(f"body of {len(body)} bytes")
    if not _is_form(content_type):
        raise WrongContentType("not an HTML form")
    fields: dict[str, list[str]] = {}
    for name, value in _decoded(body):
        fields.setdefault(clean(name), []).append(clean(value))
    return fields


def clean(text: str) -> str:
    """``text`` with line ends as ``\\n``. Raises BadRequest for other control characters."""
    if text.isprintable():  # Most fields hold one plain line.
        return text
    cleaned = _NEW_LINES.sub("\n", text.replace("\r\n", "\n"))
    if _CONTROLS.search(cleaned):
        raise BadRequest("control character in the form")
    return cleaned


def _is_form(content_type: str) -> bool:
    media_type, _, parameters = content_type.lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    return media_type.strip() == CONTENT_TYPE and charset in ("", "utf-8", "utf8")


def _decoded(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode()
        if _BROKEN_ESCAPE.search(text):
            raise BadRequest("broken percent escape in the form")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError as broken:
        # Without "from": the message of a decoding error quotes what was sent.
        raise BadRequest(f"form unreadable: {type(broken).__name__}") from None
