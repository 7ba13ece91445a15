"""What every page keeps to, whatever it asks."""

from __future__ import annotations

import pytest

from chalicelib.domain.forms.questions import (
    Field,
    Kind,
    Question,
    describe,
    input_names,
    layout,
)
from chalicelib.domain.referrals.journey import PAGES
from chalicelib.domain.referrals.pages import child, criteria, referrer

RESERVED = {"csrf", "version", "action"}
FIELDS = [
    pytest.param(path, field, id=f"{path}-{field.name}")
    for path, page in PAGES.items()
    for field in describe(page.model)
]
MODELS = sorted({page.model for page in PAGES.values()}, key=lambda model: model.__qualname__)


@pytest.mark.parametrize("path,field", FIELDS)
def test_a_field_that_is_needed_says_so_in_its_own_words(path: str, field: Field):
    assert field.optional or field.empty.startswith(("Enter ", "Select "))
    assert not field.empty.endswith(".")


@pytest.mark.parametrize("path,field", FIELDS)
def test_only_what_may_be_left_out_is_labelled_optional(path: str, field: Field):
    assert field.label.endswith(" (optional)") is field.optional
    assert "optional" not in field.row


@pytest.mark.parametrize("path,field", FIELDS)
def test_browsers_fill_in_the_referrers_own_details_only(path: str, field: Field):
    assert not field.autocomplete or path.startswith("referrer/")


@pytest.mark.parametrize("path,field", FIELDS)
def test_text_has_a_limit(path: str, field: Field):
    assert (field.max_length is not None) is (field.kind in (Kind.TEXT, Kind.TEXTAREA)) or (
        field.name == "time"
    )


@pytest.mark.parametrize("model", MODELS)
def test_no_input_bears_a_name_that_the_pages_use_themselves(model: type[Question]):
    assert not input_names(model) & RESERVED


@pytest.mark.parametrize("model", MODELS)
def test_a_page_is_short(model: type[Question]):
    assert 1 <= len(layout(model)) <= 6


@pytest.mark.parametrize("model", MODELS)
def test_every_revealed_field_hangs_on_one_option(model: type[Question]):
    hanging = [
        field.name
        for shown in layout(model)
        for option in shown.options
        for field in option.reveals
    ]
    revealed = [field.name for field in describe(model) if field.shown_when]
    assert sorted(hanging) == sorted(revealed)
    assert not [f for f in describe(model) if f.kind is Kind.SELECT and _reveals(f)]


def _reveals(field: Field) -> bool:
    return any(option.reveals for option in field.options)


def test_only_the_four_pages_about_the_referrer_have_autocomplete():
    filled = {f.name: f.autocomplete for f in describe(referrer.Contact)}
    assert filled == {
        "email": "email",
        "phone": "tel",
        "address": "street-address",
        "postcode": "postal-code",
    }


def test_a_field_is_described_with_all_that_a_template_needs():
    field = next(f for f in describe(child.Birth) if f.name == "date_of_birth")
    assert (field.label, field.kind, field.hint) == (
        "Date of birth",
        Kind.DATE,
        "For example, 14 3 2019",
    )
    assert field.shown_when == ("birth", "date")
    assert field.names == ("date_of_birth-day", "date_of_birth-month", "date_of_birth-year")
    assert field.anchor == "date_of_birth-day"


def test_options_carry_their_words_groups_and_reveals():
    (grounds,) = layout(criteria.Grounds)
    assert [(option.value, [f.name for f in option.reveals]) for option in grounds.options] == [
        ("improvements", ["improvements"]),
        ("themes", ["themes"]),
        ("working-together", ["working_together"]),
        ("other", ["other_reason"]),
        ("none", []),
    ]
    assert [option.exclusive for option in grounds.options] == [False] * 4 + [True]
    assert grounds.options[0].hint == "Including where they were identified before"


def test_a_page_reveals_its_fields_in_the_order_they_stand():
    (home,) = layout(child.Home)
    assert [field.name for field in home.options[0].reveals] == ["address", "postcode"]


def test_the_ethnic_groups_are_the_eighteen_harmonised_ones_and_not_known():
    field = next(f for f in describe(child.Ethnicity) if f.name == "ethnic_group")
    assert field.kind is Kind.SELECT
    sizes: dict[str, int] = {}
    for option in field.options:
        sizes[option.group] = sizes.get(option.group, 0) + 1
    assert sizes == {
        "White": 4,
        "Mixed or multiple ethnic groups": 4,
        "Asian or Asian British": 5,
        "Black, African, Caribbean or Black British": 3,
        "Other ethnic group": 2,
        "": 1,
    }
    assert field.options[-1].label == "Not known"


def test_a_referrer_is_not_asked_what_only_the_national_panel_knows():
    values = {ground.value for ground in criteria.Ground}
    assert values == {"improvements", "themes", "working-together", "other", "none"}
