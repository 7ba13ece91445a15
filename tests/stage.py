"""A stage for tests: the real services on the local AWS, a clock to set, and mail caught in a list.

Everything but the mail provider is real. ``Stage.mailbox`` holds what would have been sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from botocore.loaders import create_loader

from chalicelib import bootstrap, jobs
from chalicelib.adapters.table import Table
from chalicelib.domain import places
from chalicelib.domain.cases import Outcome
from chalicelib.domain.decisions import RulingForm
from chalicelib.domain.messages import Kind, Letter
from chalicelib.domain.people import Person, Role
from chalicelib.domain.referrals import pages
from chalicelib.domain.referrals.answers import Answers
from chalicelib.ports import Email
from chalicelib.ports import Mailbox as DraftMailbox
from chalicelib.services.drafts import Draft
from chalicelib.services.drafts.filling import next_version
from chalicelib.services.drafts.mailboxes import FOUND_BY
from chalicelib.services.links import seal_person
from chalicelib.services.referrals import Submitted
from tests import factories

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BASE_URL = "https://referrals.example.org"
DEMO = Path(__file__).parents[1] / "infra" / "stages" / "local.json"
AWS_NAMES = (
    "TABLE_NAME",
    "REFERRALS_BUCKET",
    "QUARANTINE_BUCKET",
    "ATTACHMENTS_BUCKET",
    "DATA_KEY_ID",
    "STORAGE_KEY_ID",
    "LOOKUP_KEY_ID",
)
# The demo partnership lets one machine do what many would; tests count as a stage does.
STRICT = {"NETWORK_ALLOWANCE": "1"}
# What botocore reads to make a client takes longer than most tests; it is read once.
MODELS = create_loader()
REASON = "Both limbs are met, and two agencies missed the same signs."


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> datetime:
        self.now += by
        return self.now


@dataclass
class Mailbox:
    """A mail provider that keeps what it is given, or fails as it is told to."""

    emails: list[Email] = field(default_factory=list)
    failing: Exception | None = None

    def send(self, email: Email) -> str:
        if self.failing:
            raise self.failing
        self.emails.append(email)
        return f"provider-{len(self.emails)}"

    def to(self, address: str, *, subject: str = "") -> list[Email]:
        """What went to ``address``, by a part of the subject; the oldest first."""
        return [e for e in self.emails if e.to_email == address and subject in e.subject]


@dataclass
class Stage:
    """The services with what a test steers them by."""

    environ: Mapping[str, str]
    services: bootstrap.Services
    clock: Clock
    mailbox: Mailbox

    @property
    def table(self) -> Table:
        """The table itself, for what no service does: damage."""
        return Table(self.services.clients, self.services.settings.table_name)

    def draft(self, answers: Answers | None = None, *, confirmed: bool = True) -> Draft:
        """A draft that is ready to be sent, by somebody who has only just confirmed their address.

        With ``confirmed=False`` nothing leads back to it but its browser.
        """
        drafts = self.services.drafts
        draft = drafts.start(now=self.clock())
        draft = drafts._store(draft, answers or factories.answers_from(), now=self.clock())
        return self.as_confirmed(draft) if confirmed else draft

    def as_confirmed(self, draft: Draft) -> Draft:
        """The draft as if its referrer had typed a code, and without the e-mails of that."""
        drafts, key, now = self.services.drafts, draft.open_key(), self.clock()
        person = Person(Role.REFERRER, "Referrer", "Priya Example", self.email_in(draft))
        mailbox = drafts.pseudonyms.of(FOUND_BY, person.email)
        contact = seal_person(key, places.contact(draft.case_id), person)
        stored = replace(draft.stored, confirmed_at=now, mailbox=mailbox, contact=contact)
        stored = next_version(stored, draft.answers, key)
        drafts.drafts.write(stored, (DraftMailbox(mailbox, draft.case_id),))
        return replace(draft, stored=stored)

    def email_in(self, draft: Draft) -> str:
        """The address that a draft gives, or one where it gives none."""
        contact = draft.answers.at("referrer/contact", pages.referrer.Contact)
        return contact.email if contact else "nobody@agency.example.org"

    def confirm(self, draft: Draft, email: str = "") -> Draft:
        """The draft, once the code that went to its referrer's address, or another, was typed."""
        drafts, address = self.services.drafts, email or self.email_in(draft)
        drafts.ask_to_confirm(draft, address, network="", now=self.clock())
        code = self.letters(draft, Kind.CODE)[-1]["code"]
        return drafts.confirm(draft, str(code), network="", now=self.clock())

    def letters(self, draft: Draft, kind: Kind) -> list[dict[str, object]]:
        """What the messages of a draft say, the oldest first, whether or not they were sent."""
        drafts = self.services.drafts
        found = sorted(drafts.drafts.messages(draft.case_id), key=lambda each: each.queued_at)
        key = draft.open_key()
        return [
            Letter.model_validate_json(
                key.unseal(places.letter(each.message_id), each.letter)
            ).content
            for each in found
            if each.kind is kind
        ]

    def submit(self, answers: Answers | None = None) -> Submitted:
        """A referral, sent."""
        draft = self.draft(answers)
        return self.services.referrals.submit(draft, seen=draft.version, now=self.clock())

    def deliver(self) -> None:
        """Send every message that is due."""
        self.services.messages.sweep(now=self.clock())

    def answer(self) -> None:
        """Answer everything that was asked, and send what comes of it."""
        jobs.answer_asks(self.services)
        self.deliver()

    def person(self, role: str) -> str:
        """The address of one of the stage's people."""
        return self.environ[f"{role.upper()}_EMAIL"]

    def link(self, role: str = "decision_maker") -> str:
        """The token of the newest link that was sent to ``role``."""
        return self._newest(role, r"/decisions/([\w-]{20,})")

    def code(self, role: str = "decision_maker") -> str:
        """Ask for a code and read it in the mail."""
        self.services.links.send_code(self.link(role), now=self.clock())
        self.deliver()
        return self._newest(role, r"^\s*(\d{6}|\d{3} \d{3})\s*$").replace(" ", "")

    def session(self, role: str = "decision_maker") -> tuple[str, str]:
        """The token of the link and that of a session opened with a code."""
        code = self.code(role)
        token = self.link(role)
        opened, _ = self.services.links.open_session(token, code, now=self.clock())
        return token, opened

    def pending(
        self, outcome: Outcome = Outcome.REVIEW, role: str = "decision_maker"
    ) -> tuple[str, str, str]:
        """A ruling that waits to be confirmed: tokens of link and session, and its nonce."""
        link, session = self.session(role)
        form = ruling(outcome)
        decisions = self.services.decisions
        decisions.declare_no_conflict(link, session, now=self.clock())
        decisions.write(link, session, form, now=self.clock())
        return link, session, decisions.pending(link, session, now=self.clock()).nonce

    def sent(self, reference: str) -> dict[Kind, list[str]]:
        """The status of every message of a case, by kind."""
        found: dict[Kind, list[str]] = {}
        for message in self.services.cases.cases.messages(reference):
            found.setdefault(message.kind, []).append(message.status.value)
        return found

    def _newest(self, role: str, pattern: str) -> str:
        for email in reversed(self.mailbox.to(self.person(role))):
            match = re.search(pattern, email.text, re.MULTILINE)
            if match:
                return match.group(1)
        raise AssertionError(f"no mail to {role} has {pattern}")


def ruling(outcome: Outcome, reason: str = REASON) -> RulingForm:
    """A ruling as a decision-maker would write it."""
    return RulingForm(
        outcome=outcome,
        other_action="A briefing for school staff." if outcome is Outcome.OTHER_ACTION else None,
        information="The school's log." if outcome is Outcome.MORE_INFORMATION else None,
        reason=reason,
    )


def environment(aws: Mapping[str, str], **changes: str) -> dict[str, str]:
    """A stage's variables: the demo partnership's, on the local AWS."""
    demo = json.loads(DEMO.read_text(encoding="utf-8"))
    own = {name.upper(): str(value) for name, value in demo.items()}
    return own | dict(aws) | {"BASE_URL": BASE_URL, "MAIL_TRANSPORT": "ses"} | STRICT | changes


def build(aws: Mapping[str, str], **changes: str) -> Stage:
    """A stage on an empty local AWS. ``changes`` are settings, by the names of variables."""
    environ = environment(aws, **changes)
    clock, mailbox = Clock(), Mailbox()
    services = bootstrap.build(environ, clock=clock)
    services.clients.session.register_component("data_loader", MODELS)
    services.messages = replace(services.messages, mailer=mailbox)
    return Stage(environ, services, clock, mailbox)
