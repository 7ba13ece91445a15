"""A question form as a person sees it: fresh, filled, refused, or overtaken by another tab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from chalicelib.domain.errors import BadRequest
from chalicelib.domain.forms.parsing import Problem, to_fields
from chalicelib.domain.forms.questions import Question
from chalicelib.domain.referrals import journey
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.summaries import rows
from chalicelib.web.inputs import fill
from chalicelib.web.pages import Cookie, Html
from chalicelib.web.referrals.addresses import Place

# The id of the form: a button outside it can send it as well.
FORM = "answers"

INVALID = 422
STALE = 409
TOO_LARGE = 413
UNAVAILABLE = 503

Table = tuple[tuple[str, tuple[str, ...]], ...]

NOT_GIVEN = "Not given"


class Action(StrEnum):
    """What the button that was pressed asks for, beside saving the page."""

    CONTINUE = ""
    TASKS = "tasks"
    LATER = "later"
    CLEAR = "clear"


_ACTIONS = frozenset(action.value for action in Action)


_MESSAGES = {
    TOO_LARGE: (
        "This page was not saved, because the referral would be too long. "
        "Shorten what you typed and try again"
    ),
    UNAVAILABLE: (
        "We could not save this page. Your earlier answers are saved. "
        "What you typed is still on this page: try again"
    ),
}


@dataclass(frozen=True)
class Posted:
    """A question form as it was sent: the typed fields, apart from what the page itself added.

    ``version`` is the stamp of the answers that the form was made from.
    """

    typed: Mapping[str, list[str]]
    version: str
    action: Action

    @classmethod
    def read(cls, fields: Mapping[str, list[str]]) -> Posted:
        """Raises BadRequest where what the page added is missing, doubled or not ours."""
        typed = dict(fields)
        version = typed.pop("version", [])
        action = typed.pop("action", [""])
        if len(version) != 1 or len(action) != 1 or action[0] not in _ACTIONS:
            raise BadRequest("version or action missing, doubled or unknown")
        return cls(typed, version[0], Action(action[0]))


@dataclass(frozen=True)
class Sheet:
    """One form: what stands in it, what is wrong with it, and what is saved meanwhile."""

    place: Place
    answers: Answers
    version: str
    values: Mapping[str, list[str]]
    problems: tuple[Problem, ...] = ()
    saved_now: Table = ()
    unfinished: bool = False
    status: int = 200

    @classmethod
    def fresh(cls, place: Place, answers: Answers) -> Sheet:
        """The form with what was typed and not finished, or else with what is saved."""
        question = saved(place, answers)
        unfinished = answers.typed(place.page, place.entry)
        values = to_fields(question) if question else {}
        return cls(
            place,
            answers,
            version=answers.stamp(place.page, place.entry),
            values=values if unfinished is None else unfinished,
            saved_now=table(question) if question and unfinished is not None else (),
            unfinished=unfinished is not None,
        )

    @classmethod
    def typed(cls, place: Place, answers: Answers, posted: Posted) -> Sheet:
        """The form with what was sent."""
        return cls(place, answers, version=posted.version, values=posted.typed)

    def refused(self, problems: tuple[Problem, ...]) -> Html:
        """Shown again, with what must be put right."""
        return replace(self, problems=problems, status=INVALID).html()

    def unsaved(self, status: int) -> Html:
        """Shown again because it could not be saved; everything typed is still there."""
        return self._failed(_MESSAGES[status], status)

    def overtaken(self, *, cookies: tuple[Cookie, ...] = ()) -> Html:
        """Shown again over what another tab saved, so that a person chooses which shall stand.

        ``answers`` are those of the other tab. An entry that stood nowhere, or stands no more, is
        offered as a further one and never written over another.
        """
        stored = saved(self.place, self.answers)
        message, place = _overtaken(self.place, self.answers, version=self.version)
        again = replace(
            self,
            place=place,
            version=self.answers.stamp(place.page, place.entry),
            saved_now=table(stored) if stored else (),
        )
        return replace(again._failed(message, STALE), cookies=cookies)

    def html(self) -> Html:
        page = self.place.page
        wrong = {problem.field: problem for problem in self.problems}
        context = {
            "page": page,
            "section": journey.find_section(page.section),
            "entry": self.place.entry,
            "inputs": [fill(field, self.values, wrong) for field in page.fields],
            "problems": self.problems,
            "version": self.version,
            "action": self.place.address,
            "back": self.place.before(self.answers),
            "to_check": self.place.to_check,
            "saved_now": self.saved_now,
            "unfinished": self.unfinished,
            "keeping": FORM,
        }
        return Html("referrals/question.html", context, status=self.status)

    def _failed(self, message: str, status: int) -> Html:
        anchor = self.place.page.fields[0].anchor
        problem = Problem(field="", message=message, anchor=anchor)
        return replace(self, problems=(problem,), status=status).html()


def saved(place: Place, answers: Answers) -> Question | None:
    """What is saved where a form's answers go, if anything."""
    if place.entry is None:
        return answers.one(place.page)
    entries = answers.many(place.page)
    return entries[place.entry] if place.entry < len(entries) else None


def table(question: Question) -> Table:
    """A page's answers as rows of a summary list."""
    return tuple((row.label, row.lines or (NOT_GIVEN,)) for row in rows(question))


def _overtaken(place: Place, answers: Answers, *, version: str) -> tuple[str, Place]:
    """What to say of a stale form, and where it shall be saved if it is sent again."""
    count = len(answers.many(place.page))
    entry = place.page.repeat.entry.lower() if place.page.repeat else ""
    if place.entry is None or (place.entry < count and version != nothing(place)):
        message = (
            "This page was saved differently in another tab. Check the answers below and save "
            "again to replace what is saved now"
        )
        return message, place
    if place.entry < count:
        message = (
            "Something was added here in another tab. If this is not the same "
            f"{entry}, save again to add it as well"
        )
        return message, place.of(count)
    message = f"This {entry} was removed in another tab. Save again to add it"
    return message, place.of(count)


def nothing(place: Place) -> str:
    """The stamp of an entry that is not there yet."""
    return Answers.empty().stamp(place.page, 0)
