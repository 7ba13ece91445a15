"""Every page of the form in order, and when it is asked.

The table is the journey: nothing else knows which page follows which.
"""

from __future__ import annotations

from chalicelib.domain.referrals import conditions
from chalicelib.domain.referrals.page import Page, Repeat, Section
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


def _proceeding(process: parallel.Process, title: str) -> Page:
    path = f"parallel/{process.value}"
    return Page(path, title, parallel.Proceeding, visible=conditions.involves(process))


JOURNEY: tuple[Section, ...] = (
    Section(
        "triage",
        "About this referral",
        (
            Page("triage/purpose", "What are you referring this case for?", triage.Purpose),
            Page(
                "triage/danger",
                "Is any child at risk of harm now?",
                triage.LiveConcern,
            ),
        ),
    ),
    Section(
        "referrer",
        "You and your agency",
        (
            Page("referrer/name", "What is your name?", referrer.Referrer),
            Page("referrer/agency", "Which agency do you work for?", referrer.Agency),
            Page("referrer/contact", "How can we reach you at work?", referrer.Contact),
            Page(
                "referrer/presenting",
                "Who can present the case to the panel?",
                referrer.Presenting,
            ),
        ),
    ),
    Section(
        "lead",
        "Your safeguarding lead",
        (
            Page(
                "lead/discussed",
                "Have you discussed this referral with your safeguarding lead?",
                lead.Discussion,
            ),
            Page(
                "lead/person",
                "Your safeguarding lead",
                lead.Lead,
                visible=conditions.lead_is_another,
            ),
        ),
    ),
    Section(
        "child",
        "The child",
        (
            Page("child/name", "What is the child’s name?", child.Name),
            Page("child/birth", "What is the child’s date of birth?", child.Birth),
            Page("child/death", "Has the child died?", child.Death, visible=conditions.born),
            Page("child/sex", "What is the child’s sex?", child.SexPage, visible=conditions.born),
            Page("child/ethnicity", "What is the child’s ethnic group?", child.Ethnicity),
            Page(
                "child/disability",
                "Does the child have a disability?",
                child.Disability,
                visible=conditions.born,
            ),
            Page("child/language", "Language and religion", child.Language),
            Page("child/numbers", "NHS number and other references", child.Numbers),
            Page("child/home", "What is the child’s home address?", child.Home),
            Page(
                "child/now",
                "Where is the child now?",
                child.Whereabouts,
                visible=conditions.alive_and_born,
            ),
            Page(
                "child/then",
                "Where was the child at the time?",
                child.AtTheTime,
                visible=conditions.born,
            ),
            Page(
                "child/doctor",
                "Is the child registered with a GP?",
                support.Doctor,
                visible=conditions.born,
            ),
            Page(
                "child/school",
                "Does the child attend a school or other setting?",
                support.School,
                visible=conditions.born,
            ),
            Page(
                "child/legal",
                "What is the child’s legal status?",
                support.Legal,
                visible=conditions.born,
            ),
            Page("child/plan", "Child protection plans", support.Plan),
            Page(
                "child/open-to",
                "Was the child open to children’s social care or early help?",
                support.OpenTo,
            ),
            Page(
                "child/lead-worker",
                "Who is the lead worker?",
                support.LeadWorker,
                visible=conditions.has_lead_worker,
            ),
        ),
    ),
    Section(
        "family",
        "Family and household",
        (
            Page(
                "family/person",
                "Family or household member",
                family.Person,
                repeat=Repeat(
                    heading="Family and household members",
                    another="Do you want to add a person?",
                    none="No family or household member is known",
                    entry="Person",
                ),
            ),
        ),
    ),
    Section(
        "incident",
        "What happened",
        (
            Page("incident/when", "When did it happen?", incident.When),
            Page("incident/place", "Where did it happen?", incident.Place),
            Page("incident/account", "What happened?", incident.Account),
            Page(
                "incident/nature",
                "What kind of abuse or neglect was it?",
                incident.NatureOfHarm,
            ),
            Page("incident/injuries", "What harm came to the child?", incident.Injuries),
        ),
    ),
    Section(
        "chronology",
        "Key events",
        (
            Page(
                "chronology/event",
                "Key event",
                chronology.Event,
                repeat=Repeat(
                    heading="Key events",
                    another="Do you want to add an event?",
                    none="There is no event to add",
                    entry="Event",
                ),
            ),
        ),
    ),
    Section(
        "agencies",
        "Agencies involved",
        (
            Page(
                "agencies/agency",
                "Agency that knows the child or family",
                agencies.InvolvedAgency,
                repeat=Repeat(
                    heading="Agencies that know the child or family",
                    another="Do you want to add an agency?",
                    none="No other agency is known",
                    entry="Agency",
                ),
            ),
        ),
    ),
    Section(
        "criteria",
        "Why a review",
        (
            Page(
                "criteria/abuse",
                "Is abuse or neglect of the child known or suspected?",
                criteria.AbuseOrNeglect,
            ),
            Page(
                "criteria/harm",
                "Was the child seriously harmed?",
                criteria.Harm,
                visible=conditions.alive,
            ),
            Page(
                "criteria/grounds",
                "What does the case highlight, or may it highlight?",
                criteria.Grounds,
            ),
            Page(
                "criteria/narrative",
                "Why should there be a review?",
                criteria.Narrative,
            ),
        ),
    ),
    Section(
        "safety",
        "Safety of other children",
        (
            Page(
                "safety/children",
                "Are there immediate concerns for other children?",
                safety.OtherChildren,
            ),
        ),
    ),
    Section(
        "parallel",
        "Other investigations and reviews",
        (
            Page(
                "parallel/processes",
                "Which other investigations or reviews are there?",
                parallel.Processes,
            ),
            _proceeding(parallel.Process.CRIMINAL, "The criminal investigation"),
            _proceeding(parallel.Process.CARE, "The care proceedings"),
            _proceeding(parallel.Process.INQUEST, "The inquest"),
            _proceeding(parallel.Process.CHILD_DEATH, "The child death review"),
            _proceeding(parallel.Process.DOMESTIC, "The domestic abuse related death review"),
            _proceeding(parallel.Process.ADULTS, "The safeguarding adults review"),
            _proceeding(parallel.Process.OTHER, "The other investigation or review"),
        ),
    ),
    Section(
        "awareness",
        "Family’s knowledge and media interest",
        (
            Page(
                "awareness/family",
                "Does the family know of this referral?",
                awareness.Family,
            ),
            Page(
                "awareness/media",
                "Is there, or may there be, media interest?",
                awareness.Media,
            ),
        ),
    ),
)
