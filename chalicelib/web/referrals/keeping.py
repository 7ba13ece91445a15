"""Keeping what was typed where it is no answer yet, and writing any other change of a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chalicelib.domain.errors import UnknownFields
from chalicelib.domain.forms.parsing import to_fields
from chalicelib.domain.forms.questions import input_names
from chalicelib.domain.referrals.answers import Answers
from chalicelib.services.drafts import Draft
from chalicelib.web.pages import Request
from chalicelib.web.referrals import sheets
from chalicelib.web.referrals.addresses import Place

Change = Callable[[Answers], Answers]
Typed = Mapping[str, list[str]]


def write(request: Request, draft: Draft, place: Place, change: Change, *, stamp: str) -> Draft:
    """Save a change of a place. Raises what ``DraftService.save`` raises."""
    return request.services.drafts.save(
        draft, place.page, change, stamp=stamp, entry=place.entry, now=request.now
    )


def as_typed(place: Place, typed: Typed) -> Change:
    """Keeps a form as it stands. Raises UnknownFields where it is not the page's form.

    What says the same as the saved answers, or nothing where nothing is saved, is not kept.
    """
    if not input_names(place.page.model).issuperset(typed):
        raise UnknownFields("fields that the page does not ask for")

    def change(answers: Answers) -> Answers:
        question = sheets.saved(place, answers)
        if _said(typed) == _said(to_fields(question) if question else {}):
            return answers.without_typed(place.page, place.entry)
        return answers.with_typed(place.page, place.entry, typed)

    return change


def _said(typed: Typed) -> dict[str, list[str]]:
    return {name: values for name, values in typed.items() if any(map(str.strip, values))}
