"""What becomes of files that came in: checked once, kept or refused, and never left lying about.

The record of a file is the authority. Objects that no record speaks of are nobody's, and are
deleted when anyone meets them.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain import attachments as rules
from chalicelib.domain import errors, places
from chalicelib.domain.attachments import KINDS, Attachment, Flaw, ScanResult, State, Verdict
from chalicelib.domain.audit import Act
from chalicelib.domain.messages import AttachmentRefused, Kind
from chalicelib.domain.people import Role
from chalicelib.metrics import Metric
from chalicelib.ports import (
    Arrival,
    Attachments,
    Cases,
    Change,
    Files,
    Inspector,
    Meter,
    Owner,
    Owners,
    Vault,
)
from chalicelib.services import messages
from chalicelib.services.links import unseal_person, with_fresh_reads

log = logging.getLogger(__name__)

SWEEP_AT_MOST = 100
LOOK_AGAIN = timedelta(days=1)
NOBODYS = (errors.DraftNotFound, errors.CaseNotFound, errors.CaseErased)


@dataclass(frozen=True)
class Checking:
    """The use cases in which nobody waits, and what ends a file."""

    attachments: Attachments
    files: Files
    inspect: Inspector
    owners: Owners
    cases: Cases
    vault: Vault
    meter: Meter

    def remove(self, case_id: str, attachment_id: str, *, part: str | None = None) -> None:
        """Remove a file with all that is stored of it, even while it is being checked.

        With ``part`` a file of any other part is left alone: what was sent stays sent.
        """
        found = self.attachments.get(case_id, attachment_id)
        if found and part not in (None, found.part):
            return
        self.attachments.begin_removal(case_id, attachment_id)
        self.files.destroy(case_id, attachment_id)
        self.attachments.forget(case_id, attachment_id)

    def destroy(self, case_id: str) -> None:
        """Remove every file of a case, and what is known of them. Doing so twice is safe.

        The records go first: a check that runs meanwhile finds none, and takes its copy back.
        """
        self.attachments.clear(case_id)
        self.files.destroy(case_id)

    def scanned(self, result: ScanResult, *, now: datetime) -> None:
        """Take a scanner's verdict on one version of a file: keep a copy of it, or refuse it.

        The first verdict on a file is final. Repeated and late ones change nothing, and clear away
        whatever is left of the file that its record does not speak of.
        """
        with_fresh_reads(lambda: self._scanned(result, now=now))

    def overdue(self, *, now: datetime) -> None:
        """Look at files whose time has come: never sent, not checked for long, half removed."""
        for case_id, attachment_id in self.attachments.due(now=now, limit=SWEEP_AT_MOST):
            try:
                self._look_after(case_id, attachment_id, now=now)
            except errors.ServiceError as error:
                extra = {"attachment_id": attachment_id}
                log.error("file left for the next sweep", exc_info=error, extra=extra)

    def _scanned(self, result: ScanResult, *, now: datetime) -> None:
        attachment = self.attachments.get(result.case_id, result.attachment_id)
        if attachment is None or attachment.removed_at:
            self.files.destroy(result.case_id, result.attachment_id)
        elif attachment.is_settled:
            self.files.tidy(attachment)
        else:
            try:
                self._check(attachment, result, now=now)
            except errors.FileGone:
                log.info("scanned file is gone", extra=_ids(attachment))
            except NOBODYS:
                # Its own owner only: other files of the case may have another, who is still there.
                self.remove(result.case_id, result.attachment_id)

    def _check(self, attachment: Attachment, result: ScanResult, *, now: datetime) -> None:
        owner = self.owners.read(attachment.owner)
        ids = (result.case_id, result.attachment_id, result.version)
        is_read = result.verdict in (Verdict.CLEAN, Verdict.UNSUPPORTED)
        arrival = self.files.read(*ids) if is_read else self.files.look(*ids)
        attachment = self._named(attachment, arrival, owner)
        state, flaw = self._judged(attachment.extension, arrival, result.verdict)
        checked = replace(
            attachment.settle(state, flaw=flaw, at=now),
            arrived_at=arrival.at,
            size=arrival.size,
            sha256=hashlib.sha256(arrival.content).hexdigest() if is_read else "",
            version=self.files.keep(*ids) if state is State.CLEAN else "",
        )
        self._settle(checked, owner, now=now)
        self.files.tidy(checked)
        self._count(checked, result.verdict, now=now)

    def _named(self, attachment: Attachment, arrival: Arrival, owner: Owner) -> Attachment:
        """The file with the name that its browser sent along, where the form asked for it."""
        if attachment.name:
            return attachment
        name = rules.clean_name(arrival.name)
        extension = rules.extension_of(name)
        key = self.vault.open_key(owner.case_id, owner.wrapped)
        return replace(
            attachment,
            name=key.seal(places.attachment(attachment.attachment_id), name.encode()),
            extension=extension if extension in KINDS else "",
        )

    def _judged(
        self, extension: str, arrival: Arrival, verdict: Verdict
    ) -> tuple[State, Flaw | None]:
        if verdict is Verdict.INFECTED:
            return State.INFECTED, None
        if not arrival.size:
            return State.EMPTY, Flaw.EMPTY
        if verdict is Verdict.FAILED:
            return State.UNSCANNABLE, None
        look = self.inspect(arrival.content)
        state = rules.agree(extension, look)
        if state is State.CLEAN and verdict is Verdict.UNSUPPORTED:
            return State.UNSCANNABLE, None
        return state, look.flaw

    def _settle(self, checked: Attachment, owner: Owner, *, now: datetime) -> None:
        """Write the verdict; on a case that was sent, tell its referrer of one that is refused."""
        if checked.state is State.CLEAN:
            self.attachments.settle(checked)
        elif owner.reference:
            self._refuse(owner.reference, checked, now=now)
        else:
            self.attachments.settle(checked)
            # Whoever sent the referral just now saw the file as one that was still being checked.
            sent = self.owners.read(checked.owner)
            if sent.reference:
                self._tell(sent.reference, checked, now=now)

    def _refuse(self, reference: str, checked: Attachment, *, now: datetime) -> None:
        self.cases.commit(self._refusal(reference, checked, now=now, settles=True))

    def _tell(self, reference: str, checked: Attachment, *, now: datetime) -> None:
        with_fresh_reads(
            lambda: self.cases.commit(self._refusal(reference, checked, now=now, settles=False))
        )

    def _refusal(
        self, reference: str, checked: Attachment, *, now: datetime, settles: bool
    ) -> Change:
        """The event that a file was refused, and the e-mail that says so and names no file."""
        file = self.cases.read(reference)
        key = self.vault.open_key(file.key.case_id, file.key.wrapped)
        place = places.referrer(file.key.case_id)
        message = messages.write(
            key,
            Kind.ATTACHMENT_REFUSED,
            AttachmentRefused(reference=reference),
            to=unseal_person(key, place, file.key.referrer, Role.REFERRER),
            now=now,
        )
        case, event = file.case.record(
            Act.ATTACHMENT_REFUSED, role=Role.SERVICE, at=now, subject=checked.attachment_id
        )
        return Change(case, (event,), (message, *([checked] if settles else [])))

    def _count(self, checked: Attachment, verdict: Verdict, *, now: datetime) -> None:
        self.meter.emit(Metric.FILE_CHECKED, of=checked.state)
        if checked.arrived_at:
            waited = max(0, int((now - checked.arrived_at).total_seconds() * 1000))
            self.meter.emit(Metric.SCAN_DELAY, waited)
        if verdict is Verdict.FAILED:
            log.error("scanner failed on a file", extra=_ids(checked))
            self.meter.emit(Metric.SCAN_FAILED)

    def _look_after(self, case_id: str, attachment_id: str, *, now: datetime) -> None:
        attachment = self.attachments.get(case_id, attachment_id)
        if attachment is None or (attachment.is_settled and not attachment.removed_at):
            return
        if attachment.removed_at:
            self.remove(case_id, attachment_id)
            return
        came = self.files.waiting(case_id).get(attachment_id)
        if came is None:
            # Never sent, or away again after the days that quarantine keeps what nobody checked.
            self.remove(case_id, attachment_id)
        elif attachment.state is State.EXPECTED:
            self.attachments.arrived(attachment.arrived(size=came.size, at=came.at))
        else:
            log.error("file without a verdict", extra=_ids(attachment))
            self.meter.emit(Metric.SCAN_OVERDUE)
            self.attachments.arrived(replace(attachment, due_at=now + LOOK_AGAIN))


def _ids(attachment: Attachment) -> dict[str, str]:
    return {"attachment_id": attachment.attachment_id, "state": attachment.state.value}
