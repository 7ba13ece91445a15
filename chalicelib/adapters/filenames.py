"""A file's name as S3 gives it back from an object's metadata, made readable again.

S3 takes the name that a browser sends, and tells it in a header, where only plain letters may
stand. So it comes back in one of several writings, and whichever it is, nothing here fails.
"""

from __future__ import annotations

from email.errors import HeaderParseError
from email.header import decode_header, make_header
from urllib.parse import unquote

# What browsers write in a form's file name where the letter itself would end it.
ESCAPED = {"%22": '"', "%0D": "", "%0A": ""}


def decoded(header: str) -> str:
    """The name that stands in a header: encoded words, bytes taken for Latin-1, escapes."""
    name = _from_encoded_words(header) if "=?" in header else _from_bytes(header)
    for escape, letter in ESCAPED.items():
        name = name.replace(escape, letter)
    return _from_percents(name)


def _from_encoded_words(header: str) -> str:
    try:
        return str(make_header(decode_header(header)))
    except (HeaderParseError, LookupError, UnicodeDecodeError, ValueError):
        return header


def _from_bytes(header: str) -> str:
    """Headers are read as Latin-1; a name sent as UTF-8 is put right."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _from_percents(name: str) -> str:
    """A name without one letter that an address could not hold may be written as in an address."""
    if not name.isascii() or "%" not in name or " " in name:
        return name
    try:
        return unquote(name, errors="strict")
    except UnicodeDecodeError:
        return name
