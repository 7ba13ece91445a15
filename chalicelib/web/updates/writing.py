"""What a referrer writes after sending: information, or why they withdraw. Kept whatever happens.

Both are one field and a button. What is typed survives the end of a session, the end of the case,
a failure, and a detour to the page for files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.domain import attachments, calendar
from chalicelib.domain.cases import State
from chalicelib.domain.errors import (
    AlreadyDecided,
    AlreadyWithdrawn,
    LinkExpired,
    LinkUnknown,
    SessionNeeded,
    TooOften,
    Unavailable,
    UnknownFields,
)
from chalicelib.domain.forms.parsing import Invalid, Problem, parse
from chalicelib.domain.forms.questions import Question, layout
from chalicelib.domain.links import Purpose
from chalicelib.domain.updates import SupplyForm, WithdrawalForm, Writing
from chalicelib.web.attachments import files
from chalicelib.web.attachments.files import Shown
from chalicelib.web.inputs import fill
from chalicelib.web.links.codes import pairs
from chalicelib.web.pages import Cookie, Html, Redirect, Reply, Request
from chalicelib.web.updates.following import Asked, asked_of
from chalicelib.web.updates.sessions import (
    START,
    address,
    closed,
    followed_page,
    link_cookie,
    reference,
    show,
    tokens,
)

if TYPE_CHECKING:
    from chalicelib.services.updates import Begun, Following

Fields = Mapping[str, list[str]]

FILES = "information/files"

_NONCE = "nonce"
_NONCES = re.compile(r"[\w-]{16,64}", re.ASCII)
_ACTION = "action"
_FILES = "files"
_INVALID = 400
_UNSENT = "We could not send this just now. What you wrote is still on this page. Try again"
_KEPT_AT_MOST = 100_000


@dataclass(frozen=True)
class Typed:
    """What was typed in a form. ``nonce`` makes that it is sent once, however often it comes."""

    words: str
    nonce: str


@dataclass(frozen=True)
class Form:
    """One form: what is written in it, its question with its one field, and what sends it."""

    writing: Writing
    question: type[Question]
    send: Callable[[Request, Any, str], None]

    @property
    def field(self) -> str:
        return layout(self.question)[0].name

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.field, _NONCE})


def _supply(request: Request, form: SupplyForm, nonce: str) -> None:
    request.services.updates.supply(*tokens(request), form, nonce=nonce, now=request.now)


def _withdraw(request: Request, form: WithdrawalForm, nonce: str) -> None:
    request.services.updates.withdraw(*tokens(request), form, nonce=nonce, now=request.now)


INFORMATION = Form(Writing.INFORMATION, SupplyForm, _supply)
WITHDRAWAL = Form(Writing.WITHDRAWAL, WithdrawalForm, _withdraw)
FORMS = (INFORMATION, WITHDRAWAL)

# What travels along with a code until it can be kept.
KEPT = INFORMATION.names | WITHDRAWAL.names
# Pages that a session may be extended from, by their names; the case's own page has none.
EXTENDABLE = {"referral": "", "copy": "copy", "done": "done"} | {
    form.writing.value: form.writing.value for form in FORMS
}


@followed_page(f"{START}/{{reference}}/information", methods=("GET", "POST"))
def information(request: Request) -> Reply:
    """Answer what was asked, or add information unasked."""
    return _page(request, INFORMATION)


@followed_page(f"{START}/{{reference}}/withdraw", methods=("GET", "POST"))
def withdraw(request: Request) -> Reply:
    """A warning, and the reason for which a referral is taken back."""
    return _page(request, WITHDRAWAL)


@followed_page(f"{START}/{{reference}}/extend", methods=("POST",))
def extend(request: Request) -> Reply:
    """Put off the end of a session, keeping what the page it comes from holds."""
    back = request.query.get("to", "")
    form = next((form for form in FORMS if form.writing.value == back), None)
    if back not in EXTENDABLE or (request.fields and form is None):
        raise UnknownFields("extended from no page of ours")
    if form and request.fields:
        return _safely(request, form, _keep)
    request.services.links.enter(*tokens(request), purpose=Purpose.FOLLOW, now=request.now)
    return Redirect(address(request, EXTENDABLE[back]))


def keep(
    request: Request, opened: tuple[str, str], fields: Fields, *, cookies: tuple[Cookie, ...]
) -> Reply:
    """Keep what travelled along with a code, and go back to its page."""
    form = _form_in(fields)
    typed = _typed(fields, form)
    try:
        request.services.updates.keep(
            *opened, form.writing, typed.words, nonce=typed.nonce, now=request.now
        )
    except (AlreadyDecided, AlreadyWithdrawn) as error:
        return closed(request, error, typed=typed.words, cookies=cookies)
    return Redirect(_again(request, form), cookies=cookies)


def _form_in(fields: Fields) -> Form:
    """The form that fields are of. Raises UnknownFields where nothing was written in any."""
    found = next((form for form in FORMS if form.field in fields), None)
    if found is None:
        raise UnknownFields("words of no form of ours")
    return found


def under_a_new_code(request: Request, fields: Fields) -> Html:
    """The code that was awaited is past its time: ask for another, with the words at hand."""
    case = reference(request)
    try:
        token = request.services.links.ask(case, network=request.network, now=request.now)
    except TooOften:
        return _ended(request, fields)
    return _ended(request, fields, cookies=(link_cookie(case, token),))


def _page(request: Request, form: Form) -> Reply:
    if request.method == "GET":
        begun = request.services.updates.begin(*tokens(request), form.writing, now=request.now)
        return _ask(request, form, Typed(begun.words, begun.nonce), begun)
    wants_files = form.writing is Writing.INFORMATION and request.fields.get(_ACTION) == [_FILES]
    return _safely(request, form, _to_files if wants_files else _send)


def _safely(request: Request, form: Form, act: Callable[[Request, Form, Typed], Reply]) -> Reply:
    """Do something with what was typed; wherever that cannot be done, the words are not lost."""
    typed = _typed(request.fields, form)
    try:
        return act(request, form, typed)
    except SessionNeeded:
        return _ended(request, _fields(form, typed))
    except (LinkUnknown, LinkExpired):
        return under_a_new_code(request, _fields(form, typed))
    except (AlreadyDecided, AlreadyWithdrawn) as error:
        return closed(request, error, typed=typed.words)
    except Unavailable:
        problem = Problem("", _UNSENT, form.field)
        return _ask(request, form, typed, problems=(problem,), status=503)


def _send(request: Request, form: Form, typed: Typed) -> Reply:
    today = calendar.london_date(request.now)
    try:
        sent = parse(form.question, {form.field: [typed.words]}, today=today)
    except Invalid as invalid:
        begun = request.services.updates.begin(*tokens(request), form.writing, now=request.now)
        return _ask(request, form, typed, begun, problems=invalid.problems, status=_INVALID)
    form.send(request, sent, typed.nonce)
    return Redirect(address(request, "done"))


def _to_files(request: Request, form: Form, typed: Typed) -> Reply:
    kept = _keep(request, form, typed)
    return Redirect(address(request, FILES)) if isinstance(kept, Redirect) else kept


def _keep(request: Request, form: Form, typed: Typed) -> Reply:
    if len(typed.words.encode()) > _KEPT_AT_MOST:
        # Too long for its field too, which is what sending it says.
        return _send(request, form, typed)
    request.services.updates.keep(
        *tokens(request), form.writing, typed.words, nonce=typed.nonce, now=request.now
    )
    return Redirect(_again(request, form))


def _ask(
    request: Request,
    form: Form,
    typed: Typed,
    begun: Begun | None = None,
    *,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> Html:
    """The form. Without ``begun``, because nothing can be read just now, it shows words alone."""
    (field,) = layout(form.question)
    by_field = {problem.field: problem for problem in problems}
    following = begun.following if begun else None
    return show(
        request,
        form.writing.value,
        session=following.session if following else None,
        input=fill(field, _fields(form, typed), by_field),
        nonce=typed.nonce,
        asked=_awaited(request, following) if following else None,
        files=_files(request, following) if following else (),
        is_kept=request.method == "GET" and "kept" in request.query,
        problems=problems,
        status=status,
    )


def _ended(request: Request, fields: Fields, *, cookies: tuple[Cookie, ...] = ()) -> Html:
    """The session is over: the words are on this page and go along with the code."""
    typed = fields[_form_in(fields).field][0]
    return show(
        request, "session_ended", kept=pairs(fields), typed=typed, status=403, cookies=cookies
    )


def _awaited(request: Request, following: Following) -> Asked | None:
    """The request that waits for an answer."""
    if following.case.state is not State.AWAITING_INFORMATION:
        return None
    return asked_of(request, following)[-1]


def _files(request: Request, following: Following) -> tuple[Shown, ...]:
    """The files that will go with what is being written."""
    part = attachments.information(following.case.supplied + 1)
    held = request.services.attachments.held(following.case.case_id, following.key, part=part)
    return files.shown(held)


def _again(request: Request, form: Form) -> str:
    return address(request, form.writing.value) + "?kept=yes"


def _fields(form: Form, typed: Typed) -> Fields:
    return {form.field: [typed.words], _NONCE: [typed.nonce]}


def _typed(fields: Fields, form: Form) -> Typed:
    """What a form of ours sent. Raises UnknownFields for anything else."""
    words, nonces = fields.get(form.field, [""]), fields.get(_NONCE, [])
    is_ours = (form.names | {_ACTION}).issuperset(fields) and len(words) == len(nonces) == 1
    if not is_ours or not _NONCES.fullmatch(nonces[0]):
        raise UnknownFields("fields that the page does not ask for")
    return Typed(words[0], nonces[0])
