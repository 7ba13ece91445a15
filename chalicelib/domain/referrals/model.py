"""The complete referral: what is submitted, sealed and kept for good.

It holds each page's model under its section, so that readers need neither paths nor the journey.
Its JSON carries the edition of the form. A form that changes in a way that old referrals do not
fit gets the next edition, and ``from_json`` a way to read the old one.
"""

import json
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from chalicelib.domain.errors import ReferralIncomplete, ServiceError
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import PAGES, missing, visible_pages
from chalicelib.domain.referrals.pages import (
    agencies,
    awareness,
    child,
    chronology,
    criteria,
    family,
    incident,
    lead,
    parallel,
    referrer,
    safety,
    support,
    triage,
)
from chalicelib.domain.referrals.summaries import SectionSummary, summarise

EDITION: Literal[1] = 1


class UnreadableReferral(ServiceError):
    """Kept bytes are not a referral of an edition that this release can read."""


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, hide_input_in_errors=True
    )


class Triage(_Part):
    purpose: triage.Purpose
    danger: triage.LiveConcern


class Referrer(_Part):
    name: referrer.Referrer
    agency: referrer.Agency
    contact: referrer.Contact
    presenting: referrer.Presenting


class Lead(_Part):
    discussed: lead.Discussion
    person: lead.Lead | None = None


class Child(_Part):
    name: child.Name
    birth: child.Birth
    death: child.Death | None = None
    sex: child.SexPage | None = None
    ethnicity: child.Ethnicity
    disability: child.Disability | None = None
    language: child.Language
    numbers: child.Numbers
    home: child.Home
    now: child.Whereabouts | None = None
    then: child.AtTheTime | None = None
    doctor: support.Doctor | None = None
    school: support.School | None = None
    legal: support.Legal | None = None
    plan: support.Plan
    open_to: support.OpenTo
    lead_worker: support.LeadWorker | None = None


class Family(_Part):
    person: tuple[family.Person, ...]


class Incident(_Part):
    when: incident.When
    place: incident.Place
    account: incident.Account
    nature: incident.NatureOfHarm
    injuries: incident.Injuries


class Chronology(_Part):
    event: tuple[chronology.Event, ...]


class Agencies(_Part):
    agency: tuple[agencies.InvolvedAgency, ...]


class Criteria(_Part):
    abuse: criteria.AbuseOrNeglect
    harm: criteria.Harm | None = None
    grounds: criteria.Grounds
    narrative: criteria.Narrative


class Safety(_Part):
    children: safety.OtherChildren


class Parallel(_Part):
    processes: parallel.Processes
    criminal: parallel.Proceeding | None = None
    care: parallel.Proceeding | None = None
    inquest: parallel.Proceeding | None = None
    child_death: parallel.Proceeding | None = None
    domestic: parallel.Proceeding | None = None
    adults: parallel.Proceeding | None = None
    other: parallel.Proceeding | None = None


class Awareness(_Part):
    family: awareness.Family
    media: awareness.Media


class Referral(_Part):
    edition: Literal[1] = EDITION
    triage: Triage
    referrer: Referrer
    lead: Lead
    child: Child
    family: Family
    incident: Incident
    chronology: Chronology
    agencies: Agencies
    criteria: Criteria
    safety: Safety
    parallel: Parallel
    awareness: Awareness

    @classmethod
    def from_answers(cls, answers: Answers) -> Self:
        """The referral that these answers make. Raises ReferralIncomplete.

        Answers of pages that no longer apply stay behind.
        """
        unfinished = missing(answers)
        if unfinished:
            raise ReferralIncomplete(tuple(page.path for page in unfinished))
        sections: dict[str, dict[str, Any]] = {}
        for page in visible_pages(answers):
            value = answers.many(page) if page.many else answers.one(page)
            sections.setdefault(page.section, {})[_name(page.slug)] = value
        return cls.model_validate(sections)

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Read what ``to_json`` wrote. Raises UnreadableReferral."""
        try:
            referral = cls.model_validate(json.loads(data))
        except (ValueError, ValidationError) as error:
            raise UnreadableReferral("not a referral of a known edition") from error
        if missing(referral.answers()):
            raise UnreadableReferral("a page of the referral is missing")
        return referral

    def to_json(self) -> bytes:
        """One JSON text in UTF-8, keys sorted: the same referral gives the same bytes."""
        content = self.model_dump(mode="json", exclude_defaults=True) | {"edition": self.edition}
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return text.encode()

    def answers(self) -> Answers:
        """The answers that make this referral."""
        answers = Answers.empty()
        for page in PAGES.values():
            value = getattr(getattr(self, page.section), _name(page.slug))
            if page.many:
                answers = answers.with_none_to_add(page)
                for entry in value:
                    answers = answers.with_entry(page, None, entry)
            elif value is not None:
                answers = answers.with_one(page, value)
        return answers

    def summary(self) -> tuple[SectionSummary, ...]:
        """Every answer as labelled lines, by section."""
        return summarise(self.answers())

    @property
    def referrer_name(self) -> str:
        return self.referrer.name.name

    @property
    def referrer_email(self) -> str:
        return self.referrer.contact.email

    @property
    def agency_kind(self) -> str:
        """The kind of agency that refers, as a label that is not personal: "Health"."""
        return self.referrer.agency.kind.label

    @property
    def child_initials(self) -> str:
        """The child's initials: all that the office's record beside the form shows of a name."""
        return "".join(word[0] for word in self.child.name.full_name.split()).upper()


def _name(slug: str) -> str:
    """The attribute that holds a page: its slug as a Python name."""
    return slug.replace("-", "_")
