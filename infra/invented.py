"""Invented referrals, for trying the service and for its tests.

Nobody in them exists; numbers and addresses are reserved for fiction.
"""

from __future__ import annotations

from datetime import date

from chalicelib.domain.forms.parsing import parse
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import PAGES

TODAY = date(2026, 11, 24)

FormFields = dict[str, list[str]]
"""One form as a browser sends it, without the web layer's own hidden fields."""


def full_answers() -> dict[str, list[FormFields]]:
    """A complete referral of a child who died: each page's path, and its forms in order.

    A page that is asked once has one form; others have one for each entry. Every page that this
    referral's answers make visible is there.
    """
    return {
        **_opening(),
        **_child(),
        **_services_for_child(),
        **_family(),
        **_events(),
        **_reasons(),
    }


def _opening() -> dict[str, list[FormFields]]:
    return {
        "triage/purpose": [{"review": ["statutory"]}],
        "triage/danger": [{"danger": ["reported"]}],
        "referrer/name": [{"name": ["Priya Example"], "role": ["Named nurse"]}],
        "referrer/agency": [{"kind": ["health"], "agency": ["Invented Hospital Trust"]}],
        "referrer/contact": [
            {
                "email": ["priya@hospital.example.org"],
                "phone": ["020 7946 0018 ext 12"],
                "address": ["1 Invented Way\nLondon"],
                "postcode": ["e6 2rp"],
            }
        ],
        "referrer/presenting": [
            {"presents": ["colleague"], "presenter": ["Sam Placeholder, designated doctor"]}
        ],
        "lead/discussed": [{"discussed": ["yes"]}],
        "lead/person": [
            {
                "name": ["Robin Specimen"],
                "agency": ["Invented Hospital Trust"],
                "role": ["Head of safeguarding"],
                "phone": ["07700 900123"],
                "email": ["robin@hospital.example.org"],
                "discussed_on-day": ["20"],
                "discussed_on-month": ["November"],
                "discussed_on-year": ["2026"],
            }
        ],
    }


def _child() -> dict[str, list[FormFields]]:
    return {
        "child/name": [{"full_name": ["Jordan Sample"], "other_names": ["Jo"]}],
        "child/birth": [
            {
                "birth": ["date"],
                "date_of_birth-day": ["14"],
                "date_of_birth-month": ["3"],
                "date_of_birth-year": ["2019"],
            }
        ],
        "child/death": [
            {
                "died": ["yes"],
                "date_of_death-day": ["2"],
                "date_of_death-month": ["nov"],
                "date_of_death-year": ["2026"],
            }
        ],
        "child/sex": [{"sex": ["female"]}],
        "child/ethnicity": [{"ethnic_group": ["white-asian"], "background": ["Welsh and Bengali"]}],
        "child/disability": [{"disabled": ["yes"], "disability": ["Hearing loss in both ears"]}],
        "child/language": [{"first_language": ["Bengali"], "religion": ["Muslim"]}],
        "child/numbers": [{"nhs_number": ["943 476 5919"], "local_numbers": ["LA 00417"]}],
        "child/home": [
            {"home": ["address"], "address": ["2 Made Up Road\nLondon"], "postcode": ["E7 8AA"]}
        ],
        "child/then": [
            {"where_then": ["At home"], "with_whom": ["Their mother, Alex Sample"]},
        ],
    }


def _services_for_child() -> dict[str, list[FormFields]]:
    return {
        "child/doctor": [{"registered": ["yes"], "practice": ["Pretend Street Surgery"]}],
        "child/school": [{"attends": ["yes"], "setting": ["Fiction Primary School"]}],
        "child/legal": [{"legal_status": ["other"], "other_status": ["Private fostering"]}],
        "child/plan": [
            {
                "on_plan": ["yes"],
                "plan": ["Neglect, since May 2026"],
                "earlier_plan": ["yes"],
                "earlier_plans": ["Emotional abuse, 2021 to 2022"],
            }
        ],
        "child/open-to": [{"support": ["social-care"]}],
        "child/lead-worker": [
            {
                "worker": ["Charlie Notreal"],
                "worker_role": ["Social worker, assessment team"],
                "worker_phone": ["(020) 7946 0101"],
                "worker_email": ["charlie@council.example.org"],
            }
        ],
    }


def _family() -> dict[str, list[FormFields]]:
    return {
        "family/person": [
            {
                "name": ["Alex Sample"],
                "relationship": ["Mother"],
                "birth": ["date"],
                "date_of_birth-day": ["9"],
                "date_of_birth-month": ["9"],
                "date_of_birth-year": ["1994"],
                "lives": ["same"],
                "legal_status": ["Parental responsibility"],
                "plan": ["no"],
            },
            {
                "name": ["Pat Sample"],
                "relationship": ["Brother"],
                "birth": ["age"],
                "age": ["4"],
                "lives": ["elsewhere"],
                "address": ["3 Nowhere Lane\nLondon"],
                "plan": ["now"],
            },
        ],
    }


def _events() -> dict[str, list[FormFields]]:
    return {
        "incident/when": [
            {
                "occurred": ["day"],
                "day-day": ["1"],
                "day-month": ["11"],
                "day-year": ["2026"],
                "time": ["2.30pm"],
            }
        ],
        "incident/place": [{"place": ["At home, in the kitchen"]}],
        "incident/account": [{"account": ["An ambulance was called.\r\n\r\nIt came at once."]}],
        "incident/nature": [{"nature": ["neglect", "other"], "other_nature": ["Unsafe home"]}],
        "incident/injuries": [{"injuries": ["A head injury. The cause of death is not known."]}],
        "chronology/event": [
            {
                "known": ["exact"],
                "day-day": ["3"],
                "day-month": ["October"],
                "day-year": ["2026"],
                "event": ["Jordan was not brought to an appointment."],
                "source": ["Hospital records"],
            },
            {
                "known": ["about"],
                "about": ["Late summer 2026"],
                "event": ["The family moved."],
                "source": ["Told by the school"],
            },
        ],
        "agencies/agency": [
            {
                "agency": ["Fiction Primary School"],
                "name": ["Kim Fabricated"],
                "role": ["Head teacher"],
                "contact": ["020 7946 0222\nkim@school.example.org"],
                "involved": ["yes"],
            }
        ],
    }


def _reasons() -> dict[str, list[FormFields]]:
    return {
        "criteria/abuse": [{"abuse": ["suspected"], "abuse_reason": ["The home was not safe."]}],
        "criteria/grounds": [
            {
                "grounds": ["improvements", "themes", "working-together", "other"],
                "improvements": ["Missed appointments need a response."],
                "themes": ["Children who are not brought."],
                "working_together": ["The school and the hospital did not share concerns."],
                "other_reason": ["The family asked for answers."],
            }
        ],
        "criteria/narrative": [{"narrative": ["Agencies can learn from “was not brought”."]}],
        "safety/children": [
            {
                "concerns": ["yes"],
                "concern": ["Pat, who lives with an aunt."],
                "passed_to": ["Children’s social care, 2 November 2026"],
                "steps_taken": ["A strategy meeting was held."],
            }
        ],
        "parallel/processes": [
            {"processes": ["criminal", "inquest", "other"], "other_process": ["Hospital inquiry"]}
        ],
        "parallel/criminal": [
            {
                "contact": ["Detective Sergeant Lee Imagined"],
                "contact_details": ["020 7946 0333"],
                "reference_number": ["CR/0000/26"],
            }
        ],
        "parallel/inquest": [
            {
                "contact": ["The coroner’s officer"],
                "contact_details": ["020 7946 0444"],
                "reference_number": ["INQ 17"],
            }
        ],
        "parallel/other": [
            {
                "contact": ["Medical director"],
                "contact_details": ["020 7946 0555"],
                "reference_number": ["HI 2"],
            }
        ],
        "awareness/family": [{"aware": ["no"], "unaware_reason": ["It could harm the inquiry."]}],
        "awareness/media": [{"media": ["yes"], "media_interest": ["A local paper has phoned."]}],
    }


def answers_from(
    forms: dict[str, list[FormFields]] | None = None, *, today: date = TODAY
) -> Answers:
    """Answers that were read from these forms, or from the full ones, page by page."""
    answers = Answers.empty()
    for path, entries in (full_answers() if forms is None else forms).items():
        page = PAGES[path]
        for fields in entries:
            question = parse(page.model, fields, today=today)
            if page.many:
                answers = answers.with_entry(page, None, question)
            else:
                answers = answers.with_one(page, question)
    return answers
