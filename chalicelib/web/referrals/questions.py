"""Asking a page's questions and saving what was answered."""

from __future__ import annotations

import re

from chalicelib.domain import calendar
from chalicelib.domain.errors import NotFound, ReferralTooLarge, StaleVersion, Unavailable
from chalicelib.domain.forms.parsing import Invalid
from chalicelib.domain.referrals import journey
from chalicelib.domain.referrals.answers import Answers
from chalicelib.web.pages import Html, Redirect, Reply, Request
from chalicelib.web.referrals import drafts, entries, keeping, sheets
from chalicelib.web.referrals.addresses import SAVED, TASKS, Place, from_check
from chalicelib.web.referrals.drafts import draft_page
from chalicelib.web.referrals.keeping import Change
from chalicelib.web.referrals.sheets import Action, Posted, Sheet

_ONWARD = {Action.TASKS: TASKS, Action.LATER: SAVED}
_NUMBER = re.compile("[1-9][0-9]{0,3}")


@draft_page("/refer/{section}/{page}", methods=("GET", "POST"))
def question(request: Request) -> Reply:
    """One page of questions, or the list of what was added to a page."""
    page = journey.find(request.params["section"], request.params["page"])
    place = Place(page, to_check=from_check(request.query))
    if page.many:
        return entries.listing(request, place)
    return _save(request, place) if request.method == "POST" else _ask(request, place)


@draft_page("/refer/{section}/{page}/{entry}", methods=("GET", "POST"))
def entry(request: Request) -> Reply:
    """The questions about one of several things; its number is its place in the list."""
    place = entry_place(request)
    return _save(request, place) if request.method == "POST" else _ask(request, place)


@draft_page("/refer/{section}/{page}/{entry}/remove", methods=("GET", "POST"))
def remove(request: Request) -> Reply:
    """Whether to remove one of several things."""
    return entries.removal(request, entry_place(request))


def entry_place(request: Request) -> Place:
    """The entry that an address names. Raises NotFound for a page that has no entries."""
    page = journey.find(request.params["section"], request.params["page"])
    number = request.params["entry"]
    if not page.many or not _NUMBER.fullmatch(number):
        raise NotFound("no such entry")
    return Place(page, int(number) - 1, to_check=from_check(request.query))


def _ask(request: Request, place: Place) -> Reply:
    draft = drafts.current(request)
    if not place.page.visible(draft.answers):
        return Redirect(TASKS)
    if place.entry is not None and place.entry > len(draft.answers.many(place.page)):
        raise NotFound("no such entry")
    return Sheet.fresh(place, draft.answers).html()


def _save(request: Request, place: Place) -> Reply:
    posted = Posted.read(request.fields)
    try:
        draft = drafts.current(request)
    except Unavailable:
        # The words and the stamp of a form need no draft, so nothing typed is lost here either.
        return Sheet.typed(place, Answers.empty(), posted).unsaved(sheets.UNAVAILABLE)
    place = _find_again(place, draft.answers, posted)
    sheet = Sheet.typed(place, draft.answers, posted)
    try:
        change = _change(request, place, posted, draft.answers)
    except Invalid as invalid:
        return sheet.refused(invalid.problems)
    try:
        saved = keeping.write(request, draft, place, change, stamp=posted.version)
    except (StaleVersion, NotFound):
        return _overtaken(request, sheet)
    except ReferralTooLarge:
        return sheet.unsaved(sheets.TOO_LARGE)
    except Unavailable:
        return sheet.unsaved(sheets.UNAVAILABLE)
    onward = _ONWARD.get(posted.action) or _onward(place, posted, draft.answers, saved.answers)
    return Redirect(onward, cookies=(drafts.cookie(saved, request),))


def _find_again(place: Place, answers: Answers, posted: Posted) -> Place:
    """The entry that a form was made from, by what it held: others may have been removed."""
    if place.entry is None:
        return place
    count = len(answers.many(place.page))
    candidates = (place.entry, *range(count))
    return next(
        (
            place.of(index)
            for index in candidates
            if index < count and answers.stamp(place.page, index) == posted.version
        ),
        place,
    )


def _change(request: Request, place: Place, posted: Posted, answers: Answers) -> Change:
    """What the form changes. Raises Invalid where nothing that was typed may be kept as it is."""
    page, entry = place.page, place.entry
    if posted.action is Action.CLEAR:
        return lambda answers: answers.without_typed(page, entry)
    today = calendar.london_date(request.now)
    try:
        answered = journey.read_page(page, posted.typed, answers, today=today)
    except Invalid:
        if posted.action is Action.LATER:
            return keeping.as_typed(place, posted.typed)
        raise
    if entry is None:
        return lambda answers: answers.with_one(page, answered)
    return lambda answers: answers.with_entry(page, entry, answered)


def _overtaken(request: Request, sheet: Sheet) -> Html:
    """Asked from what is saved now: the draft at hand may be older than what overtook the form."""
    answers = drafts.current(request).answers
    return Sheet(sheet.place, answers, version=sheet.version, values=sheet.values).overtaken()


def _onward(place: Place, posted: Posted, before: Answers, answers: Answers) -> str:
    """After a change that was asked for from the check page go back there, else to the list."""
    if posted.action is Action.CLEAR:
        return place.address
    if place.entry is None:
        return place.after(before, answers)
    added = place.entry >= len(before.many(place.page))
    if place.to_check and not added:
        return place.after(before, answers)
    return place.of(None).address
