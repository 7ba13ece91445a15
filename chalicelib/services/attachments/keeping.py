"""Giving out forms for files, saying where they stand, and handing out those that were checked.

A file goes from a browser to quarantine and is never opened there. A scanner's verdict and our own
look into it decide, once, whether a copy of just that version is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from chalicelib.domain import attachments as rules
from chalicelib.domain import errors, places
from chalicelib.domain.attachments import KINDS, Attachment, State
from chalicelib.domain.audit import Act
from chalicelib.domain.limits import Limit
from chalicelib.domain.people import Role
from chalicelib.ports import CaseKey, Change, Limits
from chalicelib.services.attachments.checking import Checking
from chalicelib.services.links import with_fresh_reads

# Forms given out at the same time each need a turn.
TURNS = rules.MAX_FILES + 4


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
class AttachmentService(Checking):
    """The use cases of files. ``case_id`` is the draft's id too, before and after sending."""

    limits: Limits

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
            return self._signed(begun, largest=largest, return_to=return_to, now=now)
        raise errors.Unavailable("too many files begun at once")

    def form(
        self, case_id: str, attachment_id: str, *, part: str, return_to: str, now: datetime
    ) -> Allowed:
        """The form of a file that was allowed and has not come, signed anew. Changes nothing.

        Raises FileGone where it came in, was removed or its time is over, or FilesTooLarge where
        others took the room meanwhile.
        """
        held = self._looked(case_id, self.attachments.shelf(case_id).attachments)
        for each in held:
            if (each.attachment_id, each.part) == (attachment_id, part) and each.awaits(now=now):
                others = [other for other in held if other is not each]
                room = rules.ensure_room(others, extension=None, size=each.size, now=now)
                largest = each.size if each.name else room
                return self._signed(each, largest=largest, return_to=return_to, now=now)
        raise errors.FileGone

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

    def download(self, reference: str, attachment_id: str, *, role: Role, now: datetime) -> str:
        """Where a checked file can be fetched for a minute, once the trail says who asked.

        Raises FileGone where there is no such file, it did not pass its checks, or it belongs to
        information that was not sent.
        """
        attachment = with_fresh_reads(
            lambda: self._note_download(reference, attachment_id, role, now=now)
        )
        return self.files.address(attachment, save_as=f"{reference}-{attachment.saved_as}")

    def content(self, case_id: str, attachment_id: str) -> bytes:
        """A checked file, whole, for an export that the trail tells of. Raises FileGone."""
        attachment = self.attachments.get(case_id, attachment_id)
        if attachment is None or not attachment.may_download:
            raise errors.FileGone
        return self.files.checked(attachment)

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

    def _signed(
        self, attachment: Attachment, *, largest: int, return_to: str, now: datetime
    ) -> Allowed:
        form = self.files.form(attachment, largest=largest, return_to=return_to, now=now)
        return Allowed(attachment.attachment_id, form.url, form.fields)

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
        if not rules.was_sent(attachment.part, supplied=case.supplied):
            raise errors.FileGone
        case, event = case.record(
            Act.ATTACHMENT_DOWNLOADED, role=role, at=now, subject=attachment_id
        )
        self.cases.commit(Change(case, (event,)))
        return attachment


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
