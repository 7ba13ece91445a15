"""Writing e-mails into the outbox, sending them, and keeping what became of them."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain import errors, places
from chalicelib.domain.messages import (
    CONTENTS,
    Content,
    Kind,
    Letter,
    Message,
    NotDelivered,
    Report,
    wait_after,
)
from chalicelib.domain.people import Person, Role
from chalicelib.ports import CaseKey, Cases, Composer, Email, Mailer, Outbox, Vault
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

# Two machines' clocks differ by less; a message queued by one is due at once on the other.
CLOCK_SKEW = timedelta(seconds=2)
SWEEP_AT_MOST = 100


def write(
    key: CaseKey,
    kind: Kind,
    content: Content,
    *,
    to: Person,
    now: datetime,
    not_before: datetime | None = None,
    lapses_at: datetime | None = None,
) -> Message:
    """A message, sealed and ready to be committed with the change that causes it."""
    message_id = uuid4().hex
    letter = Letter(name=to.name, email=to.email, content=content.model_dump(mode="json"))
    first = not_before or now
    return Message(
        reference=content.reference,
        message_id=message_id,
        kind=kind,
        role=to.role,
        letter=key.seal(places.letter(message_id), letter.model_dump_json().encode()),
        queued_at=now,
        not_before=first,
        due_at=first,
        lapses_at=lapses_at,
    )


@dataclass(frozen=True)
class Messages:
    """The use cases of the outbox."""

    settings: Settings
    cases: Cases
    outbox: Outbox
    vault: Vault
    mailer: Mailer
    compose: Composer

    def send(self, reference: str, message_id: str, *, now: datetime) -> bool:
        """Send one message if it is due and nobody else is sending it. True where it went out.

        At least once: a crash after the provider took it and before that was kept sends it again
        when the lease ends, with the same Message-ID.
        """
        message = self.outbox.claim(reference, message_id, now=now + CLOCK_SKEW)
        if message is None:
            return False
        try:
            return self._send(message, now=now)
        except errors.MailRefused:
            self._give_up(message, now=now)
        except errors.Unavailable:
            self._retry(message, now=now)
        except (errors.Tampered, errors.CaseNotFound):
            log.exception("message cannot be opened", extra=_ids(message))
            self.outbox.fail(message, now=now, telling=None)
        return False

    def sweep(self, *, now: datetime) -> int:
        """Send what is due and the stream did not bring. Returns how many went out.

        One message that fails never keeps the next from being tried.
        """
        sent = 0
        for reference, message_id in self.outbox.due(now=now, limit=SWEEP_AT_MOST):
            try:
                sent += self.send(reference, message_id, now=now)
            except errors.ServiceError:
                log.exception(
                    "message left for the next sweep",
                    extra={"reference": reference},
                )
        return sent

    def report(self, reference: str, message_id: str, report: Report, *, at: datetime) -> None:
        """Keep what the provider says of a message; tell the office of one that did not arrive."""
        message = self.outbox.read(reference, message_id)
        if message is None:
            log.warning("report on an unknown message", extra={"reference": reference})
            return
        bounced = report is Report.BOUNCED
        telling = self._telling_office(message, now=at) if bounced else None
        first = self.outbox.report(message, report, at=at, telling=telling)
        if first and report is not Report.DELIVERED:
            log.error("message did not arrive", extra=_ids(message) | {"report": report.value})

    def _send(self, message: Message, *, now: datetime) -> bool:
        file = self.cases.read(message.reference)
        if message.has_lapsed(undecided=file.case.decided_at is None, now=now):
            self.outbox.mark_lapsed(message, now=now)
            return False
        key = self.vault.open_key(file.key.case_id, file.key.wrapped)
        email = self._email(message, key)
        provider_id = self.mailer.send(email)
        self.outbox.mark_sent(message, provider_id=provider_id, now=now)
        log.info("message sent", extra=_ids(message) | {"waited_ms": _milliseconds(message, now)})
        return True

    def _email(self, message: Message, key: CaseKey) -> Email:
        sealed = key.unseal(places.letter(message.message_id), message.letter)
        letter = Letter.model_validate_json(sealed)
        # JSON mode throughout: the moments in a content were written as text.
        content = CONTENTS[message.kind].model_validate_json(json.dumps(letter.content))
        subject, text, html = self.compose(message.kind, content)
        domain = self.settings.mail_from.rpartition("@")[2]
        return Email(
            to_name=letter.name,
            to_email=letter.email,
            subject=subject,
            text=text,
            html=html,
            message_id=f"<{message.message_id}@{domain}>",
            tag=f"{message.reference}_{message.message_id}",
        )

    def _retry(self, message: Message, *, now: datetime) -> None:
        if message.gives_up(now=now):
            self._give_up(message, now=now)
        else:
            self.outbox.try_again(message, at=now + wait_after(message.attempts))

    def _give_up(self, message: Message, *, now: datetime) -> None:
        log.error("message failed for good", extra=_ids(message))
        self.outbox.fail(message, now=now, telling=self._telling_office(message, now=now))

    def _telling_office(self, message: Message, *, now: datetime) -> Message | None:
        """The message to the office, unless it is the office that cannot be reached."""
        office = self.settings.person(Role.OFFICE)
        if message.role is Role.OFFICE or office is None or message.kind is Kind.CODE:
            return None
        file = self.cases.read(message.reference)
        key = self.vault.open_key(file.key.case_id, file.key.wrapped)
        about = self.settings.person(message.role)
        content = NotDelivered(
            reference=message.reference,
            kind=message.kind,
            recipient=about.label if about else "referrer",
            has_deputy=self.settings.person(Role.DEPUTY) is not None,
        )
        return write(key, Kind.NOT_DELIVERED, content, to=office, now=now)


def _ids(message: Message) -> dict[str, str]:
    return {
        "reference": message.reference,
        "message_id": message.message_id,
        "kind": message.kind.value,
        "role": message.role.value,
    }


def _milliseconds(message: Message, now: datetime) -> int:
    return int((now - message.not_before).total_seconds() * 1000)
