"""The child: who they are, and where they live."""

from typing import Annotated

from chalicelib.domain.forms.dates import DueDate, PastDate
from chalicelib.domain.forms.questions import Ask, Choice, Kind, Question
from chalicelib.domain.forms.texts import (
    Address,
    Age,
    FreeText,
    Line,
    NhsNumber,
    Postcode,
)
from chalicelib.domain.referrals.pages.choices import YesNo, YesNoUnknown


class BirthKnown(Choice):
    DATE = "date", "I know their date of birth"
    AGE = "age", "I know their age only"
    UNBORN = "unborn", "The child is not born yet"


class Sex(Choice):
    FEMALE = "female", "Female"
    MALE = "male", "Male"
    UNKNOWN = "unknown", "Not known"


_WHITE = "White"
_MIXED = "Mixed or multiple ethnic groups"
_ASIAN = "Asian or Asian British"
_BLACK = "Black, African, Caribbean or Black British"
_OTHER = "Other ethnic group"


class EthnicGroup(Choice):
    """England's 18 harmonised categories, and "Not known"."""

    BRITISH = "british", "English, Welsh, Scottish, Northern Irish or British", "", _WHITE
    IRISH = "irish", "Irish", "", _WHITE
    TRAVELLER = "traveller", "Gypsy or Irish Traveller", "", _WHITE
    OTHER_WHITE = "other-white", "Any other White background", "", _WHITE
    WHITE_CARIBBEAN = "white-caribbean", "White and Black Caribbean", "", _MIXED
    WHITE_AFRICAN = "white-african", "White and Black African", "", _MIXED
    WHITE_ASIAN = "white-asian", "White and Asian", "", _MIXED
    OTHER_MIXED = "other-mixed", "Any other Mixed or multiple ethnic background", "", _MIXED
    INDIAN = "indian", "Indian", "", _ASIAN
    PAKISTANI = "pakistani", "Pakistani", "", _ASIAN
    BANGLADESHI = "bangladeshi", "Bangladeshi", "", _ASIAN
    CHINESE = "chinese", "Chinese", "", _ASIAN
    OTHER_ASIAN = "other-asian", "Any other Asian background", "", _ASIAN
    AFRICAN = "african", "African", "", _BLACK
    CARIBBEAN = "caribbean", "Caribbean", "", _BLACK
    OTHER_BLACK = "other-black", "Any other Black, African or Caribbean background", "", _BLACK
    ARAB = "arab", "Arab", "", _OTHER
    OTHER = "other", "Any other ethnic group", "", _OTHER
    UNKNOWN = "unknown", "Not known"


class HomeKnown(Choice):
    ADDRESS = "address", "I know the address"
    NONE = "none", "No fixed address"
    UNKNOWN = "unknown", "Not known"


class Name(Question):
    full_name: Annotated[
        Line,
        Ask(
            "Full name",
            empty="Enter the child’s full name",
            hint="If the child is not born or named yet, enter “Baby” and the mother’s last name",
        ),
    ]
    other_names: Annotated[
        Line | None,
        Ask("Other names used", hint="Earlier names, nicknames or other spellings"),
    ] = None


class Birth(Question):
    birth: Annotated[
        BirthKnown,
        Ask("Date of birth", empty="Select what you know of the child’s date of birth"),
    ]
    date_of_birth: Annotated[
        PastDate | None,
        Ask(
            "Date of birth",
            empty="Enter the child’s date of birth",
            hint="For example, 14 3 2019",
            shown_when=("birth", "date"),
            replaces=True,
        ),
    ] = None
    age: Annotated[
        Age | None,
        Ask(
            "Age in years",
            empty="Enter the child’s age in years",
            subject="Age",
            hint="Their age now, or when they died. Enter 0 for a child under one year",
            shown_when=("birth", "age"),
            replaces=True,
        ),
    ] = None
    due: Annotated[
        DueDate | None,
        Ask(
            "Due date",
            empty="Enter the date the child is due",
            hint="For example, 27 3 2027",
            shown_when=("birth", "unborn"),
        ),
    ] = None


class Death(Question):
    died: Annotated[YesNo, Ask("The child has died", empty="Select yes if the child has died")]
    date_of_death: Annotated[
        PastDate | None,
        Ask(
            "Date of death",
            empty="Enter the date the child died",
            hint="For example, 27 3 2026. If it is not certain, the date the child was found",
            shown_when=("died", "yes"),
        ),
    ] = None


class SexPage(Question):
    sex: Annotated[Sex, Ask("Sex", empty="Select the child’s sex")]


class Ethnicity(Question):
    ethnic_group: Annotated[
        EthnicGroup,
        Ask(
            "Ethnic group",
            empty="Select the child’s ethnic group, or “Not known”",
            kind=Kind.SELECT,
        ),
    ]
    background: Annotated[
        Line | None,
        Ask("How the family describes the child’s background"),
    ] = None


class Disability(Question):
    disabled: Annotated[
        YesNoUnknown,
        Ask("Disability", empty="Select whether the child has a disability"),
    ]
    disability: Annotated[
        FreeText | None,
        Ask(
            "The child’s disability",
            empty="Enter what the child’s disability is",
            hint="Include learning disability, sensory impairment and long-term health conditions",
            shown_when=("disabled", "yes"),
        ),
    ] = None


class Language(Question):
    first_language: Annotated[
        Line | None,
        Ask("First language", hint="For a baby, the language spoken at home"),
    ] = None
    religion: Annotated[Line | None, Ask("Religion or belief")] = None


class Numbers(Question):
    nhs_number: Annotated[
        NhsNumber | None,
        Ask("NHS number", hint="10 digits, like 943 476 5919"),
    ] = None
    local_numbers: Annotated[
        Line | None,
        Ask(
            "Other reference numbers",
            hint="For example, a social care or police reference, and whose it is",
        ),
    ] = None


class Home(Question):
    home: Annotated[
        HomeKnown,
        Ask("Home address", empty="Select what you know of the child’s home address"),
    ]
    address: Annotated[
        Address | None,
        Ask(
            "Home address",
            empty="Enter the child’s home address",
            shown_when=("home", "address"),
            replaces=True,
        ),
    ] = None
    postcode: Annotated[
        Postcode | None,
        Ask(
            "Postcode",
            optional=True,
            shown_when=("home", "address"),
            row="Home address",
        ),
    ] = None


class Whereabouts(Question):
    where_now: Annotated[
        Address,
        Ask(
            "Where the child is now",
            empty="Enter where the child is now, or “not known”",
            hint="The place, and who cares for the child there",
        ),
    ]


class AtTheTime(Question):
    where_then: Annotated[
        Address,
        Ask(
            "Where the child was living or staying",
            empty="Enter where the child was living or staying at the time",
        ),
    ]
    with_whom: Annotated[
        Address,
        Ask(
            "Who the child was with",
            empty="Enter who the child was with at the time",
            hint="Names, and how each was related to the child",
        ),
    ]
