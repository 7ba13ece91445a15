"""Who refers the case. The only pages that browsers may fill in by themselves."""

from typing import Annotated

from chalicelib.domain.forms.questions import Ask, Choice, Question
from chalicelib.domain.forms.texts import Address, Email, Line, Phone, Postcode


class AgencyKind(Choice):
    """Kinds of agency. The label is all that messages may say about who referred a case."""

    HEALTH = "health", "Health"
    POLICE = "police", "Police"
    SOCIAL_CARE = "social-care", "Children’s social care"
    SCHOOL = "school", "School or college"
    EARLY_YEARS = "early-years", "Early years or childcare"
    EARLY_HELP = "early-help", "Early help or youth service"
    YOUTH_JUSTICE = "youth-justice", "Youth justice"
    PROBATION = "probation", "Probation"
    ADULTS = "adults", "Adult social care"
    HOUSING = "housing", "Housing"
    COURTS = "courts", "Family court or Cafcass"
    VOLUNTARY = "voluntary", "Voluntary, community or faith organisation"
    OTHER = "other", "Another agency"


class Presents(Choice):
    ME = "me", "I can present it"
    COLLEAGUE = "colleague", "A colleague will present it"


class Referrer(Question):
    name: Annotated[
        Line,
        Ask("Full name", empty="Enter your full name", autocomplete="name"),
    ]
    role: Annotated[
        Line,
        Ask(
            "Job title or role",
            empty="Enter your job title or role",
            autocomplete="organization-title",
        ),
    ]


class Agency(Question):
    kind: Annotated[
        AgencyKind,
        Ask("Kind of agency", empty="Select the kind of agency you work for"),
    ]
    agency: Annotated[
        Line,
        Ask(
            "Name of the agency",
            empty="Enter the name of your agency",
            hint="For example, the name of your trust, school, team or charity",
            autocomplete="organization",
        ),
    ]


class Contact(Question):
    intro = ("We send your reference, and later the outcome, to this email address.",)

    email: Annotated[
        Email,
        Ask(
            "Work email address",
            empty="Enter your work email address",
            hint="Use an address that only you, or colleagues who may know of the case, can read",
            autocomplete="email",
        ),
    ]
    phone: Annotated[
        Phone,
        Ask("Work telephone number", empty="Enter your work telephone number", autocomplete="tel"),
    ]
    address: Annotated[
        Address,
        Ask(
            "Work address",
            empty="Enter your work address",
            autocomplete="street-address",
            row="Work address",
        ),
    ]
    postcode: Annotated[
        Postcode | None,
        Ask("Work postcode", autocomplete="postal-code", row="Work address"),
    ] = None


class Presenting(Question):
    intro = ("The panel may ask someone who knows the case to present it.",)

    presents: Annotated[
        Presents,
        Ask("Presents the case if asked", empty="Select who can present the case"),
    ]
    presenter: Annotated[
        Line | None,
        Ask(
            "Colleague’s name and role",
            empty="Enter the name and role of the colleague who will present the case",
            shown_when=("presents", "colleague"),
        ),
    ] = None
