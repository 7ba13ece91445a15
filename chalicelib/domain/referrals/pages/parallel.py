"""Other investigations, proceedings and reviews of the same events."""

from typing import Annotated

from chalicelib.domain.forms.questions import Ask, Choice, Question
from chalicelib.domain.forms.texts import Address, Line, Several


class Process(Choice):
    CRIMINAL = "criminal", "Criminal investigation or prosecution"
    CARE = "care", "Care proceedings"
    INQUEST = "inquest", "Inquest"
    CHILD_DEATH = "child-death", "Child death review"
    DOMESTIC = "domestic", "Domestic homicide or domestic abuse related death review"
    ADULTS = "adults", "Safeguarding adults review"
    OTHER = "other", "Another investigation or review"
    NONE = "none", "None of these"
    UNKNOWN = "unknown", "Not known"


class Processes(Question):
    intro = ("Include those that are planned, under way or finished.",)

    processes: Annotated[
        Several[Process],
        Ask(
            "Other investigations and reviews",
            empty="Select the other investigations and reviews, or “None of these”",
            hint="Select all that apply",
        ),
    ]
    other_process: Annotated[
        Line | None,
        Ask(
            "Which one",
            empty="Enter which other investigation or review there is",
            shown_when=("processes", "other"),
        ),
    ] = None


class Proceeding(Question):
    """Whom to ask about one process. Each process that was ticked has a page of this kind."""

    contact: Annotated[
        Line,
        Ask(
            "Contact",
            empty="Enter who can be asked about it, or “not known”",
            hint="Name, and job title or role",
        ),
    ]
    contact_details: Annotated[
        Address | None,
        Ask("How to reach them", hint="Telephone number, email address or both"),
    ] = None
    reference_number: Annotated[
        Line | None,
        Ask("Reference", hint="For example, a crime or court case number"),
    ] = None
