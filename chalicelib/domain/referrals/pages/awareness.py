"""What the family knows, and whether the media take an interest."""

from typing import Annotated

from chalicelib.domain.forms.questions import Ask, Question
from chalicelib.domain.forms.texts import FreeText
from chalicelib.domain.referrals.pages.choices import YesNo, YesNoUnknown


class Family(Question):
    intro = (
        "You do not need the family’s consent to refer a case. "
        "Tell them of the referral unless that could put someone at risk or harm an investigation.",
    )

    aware: Annotated[
        YesNo,
        Ask("The family knows of this referral", empty="Select whether the family knows"),
    ]
    unaware_reason: Annotated[
        FreeText | None,
        Ask(
            "Why the family does not know",
            empty="Enter why the family does not know of this referral",
            shown_when=("aware", "no"),
        ),
    ] = None


class Media(Question):
    notice = "phone_first"

    media: Annotated[
        YesNoUnknown,
        Ask("Media interest", empty="Select whether there is, or may be, media interest"),
    ]
    media_interest: Annotated[
        FreeText | None,
        Ask(
            "What the interest is",
            empty="Enter what the media interest is",
            hint="Which newspapers, programmes or social media, and what they said or asked",
            shown_when=("media", "yes"),
        ),
    ] = None
