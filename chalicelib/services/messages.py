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
    Status,
    wait_after,
)
from chalicelib.domain.people import Person, Role
from chalicelib.metrics import Metric, of_failure
from chalicelib.ports import CaseKey, Composer, Email, Mailer, Meter, Outbox, Owners, Vault
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

# Two machines' clocks differ by less; a message queued by one is due at once on the other.
CLOCK_SKEW = timedelta(seconds=2)
SWEEP_AT_MOST = 100
# Longer, and somebody should look why the decision-maker has no e-mail yet.
ARRIVES_WITHIN = timedelta(minutes=5)

NOT_ARRIVED = {
    Report.BOUNCED: Metric.MESSAGE_BOUNCED,
    Report.COMPLAINED: Metric.MESSAGE_COMPLAINED,
}


def write(
    key: CaseKey,
    kind: Kind,
    content: Content,
    *,
    to: Person,
    now: datetime,
    not_before: datetime | None = None,
    lapses_at: datetime | None = None,
    owner: str = "",
    message_id: str = "",
) -> Message:
    """A message, sealed and ready to be committed with the change that causes it.

    It belongs to the case that ``content`` names, or to ``owner``: a draft by its id. With a
    ``message_id`` of its own it takes the place of the message before it.
    """
    message_id = message_id or uuid4().hex
    letter = Letter(name=to.name, email=to.email, content=content.model_dump(mode="json"))
    first = not_before or now
    return Message(
        reference=owner or content.reference,
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
    owners: Owners
    outbox: Outbox
    vault: Vault
    mailer: Mailer
    compose: Composer
    meter: Meter

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
        except (errors.CaseErased, errors.DraftNotFound):
            self._lapse(message, now=now)
        except errors.Unavailable as error:
            self._count(error, message.reference)
            self._retry(message, now=now)
        except (errors.Tampered, errors.CaseNotFound) as error:
            self._count(error, message.reference)
            log.exception("message cannot be opened", extra=_ids(message))
            self._emit(Metric.MESSAGE_FAILED, message)
            self.outbox.fail(message, now=now, telling=None)
        return False

    def sweep(self, *, now: datetime) -> int:
        """Send what is due and the stream did not bring. Returns how many went out.

        One message that fails never keeps the next from being tried.
        """
        sent = 0
        waiting = self.outbox.waiting(now=now, limit=SWEEP_AT_MOST)
        oldest = min((each.not_before for each in waiting), default=now)
        self.meter.emit(Metric.MESSAGES_DUE, len(waiting))
        self.meter.emit(Metric.OLDEST_DUE_AGE, (now - oldest).total_seconds())
        for each in waiting:
            if each.due_at > now:
                continue
            try:
                sent += self.send(each.reference, each.message_id, now=now)
            except errors.ServiceError as error:
                self.left(error, each.reference)
        return sent

    def check_arrivals(self, *, now: datetime) -> None:
        """Look once at each request for a decision of which the provider should have told by now.

        Only where the provider tells: with SMTP nothing is ever kept to be checked.
        """
        for each in self.outbox.to_check(now=now, limit=SWEEP_AT_MOST):
            message = self.outbox.read(each.reference, each.message_id)
            if message is None:
                continue
            if message.status is Status.SENT:
                log.error("request for a decision not delivered", extra=_ids(message))
                self._emit(Metric.DECISION_REQUEST_UNDELIVERED, message)
            self.outbox.mark_checked(message)

    def left(self, error: errors.ServiceError, reference: str) -> None:
        """Note a message that could not be tried; it stays due, so a later sweep tries it."""
        log.error("message left for the sweep", exc_info=error, extra={"reference": reference})
        self._count(error, reference)

    def report(self, reference: str, message_id: str, report: Report, *, at: datetime) -> None:
        """Keep what the provider says of a message; tell the office of one that did not arrive."""
        message = self.outbox.read(reference, message_id)
        if message is None:
            log.warning("report on an unknown message", extra={"reference": reference})
            return
        bounced = report is Report.BOUNCED
        telling = self._telling_office(message, now=at) if bounced else None
        first = self.outbox.report(message, report, at=at, telling=telling)
        if not first:
            return
        if report is Report.DELIVERED:
            if message.sent_at:
                self._emit(
                    Metric.MESSAGE_DELIVERY_DELAY, message, _milliseconds(message.sent_at, at)
                )
            return
        log.error("message did not arrive", extra=_ids(message) | {"report": report.value})
        self._emit(NOT_ARRIVED[report], message)

    def _send(self, message: Message, *, now: datetime) -> bool:
        owner = self.owners.read(message.reference)
        unsent = not owner.reference
        has_lapsed = message.has_lapsed(unsent=unsent, undecided=owner.undecided, now=now)
        if has_lapsed or owner.has_ended(now=now):
            self._lapse(message, now=now)
            return False
        until = message.put_off_until(owner.expires_at, now=now)
        if until:
            self.outbox.put_off(message, until=until)
            return False
        key = self.vault.open_key(owner.case_id, owner.wrapped)
        email = self._email(message, key)
        provider_id = self.mailer.send(email)
        self.outbox.mark_sent(
            message, provider_id=provider_id, now=now, check_at=self._check_at(message, now=now)
        )
        waited = _milliseconds(message.not_before, now)
        log.info("message sent", extra=_ids(message) | {"waited_ms": waited})
        self.meter.emit(Metric.MESSAGE_SENT, of=message.kind, reference=message.reference)
        self._emit(Metric.MESSAGE_SEND_DELAY, message, waited)
        self._emit(Metric.MESSAGE_ATTEMPTS, message, message.attempts)
        return True

    def _lapse(self, message: Message, *, now: datetime) -> None:
        self.outbox.mark_lapsed(message, now=now)
        self._emit(Metric.MESSAGE_LAPSED, message)

    def _check_at(self, message: Message, *, now: datetime) -> datetime | None:
        """When to look whether it arrived, for the one kind that nothing goes on without."""
        tells = self.settings.mail_transport == "ses" and self.settings.ses_configuration_set
        is_checked = message.kind is Kind.DECISION_REQUEST and tells
        return now + ARRIVES_WITHIN if is_checked else None

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
            self._emit(Metric.MESSAGE_RETRIED, message)

    def _give_up(self, message: Message, *, now: datetime) -> None:
        log.error("message failed for good", extra=_ids(message))
        self.outbox.fail(message, now=now, telling=self._telling_office(message, now=now))
        self._emit(Metric.MESSAGE_FAILED, message)

    def _telling_office(self, message: Message, *, now: datetime) -> Message | None:
        """The message to the office, unless it is the office that cannot be reached.

        The office is not told of drafts: until one is sent it is nobody's but its writer's.
        """
        office = self.settings.person(Role.OFFICE)
        is_silent = message.kind is Kind.CODE or message.is_of_draft
        if message.role is Role.OFFICE or office is None or is_silent:
            return None
        try:
            owner = self.owners.read(message.reference)
        except errors.CaseErased:
            return None
        if owner.is_test:
            return None
        key = self.vault.open_key(owner.case_id, owner.wrapped)
        about = self.settings.person(message.role)
        content = NotDelivered(
            reference=message.reference,
            kind=message.kind,
            recipient=about.label if about else "referrer",
            has_deputy=self.settings.person(Role.DEPUTY) is not None,
        )
        return write(key, Kind.NOT_DELIVERED, content, to=office, now=now)

    def _emit(self, metric: Metric, message: Message, value: float = 1) -> None:
        self.meter.emit(metric, value, reference=message.reference)

    def _count(self, error: errors.ServiceError, reference: str) -> None:
        metric = of_failure(error)
        if metric:
            self.meter.emit(metric, reference=reference)


def _ids(message: Message) -> dict[str, str]:
    return {
        "reference": message.reference,
        "message_id": message.message_id,
        "kind": message.kind.value,
        "role": message.role.value,
    }


def _milliseconds(since: datetime, until: datetime) -> int:
    # Two clocks are compared, so that a moment may seem to lie before its cause.
    return max(0, int((until - since).total_seconds() * 1000))
