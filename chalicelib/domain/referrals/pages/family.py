"""The family and household: one entry a person."""

from typing import Annotated

from chalicelib.domain.forms.dates import PastDate
from chalicelib.domain.forms.questions import Ask, Choice, Question
from chalicelib.domain.forms.texts import Address, Age, Line


class PersonBirth(Choice):
    DATE = "date", "I know their date of birth"
    AGE = "age", "I know their age only"
    UNKNOWN = "unknown", "Not known"


class Lives(Choice):
    SAME = "same", "At the child’s home address"
    ELSEWHERE = "elsewhere", "Somewhere else"
    UNKNOWN = "unknown", "Not known"


class PersonPlan(Choice):
    NOW = "now", "On a plan now"
    BEFORE = "before", "On a plan before"
    NO = "no", "Never on a plan, or an adult"
    UNKNOWN = "unknown", "Not known"


class Person(Question):
    intro = (
        "Include parents, step-parents, partners, brothers and sisters, and everyone else who "
        "lived in the home or cared for the child.",
    )

    name: Annotated[Line, Ask("Full name", empty="Enter the person’s full name")]
    relationship: Annotated[
        Line,
        Ask(
            "Relationship to the child",
            empty="Enter how the person is related to the child",
            hint="For example, mother, stepfather, brother or mother’s partner",
        ),
    ]
    birth: Annotated[
        PersonBirth,
        Ask("Date of birth", empty="Select what you know of the person’s date of birth"),
    ]
    date_of_birth: Annotated[
        PastDate | None,
        Ask(
            "Date of birth",
            empty="Enter the person’s date of birth",
            hint="For example, 14 3 1994",
            shown_when=("birth", "date"),
            replaces=True,
        ),
    ] = None
    age: Annotated[
        Age | None,
        Ask(
            "Age in years",
            empty="Enter the person’s age in years",
            subject="Age",
            hint="About right is good enough. Enter 0 for a child under one year",
            shown_when=("birth", "age"),
            replaces=True,
        ),
    ] = None
    lives: Annotated[Lives, Ask("Lives", empty="Select where the person lives")]
    address: Annotated[
        Address | None,
        Ask(
            "Address",
            empty="Enter the person’s address",
            shown_when=("lives", "elsewhere"),
            replaces=True,
        ),
    ] = None
    legal_status: Annotated[
        Line | None,
        Ask(
            "Legal status",
            hint="For example, a care order for a child, or parental responsibility for an adult",
        ),
    ] = None
    plan: Annotated[
        PersonPlan,
        Ask(
            "Child protection plan",
            empty="Select whether the person was ever on a child protection plan",
        ),
    ]

    @property
    def headline(self) -> str:
        return f"{self.name}, {self.relationship}"
