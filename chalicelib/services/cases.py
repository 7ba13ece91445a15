"""Cases as they are listed and looked up."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain import audit
from chalicelib.ports import CaseList, Cases


@dataclass(frozen=True)
class CaseService:
    """The use cases of looking at cases. Nothing here opens a seal."""

    cases: Cases

    def page(self, *, after: str = "", limit: int = 50) -> CaseList:
        """One page of the list of cases, newest first."""
        return self.cases.page(after=after, limit=limit)

    def first_broken_event(self, reference: str) -> int | None:
        """Where the case's audit trail does not hold, counting its end too; None where it does."""
        case = self.cases.read(reference).case
        trail = self.cases.trail(reference)
        broken = audit.first_broken(trail)
        if broken is not None:
            return broken
        last = trail[-1].digest if trail else audit.BEFORE_THE_FIRST
        whole = (len(trail), last) == (case.events, case.last_digest)
        return None if whole else len(trail) + 1
