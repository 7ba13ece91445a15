"""The end of drafts that are not sent: deleted by the referrer, or past their date."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain import errors
from chalicelib.metrics import Metric
from chalicelib.ports import Meter, StoredDraft
from chalicelib.services.drafts.filling import TRIES, Draft, Filling

log = logging.getLogger(__name__)

EXPIRE_AT_MOST = 25


@dataclass(frozen=True)
class Ending(Filling):
    """Use cases that end a draft. ``destroy_files`` removes all files of one, by its id."""

    meter: Meter
    destroy_files: Callable[[str], None]

    def delete(self, draft: Draft, *, now: datetime) -> None:
        """Delete a draft with all that belongs to it. Raises AlreadySubmitted.

        Its answers are beyond reading at once. What is left when this fails half-way goes with
        the next sweep.
        """
        for _ in range(TRIES):
            if draft.reference:
                raise errors.AlreadySubmitted(draft.reference)
            try:
                ended = self._end(draft.stored, now=now)
            except errors.StaleVersion:
                draft = self.open(draft.token, now=now)
                continue
            self._dispose(ended)
            return
        raise errors.Unavailable("draft is being written too often")

    def expire(self, *, now: datetime) -> int:
        """Dispose of drafts that are past their date. Returns how many went.

        One that fails never keeps the next from going.
        """
        overdue = self.drafts.overdue(now=now, limit=EXPIRE_AT_MOST)
        oldest = min((each.expired_at for each in overdue), default=now)
        self.meter.emit(Metric.OLDEST_EXPIRED_DRAFT_AGE, (now - oldest).total_seconds())
        gone = 0
        for each in overdue:
            try:
                gone += self._expire(each.case_id, now=now)
            except errors.ServiceError as error:
                log.error("draft left for the next sweep", exc_info=error)
        return gone

    def _expire(self, case_id: str, *, now: datetime) -> bool:
        stored = self.drafts.get(case_id)
        if stored is None or stored.reference or now < stored.expires_at:
            return False
        try:
            self._dispose(self._end(stored, now=now) if stored.wrapped_key else stored)
        except errors.StaleVersion:
            # Saved or sent by somebody who had it open.
            return False
        self.meter.emit(Metric.DRAFT_EXPIRED)
        return True

    def _end(self, stored: StoredDraft, *, now: datetime) -> StoredDraft:
        """The draft without its key and all that it sealed. From then on nothing can save it."""
        ended = replace(
            stored,
            version=stored.version + 1,
            sealed=b"",
            contact=b"",
            wrapped_key=b"",
            expires_at=min(stored.expires_at, now),
        )
        self.drafts.write(ended)
        return ended

    def _dispose(self, ended: StoredDraft) -> None:
        self.destroy_files(ended.case_id)
        self.drafts.delete(ended)
