"""Outcome and reason: asked, kept whatever happens, checked, and confirmed once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.domain import calendar
from chalicelib.domain.cases import Outcome
from chalicelib.domain.decisions import RulingForm
from chalicelib.domain.errors import (
    AlreadyWithdrawn,
    InformationAdded,
    SessionNeeded,
    Unavailable,
    UnknownFields,
    WordsChanged,
)
from chalicelib.domain.forms.parsing import Invalid, Problem, parse, to_fields
from chalicelib.domain.forms.questions import Field, describe, input_names
from chalicelib.domain.links import Session
from chalicelib.web.decisions.sessions import address, inputs, session_page, show, tokens
from chalicelib.web.links.codes import Fields, pairs
from chalicelib.web.pages import Cookie, Html, Redirect, Reply, Request

Rows = list[tuple[str, list[str], str]]

# How often information had been supplied when the page was shown: a hidden field.
SEEN = "supplied"
# What a ruling's form sends, and what travels along until it can be kept.
SENT = input_names(RulingForm) | {SEEN}

# Pages that a session may be extended from.
EXTENDABLE = frozenset({"case", "interest", "step-aside", "outcome", "check"})

_INVALID = 400
_UNSAVED = Problem(
    "",
    "We could not save your decision just now. What you wrote is still on this page. Try again",
    "outcome",
)


@session_page("/decisions/{token}/outcome", methods=("GET", "POST"))
def outcome(request: Request) -> Reply:
    """The outcome and the reason for it. Nothing is decided here."""
    if request.method == "POST":
        try:
            return keep(request, request.fields, tokens(request)[1])
        except SessionNeeded:
            return ended(request, request.fields)
        except AlreadyWithdrawn as withdrawn:
            return _withdrawn(withdrawn, _typed(request.fields))
    draft = request.services.decisions.pending(*tokens(request), now=request.now)
    if not draft.is_declared:
        return Redirect(address(request, "interest"))
    written = to_fields(draft.form) if draft.form else {}
    return _ask(request, written | {SEEN: [str(draft.seen)]}, session=draft.session)


@session_page("/decisions/{token}/check", methods=("GET", "POST"))
def check(request: Request) -> Reply:
    """What is about to be recorded, and the button that records it."""
    try:
        return _check(request) if request.method == "GET" else _confirm(request)
    except AlreadyWithdrawn as withdrawn:
        return _withdrawn(withdrawn, _written_before(request))


@session_page("/decisions/{token}/extend", methods=("POST",))
def extend(request: Request) -> Reply:
    """Put off the end of a session, keeping what the page it comes from holds."""
    back = request.query.get("to", "")
    if back not in EXTENDABLE or not SENT.issuperset(request.fields):
        raise UnknownFields("extended from no page of ours")
    try:
        _, session = request.services.links.enter(*tokens(request), now=request.now)
    except SessionNeeded:
        if not request.fields:
            raise
        return ended(request, request.fields)
    except AlreadyWithdrawn as withdrawn:
        return _withdrawn(withdrawn, _typed(request.fields))
    if request.fields:
        return _ask(request, request.fields, session=session)
    return Redirect(address(request, back))


def keep(
    request: Request, fields: Fields, session_token: str, *, cookies: tuple[Cookie, ...] = ()
) -> Reply:
    """Keep a ruling for the check page, or ask again with everything that was typed."""
    token = request.params["token"]
    today = calendar.london_date(request.now)
    seen, written = _seen(fields), {name: fields[name] for name in fields if name != SEEN}
    try:
        form = parse(RulingForm, written, today=today)
        request.services.decisions.write(token, session_token, form, seen=seen, now=request.now)
    except Invalid as invalid:
        _, session = request.services.links.enter(token, session_token, now=request.now)
        return _ask(
            request,
            fields,
            session=session,
            problems=invalid.problems,
            status=_INVALID,
            cookies=cookies,
        )
    except Unavailable:
        return _ask(request, fields, problems=(_UNSAVED,), status=503, cookies=cookies)
    return Redirect(address(request, "check"), cookies=cookies)


def ended(request: Request, fields: Fields) -> Html:
    """The session is over: the words are on this page and go along with the code."""
    return show(request, "session_ended", kept=pairs(fields), rows=_typed(fields), status=403)


def _ask(
    request: Request,
    fields: Fields,
    *,
    session: Session | None = None,
    problems: Sequence[Problem] = (),
    status: int = 200,
    cookies: tuple[Cookie, ...] = (),
) -> Html:
    return show(
        request,
        "outcome",
        session=session,
        inputs=inputs(RulingForm, fields, problems),
        supplied=_seen(fields),
        problems=problems,
        status=status,
        cookies=cookies,
    )


def _confirm(request: Request) -> Reply:
    nonce, seen = _checked(request)
    try:
        request.services.decisions.confirm(*tokens(request), nonce, seen=seen, now=request.now)
    except WordsChanged:
        return _check(request, changed=True)
    except InformationAdded:
        return _check(request, unseen=True)
    except Unavailable:
        return show(request, "unconfirmed", nonce=nonce, supplied=seen, status=503)
    return Redirect(address(request, "done"))


def _checked(request: Request) -> tuple[str, int]:
    """The nonce of what was checked, and how much information had been shown with it."""
    nonces = request.fields.get("nonce", [])
    if len(nonces) != 1 or not {"nonce", SEEN}.issuperset(request.fields):
        raise UnknownFields("field missing or doubled, or other fields beside it")
    return nonces[0], _seen(request.fields)


def _seen(fields: Fields) -> int:
    """How much information had been supplied when a page was shown; none, if it does not say."""
    values = fields.get(SEEN, ["0"])
    if len(values) != 1 or not re.fullmatch("[0-9]{1,6}", values[0]):
        raise UnknownFields("a hidden field is not ours")
    return int(values[0])


def _withdrawn(withdrawn: AlreadyWithdrawn, written: Rows) -> Html:
    """The end of the case, with what was written, which nobody else will see."""
    return Html("decisions/withdrawn.html", {"error": withdrawn, "rows": written}, status=410)


def _written_before(request: Request) -> Rows:
    """What its author wrote before the case ended, while their session lasts."""
    try:
        draft = request.services.decisions.pending(*tokens(request), now=request.now, ended=True)
    except SessionNeeded:
        return []
    return _typed(to_fields(draft.form)) if draft.form else []


def _check(request: Request, *, changed: bool = False, unseen: bool = False) -> Reply:
    draft = request.services.decisions.pending(*tokens(request), now=request.now)
    if draft.form is None:
        return Redirect(address(request, "outcome"))
    return show(
        request,
        "check",
        session=draft.session,
        case=draft.case,
        nonce=draft.nonce,
        rows=_rows(draft.form, change=address(request, "outcome")),
        is_final=draft.form.outcome is not Outcome.MORE_INFORMATION,
        changed=changed,
        added=draft.added,
        unseen=unseen,
        status=409 if changed or unseen else 200,
    )


def _rows(form: RulingForm, *, change: str) -> Rows:
    fields = to_fields(form)
    return [
        (field.row, [_written(field, value)], f"{change}#{field.anchor}")
        for field in describe(RulingForm)
        for value in fields.get(field.name, [])
    ]


def _typed(fields: Fields) -> Rows:
    return [
        (field.row, [_written(field, value)], "")
        for field in describe(RulingForm)
        for value in fields.get(field.name, [])
        if value.strip()
    ]


def _written(field: Field, value: str) -> str:
    """A value as people read it: an option by its label."""
    return next((option.label for option in field.options if option.value == value), value)
