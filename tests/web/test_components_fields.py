"""Our form fields give the HTML of GOV.UK Frontend's own macros, white space apart."""

from __future__ import annotations

from typing import Any

import html5lib
import pytest
from markupsafe import Markup

from tests.web.govuk import ours, theirs, tree

LABEL = {"text": "Full name"}
LEGEND = {"legend": {"text": "Which of these?"}}
PAIRS = (("yes", "Yes"), ("no", "No"), ("unknown", "Not known"))
ITEMS = [{"value": value, "text": text} for value, text in PAIRS]
FOLLOW_UP = Markup('<p class="govuk-body">More</p>')
DATE_ITEMS = [
    {"name": "day", "classes": "govuk-input--width-2", "value": "31"},
    {"name": "month", "classes": "govuk-input--width-4", "value": "March"},
    {"name": "year", "classes": "govuk-input--width-4"},
]


def _with_error(items: list[dict[str, Any]], wrong: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        item | {"classes": item["classes"] + " govuk-input--error"}
        if item["name"] in wrong
        else item
        for item in items
    ]


CASES: dict[str, tuple[str, str]] = {
    "text input": (
        ours("fields", "text_input", "name", "Full name"),
        theirs("input", "govukInput", {"name": "name", "label": LABEL}),
    ),
    "text input with everything": (
        ours(
            "fields",
            "text_input",
            "email",
            "Work email",
            value='a"b<c>&',
            hint="We write there",
            error="Enter an <email>",
            size="m",
            heading=True,
            classes="govuk-input--width-20",
            type="email",
            inputmode="email",
            autocomplete="email",
            spellcheck="false",
        ),
        theirs(
            "input",
            "govukInput",
            {
                "name": "email",
                "label": {
                    "text": "Work email",
                    "classes": "govuk-label--m",
                    "isPageHeading": True,
                },
                "value": 'a"b<c>&',
                "hint": {"text": "We write there"},
                "errorMessage": {"text": "Enter an <email>"},
                "classes": "govuk-input--width-20",
                "type": "email",
                "inputmode": "email",
                "autocomplete": "email",
                "spellcheck": False,
            },
        ),
    ),
    "text area": (
        ours(
            "fields",
            "textarea",
            "story",
            "Full name",
            value="one\ntwo",
            rows=8,
            autocomplete="street-address",
        ),
        theirs(
            "textarea",
            "govukTextarea",
            {
                "name": "story",
                "label": LABEL,
                "value": "one\ntwo",
                "rows": 8,
                "autocomplete": "street-address",
            },
        ),
    ),
    "text area that counts": (
        ours(
            "fields", "textarea", "story", "Full name", hint="Say", error="Too long", maxlength=900
        ),
        theirs(
            "character-count",
            "govukCharacterCount",
            {
                "name": "story",
                "label": LABEL,
                "maxlength": 900,
                "hint": {"text": "Say"},
                "errorMessage": {"text": "Too long"},
            },
        ),
    ),
    "date": (
        ours("fields", "date_input", "dob", "Born", {"day": "31", "month": "March"}, hint="So"),
        theirs(
            "date-input",
            "govukDateInput",
            {
                "id": "dob",
                "namePrefix": "dob",
                "items": DATE_ITEMS,
                "fieldset": {"legend": {"text": "Born"}},
                "hint": {"text": "So"},
            },
        ),
    ),
    "date of which the year is wrong": (
        ours(
            "fields",
            "date_input",
            "dob",
            "Born",
            {"day": "31", "month": "March"},
            error="Enter a year",
            wrong=("year",),
            heading=True,
        ),
        theirs(
            "date-input",
            "govukDateInput",
            {
                "id": "dob",
                "namePrefix": "dob",
                "items": _with_error(DATE_ITEMS, ("year",)),
                "fieldset": {
                    "legend": {
                        "text": "Born",
                        "classes": "govuk-fieldset__legend--l",
                        "isPageHeading": True,
                    }
                },
                "errorMessage": {"text": "Enter a year"},
            },
        ),
    ),
    "date that is wrong as a whole": (
        ours("fields", "date_input", "dob", "Born", {"day": "31", "month": "March"}, error="No"),
        theirs(
            "date-input",
            "govukDateInput",
            {
                "id": "dob",
                "namePrefix": "dob",
                "items": _with_error(DATE_ITEMS, ("day", "month", "year")),
                "fieldset": {"legend": {"text": "Born"}},
                "errorMessage": {"text": "No"},
            },
        ),
    ),
    "radios": (
        ours("fields", "radios", "known", "Which of these?", PAIRS, value="no", error="Select one"),
        theirs(
            "radios",
            "govukRadios",
            {
                "name": "known",
                "items": ITEMS,
                "value": "no",
                "fieldset": LEGEND,
                "errorMessage": {"text": "Select one"},
            },
        ),
    ),
    "radios that reveal": (
        ours(
            "fields",
            "radios",
            "known",
            "Which of these?",
            PAIRS,
            value="yes",
            hint="Pick",
            classes="govuk-radios--small",
            hints={"no": "Never was"},
            conditionals={"yes": FOLLOW_UP, "unknown": FOLLOW_UP},
        ),
        theirs(
            "radios",
            "govukRadios",
            {
                "name": "known",
                "items": [
                    ITEMS[0] | {"conditional": {"html": FOLLOW_UP}},
                    ITEMS[1] | {"hint": {"text": "Never was"}},
                    ITEMS[2] | {"conditional": {"html": FOLLOW_UP}},
                ],
                "value": "yes",
                "fieldset": LEGEND,
                "hint": {"text": "Pick"},
                "classes": "govuk-radios--small",
            },
        ),
    ),
    "checkboxes": (
        ours(
            "fields",
            "checkboxes",
            "abuse",
            "Which of these?",
            PAIRS,
            values=("yes", "no"),
            hint="All that apply",
            error="Select one",
            hints={"yes": "Indeed"},
            conditionals={"no": FOLLOW_UP},
        ),
        theirs(
            "checkboxes",
            "govukCheckboxes",
            {
                "name": "abuse",
                "items": [
                    ITEMS[0] | {"hint": {"text": "Indeed"}},
                    ITEMS[1] | {"conditional": {"html": FOLLOW_UP}},
                    ITEMS[2],
                ],
                "values": ["yes", "no"],
                "fieldset": LEGEND,
                "hint": {"text": "All that apply"},
                "errorMessage": {"text": "Select one"},
            },
        ),
    ),
    "select": (
        ours("fields", "select", "known", "Full name", PAIRS, value="no", hint="So", error="No"),
        theirs(
            "select",
            "govukSelect",
            {
                "name": "known",
                "label": LABEL,
                "items": ITEMS,
                "value": "no",
                "hint": {"text": "So"},
                "errorMessage": {"text": "No"},
            },
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_field_is_that_of_gov_uk_frontend(case):
    mine, reference = CASES[case]

    assert tree(mine) == tree(reference)


def test_a_text_area_keeps_a_first_empty_line():
    (group,) = html5lib.parseFragment(
        ours("fields", "textarea", "story", "Story", value="\none"), namespaceHTMLElements=False
    )

    assert group.find("textarea").text == "\none"


def test_a_text_area_is_empty_without_a_value():
    (group,) = html5lib.parseFragment(
        ours("fields", "textarea", "story", "Story"), namespaceHTMLElements=False
    )

    assert not group.find("textarea").text


def test_the_last_option_may_stand_apart_without_its_id_changing():
    html = ours("fields", "radios", "known", "Known?", PAIRS, divider_before="unknown")

    assert html.index('class="govuk-radios__divider">or<') < html.index('id="known-3"')


def test_an_option_may_untick_the_others():
    html = ours("fields", "checkboxes", "abuse", "Which?", PAIRS, exclusive=("unknown",))

    assert 'value="unknown" data-behaviour="exclusive"' in html


def test_options_may_be_grouped():
    html = ours(
        "fields",
        "select",
        "ethnic",
        "Group",
        groups=[("White", [("irish", "Irish")])],
        value="irish",
    )

    assert tree(html)[0][2][-1][2] == (
        (
            "optgroup",
            (("label", "White"),),
            (("option", (("selected", ""), ("value", "irish")), ("Irish",)),),
        ),
    )
