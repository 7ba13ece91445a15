"""The blueprint of these pages, the route of every one that needs a draft, and their one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated

from chalice.app import Blueprint

from chalicelib.domain import calendar
from chalicelib.domain.forms.parsing import Problem, parse
from chalicelib.domain.forms.questions import Ask, Question, layout
from chalicelib.domain.forms.texts import Email
from chalicelib.web.inputs import Filled, fill
from chalicelib.web.pages import Request
from chalicelib.web.referrals.drafts import draft_page

drafts = Blueprint(__name__)
own_page = partial(draft_page, on=drafts)


class Mailbox(Question):
    """The address that somebody reads."""

    email: Annotated[
        Email,
        Ask(
            "Work email address",
            empty="Enter your work email address",
            hint="Use an address that only you, or colleagues who may know of the case, can read",
            autocomplete="email",
        ),
    ]


def typed_email(request: Request) -> str:
    """The address in a form that asks for nothing else. Raises Invalid or UnknownFields."""
    found = parse(Mailbox, request.fields, today=calendar.london_date(request.now))
    return found.email


def email_input(values: Mapping[str, list[str]], problems: Sequence[Problem] = ()) -> Filled:
    """The one input of that form."""
    (field,) = layout(Mailbox)
    return fill(field, values, {problem.field: problem for problem in problems})
