"""The decision on a referral: what the decision-maker is asked, page by page."""

from __future__ import annotations

from typing import Annotated

from chalicelib.domain.cases import Outcome
from chalicelib.domain.forms.questions import Ask, Choice, Question
from chalicelib.domain.forms.texts import FreeText, LongText


class Interest(Choice):
    """Whether the decision-maker may decide on this case at all."""

    NONE = "no", "No, I can decide on this case"
    CONFLICT = (
        "yes",
        "Yes, I have a conflict of interest",
        "The case passes to the deputy and this link stops working.",
    )


class Declaration(Question):
    """The declaration of interest, made for each case before anything is decided."""

    interest: Annotated[
        Interest,
        Ask(
            "Do you have a conflict of interest in this case?",
            empty="Select whether you have a conflict of interest",
            hint="For example, you know the child or the family, or you worked with them.",
        ),
    ]


class RulingForm(Question):
    """Outcome and reason. No outcome is selected beforehand."""

    outcome: Annotated[
        Outcome, Ask("What is your decision?", empty="Select what you have decided", row="Decision")
    ]
    other_action: Annotated[
        FreeText | None,
        Ask(
            "Which action?",
            empty="Enter which action should be taken",
            row="Action",
            hint="For example a single-agency review, or a briefing for staff.",
            shown_when=("outcome", Outcome.OTHER_ACTION.value),
        ),
    ] = None
    information: Annotated[
        FreeText | None,
        Ask(
            "What do you need to know?",
            empty="Enter what you need to know",
            row="Information needed",
            hint="The referrer reads your words on their page, after typing a code. We email them "
            "that you asked, but not what. They do not see your reason.",
            shown_when=("outcome", Outcome.MORE_INFORMATION.value),
        ),
    ] = None
    reason: Annotated[
        LongText,
        Ask(
            "Reason",
            empty="Enter the reason for your decision",
            hint="Clear and defensible: which criteria are met or not met, and why.",
        ),
    ]
