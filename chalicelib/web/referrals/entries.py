"""Pages that are asked for each of several things: the list, adding to it, removing from it."""

from __future__ import annotations

from chalicelib.domain.errors import BadRequest, NotFound, StaleVersion, Unavailable, UnknownFields
from chalicelib.domain.forms.parsing import Problem
from chalicelib.domain.referrals import journey
from chalicelib.domain.referrals.answers import Answers
from chalicelib.services.drafts import Draft
from chalicelib.web.pages import Html, Redirect, Reply, Request
from chalicelib.web.referrals import drafts, sheets
from chalicelib.web.referrals.addresses import SAVED, TASKS, Place
from chalicelib.web.referrals.sheets import Action, Posted

YES, NO = "yes", "no"

_FIELD = "another"


def listing(request: Request, place: Place) -> Reply:
    """What was added so far, and whether there is more."""
    draft = drafts.current(request)
    if request.method == "POST":
        return _answer(request, draft, place)
    if not place.page.visible(draft.answers):
        return Redirect(TASKS)
    return _list(place, draft.answers)


def removal(request: Request, place: Place) -> Reply:
    """Asks before an entry is removed, and removes it."""
    draft = drafts.current(request)
    if request.method == "POST":
        return _remove(request, draft, place)
    entry = sheets.saved(place, draft.answers)
    if entry is None and draft.answers.typed(place.page, place.entry) is None:
        raise NotFound("no such entry")
    context = {
        "page": place.page,
        "section": journey.find_section(place.page.section),
        "rows": sheets.table(entry) if entry else (),
        "version": draft.answers.stamp(place.page, place.entry),
        "action": place.removal,
        "back": place.of(None).address,
    }
    return Html("referrals/remove.html", context)


def _answer(request: Request, draft: Draft, place: Place) -> Reply:
    another, later = _choice(request)
    if later and another != NO:
        return Redirect(SAVED)
    if another == YES:
        return Redirect(place.of(len(draft.answers.many(place.page))).address)
    if another != NO:
        return _ask_again(place, draft.answers)
    if draft.answers.answered(place.page):
        return Redirect(SAVED if later else place.after(draft.answers, draft.answers))
    try:
        saved = _save_none(request, draft, place)
    except Unavailable:
        problem = _problem(
            "We could not save this answer. Your earlier answers are saved. Try again"
        )
        return _list(place, draft.answers, chosen=NO, problem=problem, status=sheets.UNAVAILABLE)
    onward = SAVED if later else place.after(draft.answers, saved.answers)
    return Redirect(onward, cookies=(drafts.cookie(saved, request),))


def _choice(request: Request) -> tuple[str, bool]:
    """What was chosen, and whether the person wants to come back later."""
    if not {_FIELD, "action"}.issuperset(request.fields):
        raise UnknownFields("fields that the list does not ask for")
    chosen = request.fields.get(_FIELD, [""])
    action = request.fields.get("action", [""])
    if len(chosen) != 1 or action not in ([""], [Action.LATER]):
        raise UnknownFields("a field stands twice in the form, or asks for something else")
    return chosen[0], action == [Action.LATER]


def _save_none(request: Request, draft: Draft, place: Place) -> Draft:
    """Adding nothing never undoes what another tab added, so no stamp of the form is needed."""
    return request.services.drafts.save(
        draft,
        place.page,
        lambda answers: answers.with_none_to_add(place.page),
        stamp=draft.answers.stamp(place.page),
        now=request.now,
    )


def _remove(request: Request, draft: Draft, place: Place) -> Reply:
    posted = Posted.read(request.fields)
    if posted.typed:
        raise UnknownFields("fields that the page does not ask for")
    if place.entry is None:
        raise BadRequest("nothing to remove")
    index = place.entry
    try:
        saved = request.services.drafts.save(
            draft,
            place.page,
            lambda answers: answers.without_entry(place.page, index),
            stamp=posted.version,
            entry=index,
            now=request.now,
        )
    except (StaleVersion, NotFound):
        problem = _problem(
            "Nothing was removed just now: the list was changed in another tab, or you removed "
            "this before. Check what is saved now"
        )
        answers = drafts.current(request).answers
        return _list(place.of(None), answers, problem=problem, status=sheets.STALE)
    return Redirect(place.of(None).address, cookies=(drafts.cookie(saved, request),))


def _ask_again(place: Place, answers: Answers) -> Html:
    repeat = place.page.repeat
    thing = repeat.entry.lower() if repeat else ""
    problem = _problem(f"Select yes if you want to add {_article(thing)} {thing}", field=_FIELD)
    return _list(place, answers, problem=problem, status=sheets.INVALID)


def _article(noun: str) -> str:
    return "an" if noun[:1] in "aeiou" else "a"


def _problem(message: str, *, field: str = "") -> Problem:
    return Problem(field=field, message=message, anchor=_FIELD)


def _list(
    place: Place,
    answers: Answers,
    *,
    chosen: str = "",
    problem: Problem | None = None,
    status: int = 200,
) -> Html:
    found = answers.many(place.page)
    none_to_add = not found and answers.answered(place.page)
    context = {
        "page": place.page,
        "repeat": place.page.repeat,
        "section": journey.find_section(place.page.section),
        "entries": [
            _row(place.of(index), entry.headline, answers) for index, entry in enumerate(found)
        ],
        "begun": _begun(place.of(len(found)), answers),
        "chosen": chosen or (NO if none_to_add else ""),
        "problems": (problem,) if problem else (),
        "action": place.address,
        "back": place.before(answers),
    }
    return Html("referrals/entries.html", context, status=status)


def _row(place: Place, headline: str, answers: Answers) -> dict[str, object]:
    return {
        "headline": headline,
        "change": place.address,
        "remove": place.removal,
        "unfinished": answers.typed(place.page, place.entry) is not None,
    }


def _begun(place: Place, answers: Answers) -> dict[str, object] | None:
    """An entry that was begun and not finished, which is none yet."""
    if answers.typed(place.page, place.entry) is None:
        return None
    return _row(place, "Not finished yet", answers)
