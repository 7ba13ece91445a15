"""Whether other children are safe."""

from typing import Annotated

from chalicelib.domain.forms.questions import Ask, Question
from chalicelib.domain.forms.texts import FreeText, Line
from chalicelib.domain.referrals.pages.choices import YesNoUnknown


class OtherChildren(Question):
    notice = "urgent"

    concerns: Annotated[
        YesNoUnknown,
        Ask(
            "Immediate concerns for other children",
            empty="Select whether there are immediate concerns for other children",
        ),
    ]
    concern: Annotated[
        FreeText | None,
        Ask(
            "The children, and the concerns",
            empty="Enter which children there are concerns for, and what they are",
            shown_when=("concerns", "yes"),
        ),
    ] = None
    passed_to: Annotated[
        Line | None,
        Ask(
            "Who has been told",
            empty="Enter who has been told of the concerns",
            hint="Name, agency and date",
            shown_when=("concerns", "yes"),
        ),
    ] = None
    steps_taken: Annotated[
        FreeText | None,
        Ask(
            "What has been done",
            empty="Enter what has been done to keep the children safe",
            shown_when=("concerns", "yes"),
        ),
    ] = None
