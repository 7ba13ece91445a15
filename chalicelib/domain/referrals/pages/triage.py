"""What is asked for, before anything else."""

from typing import Annotated

from chalicelib.domain.forms.questions import Ask, Choice, Question


class Review(Choice):
    STATUTORY = (
        "statutory",
        "A statutory review",
        "A local child safeguarding practice review: abuse or neglect is known or suspected, "
        "and a child has died or been seriously harmed",
    )
    LEARNING = (
        "learning",
        "A learning review",
        "The criteria may not be met, but agencies can learn from what happened",
    )
    UNSURE = "unsure", "I am not sure", "The panel will advise which fits"


class Danger(Choice):
    NO = "no", "No"
    REPORTED = "reported", "Yes, and children’s social care or the police have been told"


class Purpose(Question):
    intro = (
        "Choose what seems closest. The panel considers every referral against the criteria, "
        "whatever you choose here.",
    )
    notice = "not_notification"

    review: Annotated[
        Review,
        Ask("Review asked for", empty="Select what you are referring this case for"),
    ]


class LiveConcern(Question):
    intro = ("A referral for a review does not protect a child today.",)
    notice = "urgent"

    danger: Annotated[
        Danger,
        Ask(
            "A child is at risk of harm now",
            empty="Select whether any child is at risk of harm now. "
            "If nobody has been told, phone before you go on",
        ),
    ]
