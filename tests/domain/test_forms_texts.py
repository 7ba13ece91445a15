"""What people may type, how it is kept, and what they are told when it cannot be."""

from __future__ import annotations

import sys
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.forms.parsing import Invalid, parse
from chalicelib.domain.forms.questions import Ask, Question
from chalicelib.domain.forms.texts import (
    ADDRESS_LIMIT,
    FREE_TEXT_LIMIT,
    LINE_LIMIT,
    Address,
    Age,
    Email,
    FreeText,
    Line,
    NhsNumber,
    Phone,
    Postcode,
    Several,
    nhs_number,
)
from chalicelib.domain.referrals.pages.parallel import Process
from tests.factories import TODAY


class Sheet(Question):
    """One field of every type that is typed or ticked, none of them needed."""

    line: Annotated[Line | None, Ask("Full name")] = None
    address: Annotated[Address | None, Ask("Home address")] = None
    account: Annotated[FreeText | None, Ask("Account", subject="The account")] = None
    phone: Annotated[Phone | None, Ask("Phone")] = None
    email: Annotated[Email | None, Ask("Email")] = None
    postcode: Annotated[Postcode | None, Ask("Postcode")] = None
    nhs: Annotated[NhsNumber | None, Ask("NHS number")] = None
    age: Annotated[Age | None, Ask("Age in years", subject="Age")] = None
    processes: Annotated[Several[Process], Ask("Processes", empty="Select one")] = ()


def kept(name: str, *typed: str) -> object:
    return getattr(parse(Sheet, {name: list(typed)}, today=TODAY), name)


def message(name: str, *typed: str) -> str:
    with pytest.raises(Invalid) as caught:
        parse(Sheet, {name: list(typed)}, today=TODAY)
    (problem,) = caught.value.problems
    assert (problem.field, problem.anchor) == (name, name)
    return problem.message


PHONE = "Enter a telephone number, like 020 7946 0018 or 07700 900123"
EMAIL = "Enter an email address in the correct format, like name@example.org"
POSTCODE = "Enter a full UK postcode, like E6 2RP"
NHS = "Enter an NHS number in the correct format, like 943 476 5919"
UNPRINTABLE = "must not include characters that cannot be printed. Type the text again"


@pytest.mark.parametrize(
    "name,typed,value",
    [
        ("line", "  Anne-Marie O’Neill ", "Anne-Marie O’Neill"),
        ("line", "Zoë\tŁukasz", "Zoë Łukasz"),
        ("line", "one\r\ntwo", "one two"),
        ("line", "\ufeff Sam \u200b", "Sam"),
        ("line", "x" * LINE_LIMIT, "x" * LINE_LIMIT),
        ("line", "<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("address", "1 Road\r\nLondon\r", "1 Road\nLondon"),
        ("account", "a\rb\r\nc\n\n“d”\u2028e\tf", "a\nb\nc\n\n“d”\ne\tf"),
        ("account", "é" * FREE_TEXT_LIMIT, "é" * FREE_TEXT_LIMIT),
        ("phone", "020 7946 0018", "020 7946 0018"),
        ("phone", "+44 (0)20-7946.0018", "+44 (0)20-7946.0018"),
        ("phone", "07700\u00a0900123", "07700 900123"),
        ("phone", "020 7946 0018, ext. 204", "020 7946 0018, ext. 204"),
        ("phone", "02079460018x9", "02079460018x9"),
        ("phone", "020 7946 0018 Extension 9", "020 7946 0018 Extension 9"),
        ("email", " Priya@Hospital.Example.ORG ", "Priya@hospital.example.org"),
        ("email", "o'neill+review@example.org", "o'neill+review@example.org"),
        ("email", "name@bücher.example.org", "name@xn--bcher-kva.example.org"),
        ("postcode", "e62rp", "E6 2RP"),
        ("postcode", " sw1a-1aa", "SW1A 1AA"),
        ("postcode", "GIR 0AA", "GIR 0AA"),
        ("nhs", "943 476 5919", "9434765919"),
        ("nhs", "943-476-5919", "9434765919"),
        ("nhs", "943\u2013476\u20135919", "9434765919"),
        ("age", "0", 0),
        ("age", " 017 ", 17),
    ],
)
def test_an_answer_is_kept_in_one_form(name: str, typed: str, value: object):
    assert kept(name, typed) == value


@pytest.mark.parametrize(
    "name,typed,expected",
    [
        ("line", "x" * (LINE_LIMIT + 1), "Full name must be 200 characters or fewer"),
        ("line", "bell\x07", f"Full name {UNPRINTABLE}"),
        ("line", "nul\x00l", f"Full name {UNPRINTABLE}"),
        ("line", "lone \ud800 half", f"Full name {UNPRINTABLE}"),
        (
            "address",
            "x" * (ADDRESS_LIMIT + 1),
            "Home address must be 1,000 characters or fewer",
        ),
        (
            "account",
            "x" * (FREE_TEXT_LIMIT + 1),
            "The account must be 20,000 characters or fewer",
        ),
        ("account", "escape \x1b[2J code", f"The account {UNPRINTABLE}"),
        ("account", "delete \x7f", f"The account {UNPRINTABLE}"),
        ("phone", "1234567", PHONE),
        ("phone", "020 7946 0018 020 7946", PHONE),
        ("phone", "no phone", PHONE),
        ("phone", "020 7946 0018 or 07700 900123", PHONE),
        ("phone", "1234567 ext 123456", PHONE),
        ("email", "priya", EMAIL),
        ("email", "priya@", EMAIL),
        ("email", "priya@hospital", EMAIL),
        ("email", "a@example.org, b@example.org", EMAIL),
        ("email", "Priya <priya@example.org>", EMAIL),
        ("email", "prïya@example.org", EMAIL),
        ("postcode", "E6", POSTCODE),
        ("postcode", "12345", POSTCODE),
        ("postcode", "E6 2RPX", POSTCODE),
        ("nhs", "943 476 5918", NHS),
        ("nhs", "999 123 4567", NHS),
        ("nhs", "000 000 0000", NHS),
        ("nhs", "943 476 591", NHS),
        ("nhs", "943 476 591X", NHS),
        ("nhs", "٩٤٣٤٧٦٥٩١٩", NHS),
        ("age", "seven", "Age must be a whole number of years, like 7"),
        ("age", "-1", "Age must be a whole number of years, like 7"),
        ("age", "1.5", "Age must be a whole number of years, like 7"),
        ("age", "٧", "Age must be a whole number of years, like 7"),
        ("age", "121", "Age must be 120 or less"),
        ("processes", "something-else", "Select one"),
    ],
)
def test_each_mistake_has_its_own_message(name: str, typed: str, expected: str):
    assert message(name, typed) == expected


WHITE_SPACE = "".join(filter(str.isspace, map(chr, range(sys.maxunicode + 1))))


@pytest.mark.parametrize("typed", ["", "\r\n\t", "\u200b", "\ufeff \u2060", WHITE_SPACE])
def test_blank_text_is_no_answer(typed: str):
    assert kept("line", typed) is None


def test_ticked_options_stand_in_the_order_of_the_page_and_once():
    assert kept("processes", "inquest", "care", "inquest") == (Process.CARE, Process.INQUEST)


@pytest.mark.parametrize(
    "ticked,label", [(("none", "care"), "None of these"), (("care", "unknown"), "Not known")]
)
def test_an_option_that_rules_out_the_others_stands_alone(ticked: tuple[str, ...], label: str):
    assert message("processes", *ticked) == f"Select “{label}” only if no other answer applies"
    assert len(parse(Sheet, {"processes": ["none"]}, today=TODAY).processes) == 1


@settings(deadline=None, derandomize=True)
@given(st.from_regex(r"[0-9]{9}", fullmatch=True))
def test_one_last_digit_at_most_makes_an_nhs_number(first_nine: str):
    remainder = sum(int(d) * w for d, w in zip(first_nine, range(10, 1, -1), strict=True)) % 11
    last = {0: 0, 1: None}.get(remainder, 11 - remainder)
    accepted = [digit for digit in range(10) if _accepts(f"{first_nine}{digit}")]
    expected = [] if last is None or first_nine == "000000000" else [last]
    assert accepted == expected


def _accepts(digits: str) -> bool:
    try:
        return nhs_number(digits) == digits
    except ValueError:
        return False


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=60))
def test_any_text_is_kept_or_refused_and_keeping_is_stable(typed: str):
    for name in ("line", "address", "account", "phone", "email", "postcode", "nhs", "age"):
        try:
            value = kept(name, typed)
        except Invalid:
            continue
        if value is not None:
            assert kept(name, str(value)) == value
            assert Sheet.model_validate({name: value}) == Sheet.model_validate(
                {name: str(value)}, context={"today": TODAY}
            )
