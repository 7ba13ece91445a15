"""Confirming the referrer's address: a code goes to it, and is typed where it was asked for."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.forms.parsing import Invalid, Problem
from chalicelib.domain.referrals import journey, pages
from chalicelib.services.drafts import Draft
from chalicelib.web.drafts.routes import email_input, own_page, typed_email
from chalicelib.web.links import codes
from chalicelib.web.links.codes import CodePage
from chalicelib.web.pages import Html, Redirect, Reply, Request
from chalicelib.web.referrals import drafts, sheets
from chalicelib.web.referrals.addresses import CHECK, CONFIRM, SAVED, TASKS

CODE = f"{CONFIRM}/code"


@own_page(CONFIRM, methods=("GET", "POST"))
def confirm(request: Request) -> Reply:
    """Which address to confirm."""
    draft = drafts.current(request)
    if request.method == "GET":
        return _ask(draft, {"email": [_likely_email(draft)]})
    try:
        email = typed_email(request)
    except Invalid as invalid:
        return _ask(draft, request.fields, problems=invalid.problems, status=sheets.INVALID)
    if draft.is_confirmed_as(email):
        return Redirect(_onward(draft))
    return codes.send(_code_page(request, draft, email))


@own_page(CODE, methods=("GET", "POST"))
def confirm_code(request: Request) -> Reply:
    """The code that came to it."""
    draft = drafts.current(request)
    email = request.services.drafts.confirming(draft)
    if not email:
        return Redirect(CONFIRM)
    return codes.answer(request, _code_page(request, draft, email))


def _code_page(request: Request, draft: Draft, email: str) -> CodePage:
    service = request.services.drafts

    def send() -> None:
        service.ask_to_confirm(draft, email, network=request.network, now=request.now)

    def enter(typed: str) -> Reply:
        confirmed = service.confirm(draft, typed, network=request.network, now=request.now)
        return Redirect(_onward(confirmed), cookies=(drafts.cookie(confirmed, request),))

    return CodePage(
        CODE,
        CONFIRM,
        send,
        enter,
        sent_to=f"We sent 6 digits to {email}.",
        find="The email’s subject starts with “Your referral”.",
        other=("Use another email address", CONFIRM),
    )


def _onward(draft: Draft) -> str:
    """Whoever has answered everything came from the check page."""
    return f"{SAVED}?confirmed=yes" if journey.missing(draft.answers) else CHECK


def _likely_email(draft: Draft) -> str:
    contact = draft.answers.at("referrer/contact", pages.referrer.Contact)
    return contact.email if contact else draft.confirmed_email


def _ask(
    draft: Draft,
    values: Mapping[str, list[str]],
    *,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> Html:
    context = {
        "input": email_input(values, problems),
        "problems": problems,
        "confirmed": draft.confirmed_email,
        "is_complete": not journey.missing(draft.answers),
        "expires_at": draft.expires_at,
        "tasks": TASKS,
    }
    return Html("drafts/confirm.html", context, status=status)
