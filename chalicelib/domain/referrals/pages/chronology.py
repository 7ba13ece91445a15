"""Key events before, during and after the incident: one entry an event."""

from textwrap import shorten
from typing import Annotated

from chalicelib.domain.calendar import write_date
from chalicelib.domain.forms.dates import PastDate
from chalicelib.domain.forms.questions import Ask, Choice, Question
from chalicelib.domain.forms.texts import FreeText, Line

HEADLINE_CHARACTERS = 60


class DateKnown(Choice):
    EXACT = "exact", "I know the date"
    ABOUT = "about", "I know it roughly"


class Event(Question):
    intro = ("Add what you know yourself. You do not need other agencies’ records.",)

    known: Annotated[DateKnown, Ask("When it was", empty="Select whether you know the date")]
    day: Annotated[
        PastDate | None,
        Ask(
            "Date of the event",
            empty="Enter the date of the event",
            hint="For example, 27 3 2026",
            shown_when=("known", "exact"),
            replaces=True,
        ),
    ] = None
    about: Annotated[
        Line | None,
        Ask(
            "Roughly when",
            empty="Enter roughly when the event was",
            hint="For example, summer 2025, or early March 2026",
            shown_when=("known", "about"),
            replaces=True,
        ),
    ] = None
    event: Annotated[FreeText, Ask("What happened", empty="Enter what happened")]
    source: Annotated[
        Line,
        Ask(
            "Source",
            empty="Enter where this information comes from",
            hint="For example, school records, or told by the health visitor",
        ),
    ]

    @property
    def headline(self) -> str:
        when = write_date(self.day) if self.day else self.about or ""
        return f"{when}: {shorten(self.event, HEADLINE_CHARACTERS, placeholder=' …')}"
