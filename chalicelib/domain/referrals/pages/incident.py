"""The incident, or the period of abuse or neglect, that led to the referral."""

from typing import Annotated

from chalicelib.domain.forms.dates import ClockTime, PastDate
from chalicelib.domain.forms.questions import Ask, Choice, Question
from chalicelib.domain.forms.texts import Address, FreeText, Line, LongText, Several


class Occurred(Choice):
    DAY = "day", "On one day"
    PERIOD = "period", "Over a period, or on several days"
    UNKNOWN = "unknown", "Not known"


class Nature(Choice):
    PHYSICAL = "physical", "Physical abuse"
    EMOTIONAL = "emotional", "Emotional abuse"
    SEXUAL = "sexual", "Sexual abuse"
    NEGLECT = "neglect", "Neglect"
    DOMESTIC = "domestic", "Domestic abuse"
    EXPLOITATION = "exploitation", "Exploitation, sexual or criminal"
    OUTSIDE_HOME = "outside-home", "Other harm outside the home", "For example, serious violence"
    SELF_HARM = "self-harm", "Suicide or self-harm"
    OTHER = "other", "Something else"
    UNKNOWN = "unknown", "Not known yet"


class When(Question):
    occurred: Annotated[Occurred, Ask("When it happened", empty="Select when it happened")]
    day: Annotated[
        PastDate | None,
        Ask(
            "Date of the incident",
            empty="Enter the date of the incident",
            hint="For example, 27 3 2026",
            shown_when=("occurred", "day"),
            replaces=True,
        ),
    ] = None
    time: Annotated[
        ClockTime | None,
        Ask(
            "Time",
            hint="For example, 2:30pm",
            optional=True,
            shown_when=("occurred", "day"),
        ),
    ] = None
    period: Annotated[
        Line | None,
        Ask(
            "From when to when",
            empty="Enter the period over which it happened",
            hint="For example, autumn 2024 to March 2026",
            shown_when=("occurred", "period"),
            replaces=True,
        ),
    ] = None


class Place(Question):
    place: Annotated[
        Address,
        Ask(
            "Where it happened",
            empty="Enter where it happened, or “not known”",
            hint="The address if you know it, and what kind of place it is",
        ),
    ]


class Account(Question):
    intro = (
        "Say what is known, how it is known, and what is not known yet. "
        "Later sections ask for key events and for the agencies involved.",
    )

    account: Annotated[LongText, Ask("What happened", empty="Enter what happened")]


class NatureOfHarm(Question):
    nature: Annotated[
        Several[Nature],
        Ask(
            "Nature of the abuse or neglect",
            empty="Select the nature of the abuse or neglect, or “Not known yet”",
            hint="Select all that apply, known or suspected",
        ),
    ]
    other_nature: Annotated[
        Line | None,
        Ask(
            "What it was",
            empty="Enter the nature of the abuse or neglect",
            shown_when=("nature", "other"),
        ),
    ] = None


class Injuries(Question):
    injuries: Annotated[
        FreeText,
        Ask(
            "Harm to the child",
            empty="Enter what harm came to the child",
            hint="Injuries and what doctors found, or the effect on the child’s mental health "
            "and development. For a child who has died, include the cause of death if known",
        ),
    ]
