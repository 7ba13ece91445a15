"""Agencies that know the child or the family: one entry an agency."""

from typing import Annotated

from chalicelib.domain.forms.questions import Ask, Question
from chalicelib.domain.forms.texts import Address, Line
from chalicelib.domain.referrals.pages.choices import YesNoUnknown


class InvolvedAgency(Question):
    agency: Annotated[Line, Ask("Agency", empty="Enter the name of the agency")]
    name: Annotated[Line | None, Ask("Name of a person there")] = None
    role: Annotated[Line | None, Ask("Their job title or role")] = None
    contact: Annotated[
        Address | None,
        Ask("How to reach them", hint="Telephone number, email address or both"),
    ] = None
    involved: Annotated[
        YesNoUnknown,
        Ask("Still involved", empty="Select whether the agency is still involved"),
    ]

    @property
    def headline(self) -> str:
        return self.agency
