"""A stage's settings: what is missing or wrong is named before anything starts."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from chalicelib.domain.people import Role
from chalicelib.settings import Settings
from tests import stage as stages

AWS = dict.fromkeys(stages.AWS_NAMES, "x")


def settings(**changes: str) -> Settings:
    return Settings.from_environ(stages.environment(AWS) | changes)


def test_the_demo_stage_is_complete():
    demo = settings()
    assert demo.base_url == stages.BASE_URL
    assert demo.is_secure


@pytest.mark.parametrize(
    "change",
    [
        {"STAGE": ""},
        {"STAGE": "Prod!"},
        {"BASE_URL": "http://referrals.example.org"},
        {"BASE_URL": "referrals.example.org"},
        {"OFFICE_EMAIL": "office"},
        {"DECISION_MAKER_EMAIL": "chair @example.org"},
        {"ACCENT_COLOUR": "teal"},
        {"DRAFT_DAYS": "0"},
        {"LINK_DAYS": "400"},
        {"MAIL_TRANSPORT": "post"},
        {"MAIL_TRANSPORT": "smtp"},
        {"DEPUTY_NAME": ""},
        {"EXTRA_BANK_HOLIDAYS": "soon"},
        {"STATEMENT_REVIEWED": "last week"},
        {"DATA_PROTECTION_EMAIL": "officer"},
        {"REGULATOR_URL": "javascript:alert(1)"},
        {"TABLE_NAME": ""},
    ],
)
def test_a_wrong_setting_is_refused(change: dict[str, str]):
    with pytest.raises(ValidationError):
        settings(**change)


def test_an_address_ends_without_a_slash():
    assert settings(BASE_URL="https://referrals.example.org/").base_url == stages.BASE_URL


def test_proclaimed_days_are_read_as_a_list():
    assert settings(EXTRA_BANK_HOLIDAYS="2027-06-14, 2027-06-15").extra_bank_holidays == (
        date(2027, 6, 14),
        date(2027, 6, 15),
    )


def test_known_problems_are_sentences_that_may_hold_commas():
    problems = settings(ACCESSIBILITY_PROBLEMS="One, and that. | Two. |").accessibility_problems
    assert problems == ("One, and that.", "Two.")


def test_what_is_not_set_is_empty_and_never_invented():
    demo = settings()
    assert demo.statement_reviewed is None
    assert demo.accessibility_problems == demo.extra_bank_holidays == ()
    assert demo.data_protection_name == demo.data_protection_email == demo.retention == ""


def test_a_role_that_nobody_holds_has_no_person():
    without = settings(DEPUTY_NAME="", DEPUTY_EMAIL="")
    assert without.person(Role.DEPUTY) is None
    deputy = settings().person(Role.DEPUTY)
    assert deputy is not None
    assert deputy.email == "deputy@example.org"
    assert settings().person(Role.REFERRER) is None
