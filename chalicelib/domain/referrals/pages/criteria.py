"""Why there should be a review, in the words of the law.

The two limbs make a serious child safeguarding case (Children Act 2004, section 16C): abuse or
neglect is known or suspected, and the child has died or been seriously harmed. The grounds are
those of regulation 11 of SI 2018/789. Its last one, that the national panel thinks a local
review more fitting, is not for a referrer to know and is not asked.
"""

from typing import Annotated

from chalicelib.domain.forms.questions import Ask, Choice, Question
from chalicelib.domain.forms.texts import FreeText, LongText, Several


class Abuse(Choice):
    KNOWN = "known", "Yes, it is known"
    SUSPECTED = "suspected", "Yes, it is suspected"
    NO = "no", "No"
    UNSURE = "unsure", "I am not sure"


class SeriousHarm(Choice):
    YES = "yes", "Yes"
    NO = "no", "No"
    UNSURE = "unsure", "I am not sure"


class Ground(Choice):
    IMPROVEMENTS = (
        "improvements",
        "Improvements are needed to safeguard and promote the welfare of children",
        "Including where they were identified before",
    )
    THEMES = (
        "themes",
        "There are recurrent themes in safeguarding and promoting the welfare of children",
    )
    WORKING_TOGETHER = (
        "working-together",
        "There are concerns about how two or more agencies worked together",
    )
    OTHER = "other", "Another reason"
    NONE = "none", "None of these"


STATUTORY_GROUNDS = (Ground.IMPROVEMENTS, Ground.THEMES, Ground.WORKING_TOGETHER)
"""Those that regulation 11 names and a referrer can know."""


class AbuseOrNeglect(Question):
    abuse: Annotated[
        Abuse,
        Ask(
            "Abuse or neglect is known or suspected",
            empty="Select whether abuse or neglect of the child is known or suspected",
        ),
    ]
    abuse_reason: Annotated[
        FreeText,
        Ask(
            "Why you think so",
            empty="Enter why you think abuse or neglect is, or is not, known or suspected",
        ),
    ]


class Harm(Question):
    intro = (
        "Serious harm includes serious or long-term impairment of a child’s physical or mental "
        "health, or of their intellectual, emotional, social or behavioural development.",
        "A child who recovers may still have been seriously harmed.",
    )

    serious_harm: Annotated[
        SeriousHarm,
        Ask("Seriously harmed", empty="Select whether the child was seriously harmed"),
    ]
    harm_reason: Annotated[
        FreeText,
        Ask(
            "Why you think so",
            empty="Enter why you think the child was, or was not, seriously harmed",
        ),
    ]


class Grounds(Question):
    grounds: Annotated[
        Several[Ground],
        Ask(
            "What the case highlights, or may highlight",
            empty="Select what the case highlights, or “None of these”",
            hint="Select all that apply",
        ),
    ]
    improvements: Annotated[
        FreeText | None,
        Ask(
            "Which improvements",
            empty="Enter which improvements are needed",
            shown_when=("grounds", "improvements"),
        ),
    ] = None
    themes: Annotated[
        FreeText | None,
        Ask(
            "Which themes",
            empty="Enter which themes recur",
            shown_when=("grounds", "themes"),
        ),
    ] = None
    working_together: Annotated[
        FreeText | None,
        Ask(
            "Which concerns, and about which agencies",
            empty="Enter the concerns about how agencies worked together",
            shown_when=("grounds", "working-together"),
        ),
    ] = None
    other_reason: Annotated[
        FreeText | None,
        Ask(
            "The other reason",
            empty="Enter the other reason for a review",
            shown_when=("grounds", "other"),
        ),
    ] = None


class Narrative(Question):
    intro = (
        "Say why you think there should be a review, and what could be learned from it. "
        "The panel reads this first.",
    )

    narrative: Annotated[
        LongText,
        Ask("Why there should be a review", empty="Enter why you think there should be a review"),
    ]
