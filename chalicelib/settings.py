"""Every setting of a stage, as one frozen model read from the environment.

The variable's name is the field's in capitals: ``base_url`` is read from ``BASE_URL``. A field
without a default must be set; a default is safe in production and harmless in public.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.people import Person, Role

VERSION = "0.1.0"


def _without_trailing_slash(value: str) -> str:
    if not value.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError("must start with https:// (http:// only on this machine)")
    return value.rstrip("/")


def _mailbox(value: str) -> str:
    local, at, domain = value.strip().rpartition("@")
    if not (local and at and "." in domain) or any(c.isspace() for c in value.strip()):
        raise ValueError("must be an e-mail address")
    return value.strip()


Address = Annotated[str, AfterValidator(_mailbox)]
Days = Annotated[int, Field(ge=1, le=366)]

_LISTS = {"extra_bank_holidays": ",", "accessibility_problems": "|"}
"""Settings that hold several things, and what stands between them."""


class Settings(BaseModel):
    """One stage's settings. ``docs/settings.md`` says what each is for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str = Field(pattern=r"^[a-z][a-z0-9-]{1,20}$")
    base_url: Annotated[str, AfterValidator(_without_trailing_slash)]
    version: str = VERSION

    table_name: str
    referrals_bucket: str
    quarantine_bucket: str
    attachments_bucket: str
    data_key_id: str
    storage_key_id: str
    lookup_key_id: str

    mail_transport: Literal["ses", "smtp"] = "ses"
    mail_from: Address
    ses_configuration_set: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: bool = True

    partnership_name: str
    partnership_short: str
    area: str
    accent_colour: str = Field(default="#0f4c4f", pattern=r"^#[0-9a-f]{6}$")
    guidance_edition: str = "Working Together to Safeguard Children 2026"

    urgent_phone: str
    urgent_phone_out_of_hours: str
    office_phone: str
    office_email: Address
    office_name: str = "Safeguarding partnership office"
    test_mailbox: Address = "success@simulator.amazonses.com"

    decision_maker_label: str = "Independent Chair"
    decision_maker_name: str
    decision_maker_email: Address
    deputy_label: str = "Deputy chair"
    deputy_name: str = ""
    deputy_email: str = ""

    notification_working_days: Days = 5
    decision_working_days: Days = 20
    draft_days: Days = 30
    silence_working_days: Days = 5
    link_days: Days = 28
    extra_bank_holidays: tuple[date, ...] = ()

    statement_prepared: date = date(2026, 11, 24)
    statement_reviewed: date | None = None
    accessibility_tested_by: str = ""
    accessibility_problems: tuple[str, ...] = ()
    reply_working_days: Days = 10
    data_controller: str = ""
    data_protection_name: str = ""
    data_protection_email: Literal[""] | Address = ""
    data_protection_address: str = ""
    retention: str = ""
    regulator_name: str = "Information Commissioner’s Office"
    regulator_url: str = Field(default="https://ico.org.uk/make-a-complaint/", pattern="^https://")

    network_allowance: int = Field(default=1, ge=1, le=1000)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings. Raises pydantic's ValidationError, which names each bad variable."""
        found = {
            name: environ[name.upper()] for name in cls.model_fields if environ.get(name.upper())
        }
        lists = {
            name: tuple(part.strip() for part in found[name].split(mark) if part.strip())
            for name, mark in _LISTS.items()
            if name in found
        }
        return cls.model_validate(found | lists)

    @model_validator(mode="after")
    def _transport_is_complete(self) -> Settings:
        if self.mail_transport == "smtp" and not self.smtp_host:
            raise ValueError("SMTP_HOST must be set when MAIL_TRANSPORT is smtp")
        if self.deputy_email and not self.deputy_name:
            raise ValueError("DEPUTY_NAME must be set when DEPUTY_EMAIL is")
        return self

    @property
    def is_secure(self) -> bool:
        """Whether the service is reached over TLS, as everywhere but on one's own machine."""
        return self.base_url.startswith("https://")

    def person(self, role: Role, *, is_test: bool = False) -> Person | None:
        """Who holds ``role`` on this stage, or None where nobody does.

        With ``is_test`` under the test mailbox: an automatic check's case bothers nobody.
        """
        people = {
            Role.DECISION_MAKER: (
                self.decision_maker_label,
                self.decision_maker_name,
                self.decision_maker_email,
            ),
            Role.DEPUTY: (self.deputy_label, self.deputy_name, self.deputy_email),
            Role.OFFICE: (self.office_name, self.office_name, self.office_email),
        }
        label, name, email = people.get(role, ("", "", ""))
        if not email:
            return None
        reached = self.test_mailbox if is_test else email
        return Person(role=role, label=label, name=name, email=reached)

    def office(self, *, is_test: bool = False) -> Person:
        """The office. Every stage has one."""
        return self._required(Role.OFFICE, is_test=is_test)

    def decision_maker(self, *, is_test: bool = False) -> Person:
        """Who decides first. Every stage has one."""
        return self._required(Role.DECISION_MAKER, is_test=is_test)

    def _required(self, role: Role, *, is_test: bool) -> Person:
        person = self.person(role, is_test=is_test)
        assert person is not None  # noqa: S101 - the fields that name them have no default
        return person
