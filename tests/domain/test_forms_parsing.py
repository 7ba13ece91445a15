"""From a raw form to a page's model and back."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from chalicelib.domain.errors import UnknownFields
from chalicelib.domain.forms.parsing import Invalid, Problem, parse, to_fields
from chalicelib.domain.forms.questions import Kind, describe, layout
from chalicelib.domain.referrals.journey import PAGES
from chalicelib.domain.referrals.pages import child, criteria, family, parallel, referrer
from chalicelib.domain.referrals.pages.choices import YesNo
from tests.factories import TODAY, FormFields, canary_fields, full_answers

FORMS = [
    pytest.param(path, fields, id=f"{path}-{index}")
    for path, entries in full_answers().items()
    for index, fields in enumerate(entries)
]


def problems(path: str, fields: FormFields) -> tuple[Problem, ...]:
    with pytest.raises(Invalid) as caught:
        parse(PAGES[path].model, fields, today=TODAY)
    return caught.value.problems


@pytest.mark.parametrize("path,fields", FORMS)
def test_a_page_fills_its_form_with_what_it_read(path: str, fields: FormFields):
    question = parse(PAGES[path].model, fields, today=TODAY)
    shown = to_fields(question)
    assert shown.keys() == fields.keys()
    assert parse(PAGES[path].model, shown, today=TODAY) == question


@pytest.mark.parametrize("path", PAGES)
def test_an_empty_form_asks_for_every_field_that_is_needed(path: str):
    model = PAGES[path].model
    needed = [field for field in layout(model) if not field.optional]
    if not needed:
        assert to_fields(parse(model, {}, today=TODAY)) == {}
        return
    assert problems(path, {}) == tuple(
        Problem(field.name, field.empty, field.anchor) for field in needed
    )


@pytest.mark.parametrize("path", PAGES)
def test_an_option_that_reveals_a_field_asks_for_it(path: str):
    model = PAGES[path].model
    for field in layout(model):
        for option in field.options:
            needed = [each for each in option.reveals if not each.optional]
            if needed:
                found = problems(path, {field.name: [option.value]})
                asked = [each for each in found if each.field in {f.name for f in needed}]
                assert asked == [Problem(f.name, f.empty, f.anchor) for f in needed]


@pytest.mark.parametrize("path", PAGES)
def test_an_option_that_the_page_does_not_offer_is_no_answer(path: str):
    model = PAGES[path].model
    for field in layout(model):
        if field.options:
            found = problems(path, {field.name: ["<b>forged</b>"]})
            assert Problem(field.name, field.empty, field.anchor) in found


@pytest.mark.parametrize("path", PAGES)
def test_a_field_that_the_page_does_not_ask_for_is_refused(path: str):
    with pytest.raises(UnknownFields):
        parse(PAGES[path].model, {"forged": ["1"]}, today=TODAY)


def test_a_date_has_no_input_of_its_own_name():
    with pytest.raises(UnknownFields):
        parse(child.Birth, {"birth": ["date"], "date_of_birth": ["2019-03-14"]}, today=TODAY)


def test_a_single_answer_given_twice_is_refused():
    with pytest.raises(UnknownFields):
        parse(child.SexPage, {"sex": ["female", "male"]}, today=TODAY)


def test_an_answer_behind_an_option_not_chosen_is_dropped_unread():
    fields = {
        "birth": ["unborn"],
        "date_of_birth-day": ["99"],
        "age": ["not a number"],
        "due-day": ["1"],
        "due-month": ["2"],
        "due-year": ["2027"],
    }
    assert set(to_fields(parse(child.Birth, fields, today=TODAY))) == {
        "birth",
        "due-day",
        "due-month",
        "due-year",
    }


def test_a_ticked_box_reveals_its_own_text_only():
    fields = {"grounds": ["themes"], "themes": ["Not brought"], "improvements": ["Left over"]}
    grounds = parse(criteria.Grounds, fields, today=TODAY)
    assert (grounds.themes, grounds.improvements) == ("Not brought", None)


def test_every_mistake_of_a_page_is_told_at_once_in_the_order_of_its_fields():
    fields = {
        "email": ["nobody"],
        "phone": ["12"],
        "postcode": ["E"],
    }
    assert [(each.field, each.message) for each in problems("referrer/contact", fields)] == [
        ("email", "Enter an email address in the correct format, like name@example.org"),
        ("phone", "Enter a telephone number, like 020 7946 0018 or 07700 900123"),
        ("address", "Enter your work address"),
        ("postcode", "Enter a full UK postcode, like E6 2RP"),
    ]


def test_no_message_repeats_what_was_typed():
    forms, canaries = canary_fields()
    for path, entries in forms.items():
        for fields in entries:
            bad = {name: [f"{value}\x00" for value in values] for name, values in fields.items()}
            with pytest.raises(Invalid) as caught:
                parse(PAGES[path].model, bad, today=TODAY)
            told = f"{caught.value!r} {caught.value.problems!r}"
            assert caught.value.__cause__ is None
            assert caught.value.__context__ is None
            assert not [canary for canary in canaries if canary in told]


def test_a_model_does_not_print_what_it_refuses():
    with pytest.raises(ValidationError) as caught:
        referrer.Contact.model_validate({"email": "secret\x00", "phone": "secret"})
    assert "secret" not in str(caught.value)


def test_a_model_holds_its_conditions_without_a_form():
    with pytest.raises(ValidationError):
        child.Death(died=YesNo.YES)
    with pytest.raises(ValidationError):
        child.Death(died=YesNo.NO, date_of_death=TODAY)
    with pytest.raises(ValidationError):
        parallel.Processes(processes=(parallel.Process.CARE,), other_process="Something")
    with pytest.raises(ValidationError):
        family.Person.model_validate({"name": "A", "surprise": "B"})


def test_a_form_of_every_kind_of_input_is_among_those_tried():
    tried = {field.kind for path in full_answers() for field in describe(PAGES[path].model)}
    assert tried == set(Kind)
