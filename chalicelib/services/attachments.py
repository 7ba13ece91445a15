"""Files that come with a referral: giving out forms for them, checking them, handing them out.

A file goes from a browser to quarantine and is never opened there. A scanner's verdict and our own
look into it decide, once, whether a copy of just that version is kept. The record of a file is the
authority: objects that no record speaks of are nobody's, and are deleted when anyone meets them.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from chalicelib.domain import attachments as rules
from chalicelib.domain import errors, places
from chalicelib.domain.attachments import KINDS, Attachment, Flaw, ScanResult, State, Verdict
from chalicelib.domain.audit import Act
from chalicelib.domain.limits import Limit
from chalicelib.domain.messages import AttachmentRefused, Kind
from chalicelib.domain.people import Role
from chalicelib.metrics import Metric
from chalicelib.ports import (
    Arrival,
    Attachments,
    CaseKey,
    Cases,
    Change,
    Files,
    Inspector,
    Limits,
    Meter,
    Owner,
    Owners,
    Vault,
)
from chalicelib.services import messages
from chalicelib.services.links import unseal_person, with_fresh_reads

log = logging.getLogger(__name__)

# Forms given out at the same time each need a turn.
TURNS = rules.MAX_FILES + 4
SWEEP_AT_MOST = 100
LOOK_AGAIN = timedelta(days=1)
NOBODYS = (errors.DraftNotFound, errors.CaseNotFound, errors.CaseErased)


@dataclass(frozen=True)
class Allowed:
    """The form that a browser may send one file by: ``fields`` stand before the file itself."""

    attachment_id: str
    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Held:
    """A file as its people may know it. ``name`` is empty until a file sent without is checked."""

    id: str
    number: int
    name: str
    size: int
    kind: str
    state: State
    part: str
    added_at: datetime
    may_download: bool
    problem: str


@dataclass(frozen=True)
class AttachmentService:
    """The use cases of files. ``case_id`` is the draft's id too, before and after sending."""

    attachments: Attachments
    files: Files
    inspect: Inspector
    owners: Owners
    cases: Cases
    vault: Vault
    limits: Limits
    meter: Meter

    @property
    def upload_origin(self) -> str:
        """Where a page with a form for files must be able to reach."""
        return self.files.upload_origin

    @property
    def download_origin(self) -> str:
        """Where a page with downloads leads."""
        return self.files.download_origin

    def allow(
        self,
        owner: str,
        case_id: str,
        key: CaseKey,
        *,
        part: str,
        name: str | None,
        size: int | None,
        return_to: str,
        network: str,
        now: datetime,
    ) -> Allowed:
        """A form to send one file by. A browser without scripts tells no name and no size yet.

        Raises WrongKind, FileTooLarge, TooManyFiles, FilesTooLarge or TooOften.
        """
        self.limits.count(Limit.UPLOADS_BY_DRAFT, case_id, now=now)
        self.limits.count(Limit.UPLOADS_BY_NETWORK, network, now=now)
        begun = _begun(owner, case_id, part, is_named=name is not None, now=now)
        if name is not None:
            cleaned = rules.clean_name(name)
            begun = replace(
                begun,
                name=key.seal(places.attachment(begun.attachment_id), cleaned.encode()),
                extension=rules.extension_of(cleaned),
                size=size or 0,
            )
        for _ in range(TURNS):
            try:
                begun, room = self._add(begun, is_named=name is not None, now=now)
            except errors.StaleVersion:
                continue
            largest = room if size is None else size
            form = self.files.form(begun, largest=largest, return_to=return_to)
            return Allowed(begun.attachment_id, form.url, form.fields)
        raise errors.Unavailable("too many files begun at once")

    def held(
        self, case_id: str, key: CaseKey, *, part: str | None = None, look: bool = True
    ) -> tuple[Held, ...]:
        """The files of a case, or of one part of it, in the order in which they were added.

        Without ``look`` a file that came in and was not checked yet still counts as expected.
        """
        shelf = self.attachments.shelf(case_id)
        found = [each for each in shelf.attachments if part in (None, each.part)]
        return tuple(
            _held(each, key)
            for each in (self._looked(case_id, found) if look else found)
            if _is_shown(each)
        )

    def form(
        self, case_id: str, attachment_id: str, *, part: str, return_to: str, now: datetime
    ) -> Allowed:
        """Again the form that was allowed for a file of no name yet. Nothing is written.

        Raises FileGone where a file came in by it, or its time is over.
        """
        shelf = self.attachments.shelf(case_id)
        found = self._looked(case_id, shelf.attachments)
        begun = next((each for each in found if each.attachment_id == attachment_id), None)
        if begun is None or begun.part != part or not begun.is_awaited(now=now):
            raise errors.FileGone
        others = [each for each in found if each is not begun]
        room = rules.ensure_room(others, extension=None, size=0, now=now)
        # What is left of the hour, not another one.
        form = self.files.form(replace(begun, added_at=now), largest=room, return_to=return_to)
        return Allowed(attachment_id, form.url, form.fields)

    def remove(self, case_id: str, attachment_id: str) -> None:
        """Remove a file with all that is stored of it, even while it is being checked."""
        self.attachments.begin_removal(case_id, attachment_id)
        self.files.destroy(case_id, attachment_id)
        self.attachments.forget(case_id, attachment_id)

    def destroy(self, case_id: str) -> None:
        """Remove every file of a case, and what is known of them. Doing so twice is safe.

        The records go first: a check that runs meanwhile finds none, and takes its copy back.
        """
        self.attachments.clear(case_id)
        self.files.destroy(case_id)

    def download(self, reference: str, attachment_id: str, *, role: Role, now: datetime) -> str:
        """Where a checked file can be fetched for a minute, once the trail says who asked.

        Raises FileGone where there is no such file, or it is not one that passed its checks.
        """
        attachment = with_fresh_reads(
            lambda: self._note_download(reference, attachment_id, role, now=now)
        )
        return self.files.address(attachment, save_as=f"{reference}-{attachment.saved_as}")

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

    def _add(self, begun: Attachment, *, is_named: bool, now: datetime) -> tuple[Attachment, int]:
        """Put a file on record if there is room. Raises StaleVersion where another came first."""
        shelf = self.attachments.shelf(begun.case_id)
        room = rules.ensure_room(
            self._looked(begun.case_id, shelf.attachments),
            extension=begun.extension if is_named else None,
            size=begun.size,
            now=now,
        )
        begun = replace(begun, number=shelf.issued + 1)
        self.attachments.add(shelf, begun)
        return begun, room

    def _looked(self, case_id: str, found: Iterable[Attachment]) -> list[Attachment]:
        """The files as they are, with those that came in since their forms were given out."""
        found = list(found)
        if not any(each.state is State.EXPECTED for each in found):
            return found
        came = self.files.waiting(case_id)
        return [
            each.arrived(size=came[each.attachment_id].size, at=came[each.attachment_id].at)
            if each.attachment_id in came
            else each
            for each in found
        ]

    def _note_download(
        self, reference: str, attachment_id: str, role: Role, *, now: datetime
    ) -> Attachment:
        case = self.cases.read(reference).case
        attachment = self.attachments.get(case.case_id, attachment_id)
        if attachment is None or not attachment.may_download:
            raise errors.FileGone
        case, event = case.record(
            Act.ATTACHMENT_DOWNLOADED, role=role, at=now, subject=attachment_id
        )
        self.cases.commit(Change(case, (event,)))
        return attachment

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
                self.destroy(result.case_id)

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


def _begun(owner: str, case_id: str, part: str, *, is_named: bool, now: datetime) -> Attachment:
    """A file that nothing is known of but that a form for it is given out."""
    ends_at = now + (rules.FORM_LIFE if is_named else rules.PLAIN_FORM_LIFE)
    return Attachment(
        case_id=case_id,
        attachment_id=uuid4().hex,
        owner=owner,
        part=part,
        number=0,
        state=State.EXPECTED,
        added_at=now,
        form_ends_at=ends_at,
        due_at=ends_at + rules.LATEST_ARRIVAL,
    )


def _is_shown(attachment: Attachment) -> bool:
    """Whether anybody need know of it: not while it goes, nor before a nameless one came."""
    is_blank = attachment.state is State.EXPECTED and not attachment.name
    return not (attachment.removed_at or is_blank)


def _held(attachment: Attachment, key: CaseKey) -> Held:
    place = places.attachment(attachment.attachment_id)
    kind = KINDS.get(attachment.extension)
    return Held(
        id=attachment.attachment_id,
        number=attachment.number,
        name=key.unseal(place, attachment.name).decode() if attachment.name else "",
        size=attachment.size,
        kind=kind.label if kind else "",
        state=attachment.state,
        part=attachment.part,
        added_at=attachment.added_at,
        may_download=attachment.may_download,
        problem=attachment.problem,
    )


def _ids(attachment: Attachment) -> dict[str, str]:
    return {"attachment_id": attachment.attachment_id, "state": attachment.state.value}
