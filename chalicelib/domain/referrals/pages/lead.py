"""The safeguarding lead with whom the referral was discussed."""

from typing import Annotated

from chalicelib.domain.forms.dates import PastDate
from chalicelib.domain.forms.questions import Ask, Choice, Question
from chalicelib.domain.forms.texts import Email, FreeText, Line, Phone


class Discussed(Choice):
    YES = "yes", "Yes"
    SELF = "self", "I am my agency’s safeguarding lead"
    NO = "no", "No"


class Discussion(Question):
    intro = (
        "Talk to your agency’s safeguarding lead, or the named or designated professional, "
        "before you refer a case.",
    )

    discussed: Annotated[
        Discussed,
        Ask(
            "Discussed with a safeguarding lead",
            empty="Select whether you discussed this referral with your safeguarding lead",
        ),
    ]
    not_discussed_reason: Annotated[
        FreeText | None,
        Ask(
            "Why it was not discussed",
            empty="Enter why you have not discussed this referral with a safeguarding lead",
            shown_when=("discussed", "no"),
        ),
    ] = None


class Lead(Question):
    name: Annotated[Line, Ask("Full name", empty="Enter the safeguarding lead’s full name")]
    agency: Annotated[Line, Ask("Agency", empty="Enter the safeguarding lead’s agency")]
    role: Annotated[
        Line,
        Ask("Job title or role", empty="Enter the safeguarding lead’s job title or role"),
    ]
    phone: Annotated[
        Phone,
        Ask("Telephone number", empty="Enter the safeguarding lead’s telephone number"),
    ]
    email: Annotated[Email | None, Ask("Email address")] = None
    discussed_on: Annotated[
        PastDate,
        Ask(
            "Date you discussed the referral",
            empty="Enter the date you discussed the referral",
            hint="For example, 27 3 2026",
        ),
    ]
