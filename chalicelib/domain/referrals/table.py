"""Every page of the form in order, and when it is asked.

The table is the journey: nothing else knows which page follows which.
"""

from __future__ import annotations

from chalicelib.domain.referrals import conditions, pages
from chalicelib.domain.referrals.page import Page, Repeat, Section


def _proceeding(process: str, title: str) -> Page:
    path = f"parallel/{process}"
    return Page(
        path, title, lambda: pages.parallel.Proceeding, visible=conditions.involves(process)
    )


JOURNEY: tuple[Section, ...] = (
    Section(
        "triage",
        "About this referral",
        (
            Page(
                "triage/purpose",
                "What are you referring this case for?",
                lambda: pages.triage.Purpose,
            ),
            Page(
                "triage/danger",
                "Is any child at risk of harm now?",
                lambda: pages.triage.LiveConcern,
            ),
        ),
    ),
    Section(
        "referrer",
        "You and your agency",
        (
            Page("referrer/name", "What is your name?", lambda: pages.referrer.Referrer),
            Page("referrer/agency", "Which agency do you work for?", lambda: pages.referrer.Agency),
            Page(
                "referrer/contact", "How can we reach you at work?", lambda: pages.referrer.Contact
            ),
            Page(
                "referrer/presenting",
                "Who can present the case to the panel?",
                lambda: pages.referrer.Presenting,
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
                lambda: pages.lead.Discussion,
            ),
            Page(
                "lead/person",
                "Your safeguarding lead",
                lambda: pages.lead.Lead,
                visible=conditions.lead_is_another,
            ),
        ),
    ),
    Section(
        "child",
        "The child",
        (
            Page("child/name", "What is the child’s name?", lambda: pages.child.Name),
            Page("child/birth", "What is the child’s date of birth?", lambda: pages.child.Birth),
            Page(
                "child/death",
                "Has the child died?",
                lambda: pages.child.Death,
                visible=conditions.born,
            ),
            Page(
                "child/sex",
                "What is the child’s sex?",
                lambda: pages.child.SexPage,
                visible=conditions.born,
            ),
            Page(
                "child/ethnicity",
                "What is the child’s ethnic group?",
                lambda: pages.child.Ethnicity,
            ),
            Page(
                "child/disability",
                "Does the child have a disability?",
                lambda: pages.child.Disability,
                visible=conditions.born,
            ),
            Page("child/language", "Language and religion", lambda: pages.child.Language),
            Page("child/numbers", "NHS number and other references", lambda: pages.child.Numbers),
            Page("child/home", "What is the child’s home address?", lambda: pages.child.Home),
            Page(
                "child/now",
                "Where is the child now?",
                lambda: pages.child.Whereabouts,
                visible=conditions.alive_and_born,
            ),
            Page(
                "child/then",
                "Where was the child at the time?",
                lambda: pages.child.AtTheTime,
                visible=conditions.born,
            ),
            Page(
                "child/doctor",
                "Is the child registered with a GP?",
                lambda: pages.support.Doctor,
                visible=conditions.born,
            ),
            Page(
                "child/school",
                "Does the child attend a school or other setting?",
                lambda: pages.support.School,
                visible=conditions.born,
            ),
            Page(
                "child/legal",
                "What is the child’s legal status?",
                lambda: pages.support.Legal,
                visible=conditions.born,
            ),
            Page("child/plan", "Child protection plans", lambda: pages.support.Plan),
            Page(
                "child/open-to",
                "Was the child open to children’s social care or early help?",
                lambda: pages.support.OpenTo,
            ),
            Page(
                "child/lead-worker",
                "Who is the lead worker?",
                lambda: pages.support.LeadWorker,
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
                lambda: pages.family.Person,
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
            Page("incident/when", "When did it happen?", lambda: pages.incident.When),
            Page("incident/place", "Where did it happen?", lambda: pages.incident.Place),
            Page("incident/account", "What happened?", lambda: pages.incident.Account),
            Page(
                "incident/nature",
                "What kind of abuse or neglect was it?",
                lambda: pages.incident.NatureOfHarm,
            ),
            Page(
                "incident/injuries", "What harm came to the child?", lambda: pages.incident.Injuries
            ),
        ),
    ),
    Section(
        "chronology",
        "Key events",
        (
            Page(
                "chronology/event",
                "Key event",
                lambda: pages.chronology.Event,
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
                lambda: pages.agencies.InvolvedAgency,
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
                lambda: pages.criteria.AbuseOrNeglect,
            ),
            Page(
                "criteria/harm",
                "Was the child seriously harmed?",
                lambda: pages.criteria.Harm,
                visible=conditions.alive,
            ),
            Page(
                "criteria/grounds",
                "What does the case highlight, or may it highlight?",
                lambda: pages.criteria.Grounds,
            ),
            Page(
                "criteria/narrative",
                "Why should there be a review?",
                lambda: pages.criteria.Narrative,
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
                lambda: pages.safety.OtherChildren,
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
                lambda: pages.parallel.Processes,
            ),
            _proceeding("criminal", "The criminal investigation"),
            _proceeding("care", "The care proceedings"),
            _proceeding("inquest", "The inquest"),
            _proceeding("child-death", "The child death review"),
            _proceeding("domestic", "The domestic abuse related death review"),
            _proceeding("adults", "The safeguarding adults review"),
            _proceeding("other", "The other investigation or review"),
        ),
    ),
    Section(
        "awareness",
        "Family’s knowledge and media interest",
        (
            Page(
                "awareness/family",
                "Does the family know of this referral?",
                lambda: pages.awareness.Family,
            ),
            Page(
                "awareness/media",
                "Is there, or may there be, media interest?",
                lambda: pages.awareness.Media,
            ),
        ),
    ),
)
