"""The services that knew the child: doctor, school, social care and the law."""

from typing import Annotated

from chalicelib.domain.forms.questions import Ask, Choice, Question
from chalicelib.domain.forms.texts import Address, Email, FreeText, Line, Phone
from chalicelib.domain.referrals.pages.choices import YesNoUnknown


class LegalStatus(Choice):
    NONE = "no-order", "No order or legal arrangement"
    ACCOMMODATED = "accommodated", "Accommodated by agreement", "Section 20, Children Act 1989"
    INTERIM_CARE = "interim-care", "Interim care order", "Section 38"
    CARE = "care", "Care order", "Section 31"
    SUPERVISION = "supervision", "Supervision order, interim or full", "Section 31 or 38"
    PROTECTION = "protection", "Emergency or police protection", "Section 44 or 46"
    PLACEMENT = "placement", "Placement order or adopted"
    GUARDIANSHIP = "guardianship", "Special guardianship order"
    ARRANGEMENTS = "arrangements", "Child arrangements order"
    WARD = "ward", "Ward of court"
    CUSTODY = "custody", "Remanded, or serving a sentence"
    OTHER = "other", "Another legal status"
    UNKNOWN = "unknown", "Not known"


class Support(Choice):
    SOCIAL_CARE = "social-care", "Yes, to children’s social care"
    EARLY_HELP = "early-help", "Yes, to early help"
    BEFORE = "before", "Not at the time, but before"
    NO = "no", "No, never"
    UNKNOWN = "unknown", "Not known"


class Doctor(Question):
    registered: Annotated[
        YesNoUnknown,
        Ask("Registered with a GP", empty="Select whether the child is registered with a GP"),
    ]
    practice: Annotated[
        Address | None,
        Ask(
            "GP practice",
            empty="Enter the name of the child’s GP practice",
            hint="Its name, and its address if you know it",
            shown_when=("registered", "yes"),
        ),
    ] = None


class School(Question):
    attends: Annotated[
        YesNoUnknown,
        Ask(
            "Attends a school or setting",
            empty="Select whether the child attends a school or other setting",
            hint="Say yes as well if the child attended one at the time",
        ),
    ]
    setting: Annotated[
        Address | None,
        Ask(
            "School or setting",
            empty="Enter the name of the child’s school or setting",
            hint="Its name, and its address if you know it",
            shown_when=("attends", "yes"),
        ),
    ] = None
    home_educated: Annotated[
        Line | None,
        Ask(
            "Why not",
            hint="For example, home educated, excluded or too young",
            optional=True,
            shown_when=("attends", "no"),
        ),
    ] = None


class Legal(Question):
    legal_status: Annotated[
        LegalStatus,
        Ask("Legal status", empty="Select the child’s legal status"),
    ]
    other_status: Annotated[
        Line | None,
        Ask(
            "The legal status",
            empty="Enter what the child’s legal status is",
            shown_when=("legal_status", "other"),
        ),
    ] = None


class Plan(Question):
    on_plan: Annotated[
        YesNoUnknown,
        Ask(
            "On a child protection plan now",
            empty="Select whether the child is on a child protection plan now",
            hint="For a child who has died, at the time of death",
        ),
    ]
    plan: Annotated[
        Line | None,
        Ask(
            "Category and start date of this plan",
            empty="Enter the category and start date of the child protection plan",
            shown_when=("on_plan", "yes"),
        ),
    ] = None
    earlier_plan: Annotated[
        YesNoUnknown,
        Ask(
            "On a child protection plan before",
            empty="Select whether the child was on a child protection plan before",
        ),
    ]
    earlier_plans: Annotated[
        Line | None,
        Ask(
            "Categories and dates of earlier plans",
            empty="Enter the categories and dates of the earlier child protection plans",
            shown_when=("earlier_plan", "yes"),
        ),
    ] = None


class OpenTo(Question):
    support: Annotated[
        Support,
        Ask(
            "Open to children’s social care or early help",
            empty="Select whether the child was open to children’s social care or early help",
        ),
    ]
    earlier_support: Annotated[
        FreeText | None,
        Ask(
            "When, and to which service",
            empty="Enter when the child was open, and to which service",
            shown_when=("support", "before"),
        ),
    ] = None


class LeadWorker(Question):
    worker: Annotated[
        Line,
        Ask("Lead worker’s name", empty="Enter the lead worker’s name, or “not known”"),
    ]
    worker_role: Annotated[Line | None, Ask("Job title and team")] = None
    worker_phone: Annotated[Phone | None, Ask("Telephone number")] = None
    worker_email: Annotated[Email | None, Ask("Email address")] = None
