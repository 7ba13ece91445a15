"""The complete referral."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.domain.errors import ReferralIncomplete
from chalicelib.domain.forms.questions import layout
from chalicelib.domain.referrals.answers import REFERRAL_LIMIT_BYTES, Answers
from chalicelib.domain.referrals.journey import JOURNEY, PAGES
from chalicelib.domain.referrals.model import EDITION, Referral, UnreadableReferral
from chalicelib.domain.referrals.pages.triage import Review
from chalicelib.domain.referrals.summaries import summarise
from tests.factories import FormFields, answers_from, canary_fields, full_answers, full_referral

LIVING = {"child/death": [{"died": ["no"]}]} | {
    "child/now": [{"where_now": ["With an aunt"]}],
    "criteria/harm": [{"serious_harm": ["yes"], "harm_reason": ["A head injury"]}],
}
UNBORN = {
    "child/birth": [
        {"birth": ["unborn"], "due-day": ["1"], "due-month": ["2"], "due-year": ["2027"]}
    ],
    "criteria/harm": [{"serious_harm": ["unsure"], "harm_reason": ["Not born yet"]}],
}
NOBODY: dict[str, list[FormFields]] = {
    "family/person": [],
    "chronology/event": [],
    "agencies/agency": [],
}


def referral(changes: dict[str, list[FormFields]]) -> Referral:
    answers = answers_from(full_answers() | changes)
    for path, entries in changes.items():
        answers = answers if entries else answers.with_none_to_add(PAGES[path])
    return Referral.from_answers(answers)


@pytest.mark.parametrize("changes", [{}, LIVING, UNBORN, NOBODY], ids=str)
def test_a_referral_comes_back_from_its_json(changes: dict[str, list[FormFields]]):
    sent = referral(changes)
    again = Referral.from_json(sent.to_json())
    assert again == sent
    assert again.to_json() == sent.to_json()
    assert Referral.from_answers(again.answers()) == sent
    assert again.summary() == summarise(sent.answers())


def test_a_referral_says_which_edition_of_the_form_it_answers():
    assert json.loads(full_referral().to_json())["edition"] == EDITION


def test_a_referral_has_a_place_for_every_page_of_the_journey():
    for section in JOURNEY:
        part: Any = Referral.model_fields[section.slug].annotation
        slugs = {page.slug.replace("-", "_"): page for page in section.pages}
        assert list(part.model_fields) == list(slugs)
        for name, field in part.model_fields.items():
            assert slugs[name].model.__name__ in str(field.annotation)


def test_an_unfinished_referral_names_the_pages_that_are_missing():
    forms = full_answers()
    del forms["child/name"], forms["criteria/narrative"]
    with pytest.raises(ReferralIncomplete) as caught:
        Referral.from_answers(answers_from(forms))
    assert caught.value.pages == ("child/name", "criteria/narrative")
    with pytest.raises(ReferralIncomplete):
        Referral.from_answers(Answers.empty())


def test_answers_that_no_longer_apply_stay_behind():
    answers = answers_from()
    changed = answers.with_one(PAGES["lead/discussed"], chosen("lead/discussed", "self"))
    sent = Referral.from_answers(changed)
    assert sent.lead.person is None
    assert b"Robin Specimen" not in sent.to_json()
    assert b"Robin Specimen" in changed.to_json()


def chosen(path: str, option: str):
    page = PAGES[path]
    return page.model.model_validate({layout(page.model)[0].name: option})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        full_referral().to_json().replace(b'"edition":1', b'"edition":2'),
        full_referral().to_json().replace(b'"triage"', b'"prologue"'),
        full_referral().to_json().replace(b'"narrative":{', b'"narrative":{"extra":1,'),
        full_referral().to_json().replace(b'"person":{', b'"nobody":{'),
    ],
)
def test_other_bytes_are_no_referral(data: bytes):
    with pytest.raises(UnreadableReferral) as caught:
        Referral.from_json(data)
    assert "Jordan" not in f"{caught.value} {caught.value.__cause__}"


def test_a_referral_without_a_page_that_its_answers_ask_for_is_not_read():
    content = json.loads(full_referral().to_json())
    del content["lead"]["person"]
    with pytest.raises(UnreadableReferral):
        Referral.from_json(json.dumps(content).encode())


def test_a_referral_keeps_everything_that_was_typed():
    forms, canaries = canary_fields()
    kept = Referral.from_answers(answers_from(forms)).to_json().decode()
    assert len(set(canaries)) == len(canaries) > 60
    assert not [canary for canary in canaries if canary not in kept]


def test_a_referral_names_its_referrer_and_the_kind_of_agency():
    sent = full_referral()
    assert sent.referrer_name == "Priya Example"
    assert sent.referrer_email == "priya@hospital.example.org"
    assert sent.agency_kind == "Health"
    assert sent.triage.purpose.review is Review.STATUTORY
    assert sent.child_initials == "JS"


def test_a_full_referral_is_far_below_the_limit():
    assert len(answers_from().to_json()) < REFERRAL_LIMIT_BYTES / 10
