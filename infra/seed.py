"""``python -m infra seed``: a handful of invented cases, in different states, for the local run."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib import bootstrap, jobs, templating
from chalicelib.bootstrap import Services
from chalicelib.domain import calendar, places
from chalicelib.domain.cases import Case, Outcome
from chalicelib.domain.decisions import RulingForm
from chalicelib.domain.links import Purpose
from chalicelib.domain.messages import Kind, Letter, Message
from chalicelib.domain.people import Role
from chalicelib.domain.referrals.journey import find
from chalicelib.domain.referrals.model import Referral
from chalicelib.domain.updates import WithdrawalForm
from chalicelib.ports import CaseKey
from chalicelib.services.drafts import Draft
from infra.invented import FormFields, answers_from, full_answers
from infra.local import emulator, waiting
from infra.local.settings import Ports, stage_environment

REASON = "The file shows how agencies worked together, and what each of them knew and when."
FIRST_PAGE = find("triage", "purpose")
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Story:
    """One invented case: what differs from the full example, and what became of it."""

    agency: str
    agency_kind: str
    child: str
    outcome: Outcome | None = None
    is_passed_on: bool = False
    is_withdrawn: bool = False


STORIES = (
    Story("Invented Hospital Trust", "health", "Jordan Sample"),
    Story("Fiction Primary School", "school", "Casey Placeholder", Outcome.REVIEW),
    Story("Imagined Police", "police", "Riley Specimen", Outcome.LEARNING_REVIEW),
    Story("Pretend Council", "social-care", "Morgan Madeup", Outcome.MORE_INFORMATION),
    Story("Made Up Families", "voluntary", "Jamie Notreal", Outcome.NO_REVIEW, is_passed_on=True),
    Story("Sample Valley College", "school", "Robin Notone", is_withdrawn=True),
    Story("Pretend Street Surgery", "health", "Taylor Example", Outcome.OTHER_ACTION),
)


def main(arguments: Sequence[str]) -> int:
    """Fill the running local service. The status is 1 where none runs."""
    if arguments:
        print("Usage: python -m infra seed")
        return 2
    ports = Ports.from_environ(os.environ)
    if waiting.status(ports.aws.number, emulator.HEALTH) is None:
        print(
            "Nothing is running to be filled. Start it in another terminal: make run",
            file=sys.stderr,
        )
        return 1
    client = emulator.client_environment(ports.aws.number)
    stack = emulator.provision(client, base_url=ports.pages.address)
    os.environ.update(client | stage_environment(ports) | stack)
    services = bootstrap.services()
    for reference in _seed(services):
        print(f"  referred {reference}", flush=True)
    print("\nThe newest cases:")
    for case in services.cases.page(limit=10).cases:
        print(f"  {_line(case)}")
    print(f"\nTheir e-mails are in the mailbox: {ports.mailbox.address}")
    return 0


def _seed(services: Services) -> Iterator[str]:
    for story in STORIES:
        reference = _refer(services, story)
        if story.is_passed_on:
            _step_aside(services, reference)
        if story.outcome:
            _decide(services, reference, story.outcome)
        if story.is_withdrawn:
            _withdraw(services, reference)
        yield reference


def _refer(services: Services, story: Story) -> str:
    """Send an invented referral through the same use cases as a browser's."""
    now = services.clock()
    answers = answers_from(_forms(story), today=calendar.london_date(now))
    empty = services.drafts.start(now=now)
    draft = services.drafts.save(
        empty, FIRST_PAGE, lambda _: answers, stamp=empty.answers.stamp(FIRST_PAGE), now=now
    )
    draft = confirmed(services, draft, now=now)
    return services.referrals.submit(draft, seen=draft.version, now=now).reference


def confirmed(services: Services, draft: Draft, *, now: datetime) -> Draft:
    """The draft, once its referrer typed the code that was sent to the address it gives."""
    email = Referral.from_answers(draft.answers).referrer_email
    services.drafts.ask_to_confirm(draft, email, network="", now=now)
    sent = services.drafts.drafts.messages(draft.case_id)
    code = max((m for m in sent if m.kind is Kind.CODE), key=lambda message: message.queued_at)
    typed = str(_unsealed(draft.open_key(), code)["code"])
    return services.drafts.confirm(draft, typed, network="", now=now)


def _forms(story: Story) -> dict[str, list[FormFields]]:
    own = {
        "referrer/agency": [{"kind": [story.agency_kind], "agency": [story.agency]}],
        "child/name": [{"full_name": [story.child]}],
    }
    return full_answers() | own


def _decide(services: Services, reference: str, outcome: Outcome) -> None:
    link, session = _enter(services, reference)
    decisions, now = services.decisions, services.clock()
    decisions.declare_no_conflict(link, session, now=now)
    form = RulingForm(
        outcome=outcome,
        other_action="A briefing for staff." if outcome is Outcome.OTHER_ACTION else None,
        information="The school's log." if outcome is Outcome.MORE_INFORMATION else None,
        reason=REASON,
    )
    decisions.write(link, session, form, now=now)
    decisions.confirm(link, session, decisions.pending(link, session, now=now).nonce, now=now)


def _withdraw(services: Services, reference: str) -> None:
    """Take a referral back as its referrer would, by its reference and a code."""
    token = services.links.ask(reference, network="", now=services.clock())
    jobs.answer_asks(services)
    typed = str(_newest(services, reference, Kind.CODE, to=Role.REFERRER)["code"])
    session, _ = services.links.open_session(
        token, typed, purpose=Purpose.FOLLOW, now=services.clock()
    )
    form = WithdrawalForm(reason="The case was referred twice, by two of our teams.")
    nonce = secrets.token_hex(16)
    services.updates.withdraw(token, session, form, nonce=nonce, now=services.clock())


def _step_aside(services: Services, reference: str) -> None:
    services.decisions.step_aside(*_enter(services, reference), now=services.clock())


def _enter(services: Services, reference: str) -> tuple[str, str]:
    """Open a session as the decision-maker would, with the link and the code of their e-mails."""
    link = str(_newest(services, reference, Kind.DECISION_REQUEST)["url"]).rpartition("/")[2]
    services.links.send_code(link, now=services.clock())
    code = str(_newest(services, reference, Kind.CODE)["code"])
    session, _ = services.links.open_session(link, code, now=services.clock())
    return link, session


def _newest(
    services: Services, reference: str, kind: Kind, *, to: Role | None = None
) -> dict[str, object]:
    """What the newest message to whoever decides, or to ``to``, says: sent already, or not yet."""
    cases, vault = services.decisions.cases, services.decisions.vault
    file = cases.read(reference)
    wanted = (kind, to or file.case.decider)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = [m for m in cases.messages(reference) if (m.kind, m.role) == wanted]
        if found:
            newest = max(found, key=lambda message: message.queued_at)
            return _unsealed(vault.open_key(file.key.case_id, file.key.wrapped), newest)
        # The jobs that run beside this may be about to write it.
        if time.monotonic() > deadline:
            raise waiting.NotReady(f"{reference}: no {kind} was written")
        time.sleep(0.1)


def _unsealed(key: CaseKey, message: Message) -> dict[str, object]:
    sealed = key.unseal(places.letter(message.message_id), message.letter)
    return Letter.model_validate_json(sealed).content


def _line(case: Case) -> str:
    outcome = case.outcome.label if case.outcome else "not decided"
    return f"{case.reference}  {templating.format_date(case.received_at)}  {case.state}  {outcome}"
