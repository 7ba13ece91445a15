"""The page on which a code from an e-mail is typed. What it leads to is its caller's.

What somebody wrote before their session ended travels along in hidden fields, until the right code
opens a new one in which it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.errors import (
    CodeExpired,
    CodeWrong,
    TooManyCodes,
    TooOften,
    Unavailable,
    UnknownFields,
)
from chalicelib.domain.forms.parsing import Problem
from chalicelib.domain.links import normal_code
from chalicelib.web.pages import Html, Redirect, Reply, Request

Fields = Mapping[str, list[str]]
NOTHING: Fields = {}

_CODE = re.compile("[0-9]{6}")
_ACTION = "action"
_TYPED = "code"
_OWN = frozenset({_ACTION, _TYPED})
_SEND = "send"
_SEND_AGAIN = "send-again"
_INVALID = 400

_EMPTY = "Enter the code from your email"
_MALFORMED = "The code is 6 digits, like 123 456. Check your email and type it again"
_NOT_SENT = "We could not send a code just now. Ask for a code again"
_NOT_CHECKED = "We could not check the code just now. Try again"


@dataclass(frozen=True)
class CodePage:
    """A page for a code: its own address, where it was come from, and what its buttons do.

    ``send`` sends a code; ``enter`` gets six digits and answers where they are right. Both raise
    what the links' service raises. ``keeps`` names the fields that travel along, with None for
    whatever a form of ours may hold; ``unwritten`` are those of them that no person wrote. The
    words say where codes go and how to find the e-mail; ``other`` is another way, as the words and
    the address of a link.
    """

    address: str
    start: str
    send: Callable[[], None]
    enter: Callable[[str], Reply]
    keeps: frozenset[str] | None = frozenset()
    unwritten: frozenset[str] = frozenset()
    sent_to: str = "We sent 6 digits to the address that got the link."
    find: str = "The email’s subject starts with the reference of the case."
    other: tuple[str, str] | None = None


def answer(request: Request, page: CodePage) -> Reply:
    """The page; or a code sent, or what the one that was typed leads to."""
    if request.method == "GET":
        return _ask(page, {}, sent_again="again" in request.query)
    fields = kept(request, page.keeps)
    action = request.fields.get(_ACTION, [""])[0]
    if action in (_SEND, _SEND_AGAIN):
        return send(page, fields, again=action == _SEND_AGAIN)
    return _open(page, fields, request.fields.get(_TYPED, [""])[0])


def kept(request: Request, keeps: frozenset[str] | None) -> Fields:
    """What travels along with the code. Raises UnknownFields for anything we do not send."""
    found = {name: values for name, values in request.fields.items() if name not in _OWN}
    if keeps is not None and not keeps.issuperset(found):
        raise UnknownFields("fields that the page does not ask for")
    return found


def pairs(fields: Fields) -> list[tuple[str, str]]:
    """Fields as the hidden inputs that carry them."""
    return [(name, value) for name, values in fields.items() for value in values]


def send(page: CodePage, fields: Fields = NOTHING, *, again: bool = False) -> Reply:
    """A code sent, and the page on which to type it; or why none was."""
    try:
        page.send()
    except TooManyCodes:
        return _show(page, "too_many_codes", fields, status=429)
    except TooOften as error:
        return _show(page, "too_often", fields, status=429, error=error)
    except Unavailable:
        return _ask(page, fields, problem=_NOT_SENT, status=503)
    if fields:
        return _ask(page, fields, sent_again=again)
    return Redirect(page.address + ("?again=yes" if again else ""))


def _open(page: CodePage, fields: Fields, written: str) -> Reply:
    typed = normal_code(written)
    if not _CODE.fullmatch(typed):
        # Not a guess, so it costs no try.
        return _ask(page, fields, problem=_MALFORMED if typed else _EMPTY, status=_INVALID)
    try:
        return page.enter(typed)
    except CodeWrong as wrong:
        return _ask(page, fields, problem=_wrong(wrong.tries_left), status=_INVALID)
    except CodeExpired:
        return _show(page, "code_ended", fields, status=_INVALID)
    except TooOften as error:
        return _show(page, "too_often", fields, status=429, error=error)
    except Unavailable:
        return _ask(page, fields, problem=_NOT_CHECKED, status=503)


def _ask(
    page: CodePage,
    fields: Fields,
    *,
    problem: str = "",
    sent_again: bool = False,
    status: int = 200,
) -> Html:
    return _show(
        page,
        "code",
        fields,
        status=status,
        sent_again=sent_again,
        problem=problem,
        problems=(Problem(_TYPED, problem, _TYPED),) if problem else (),
    )


def _show(page: CodePage, name: str, fields: Fields, *, status: int, **context: Any) -> Html:
    written = any(name not in page.unwritten for name in fields)
    shown = {"code": page, "kept": pairs(fields), "written": written}
    return Html(f"links/{name}.html", shown | context, status=status)


def _wrong(tries_left: int) -> str:
    tries = "1 try" if tries_left == 1 else f"{tries_left} tries"
    return f"The code does not match. Check your newest email. You have {tries} left"
