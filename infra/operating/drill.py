"""The restore drill: a table beside the live one, as it was a moment ago, and whether it serves.

Cases are compared whole, with the digest at the end of their trail, which covers all that was done
to them, and that of their sealed document.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain import errors
from chalicelib.domain.cases import Case, State
from chalicelib.services.cases import CaseService

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

MARK = "-drill-"
POLL_SECONDS = 10.0


@dataclass
class Findings:
    """What the drill saw. It passed where nothing is ``missing``, ``different`` or ``unreadable``.

    ``newer`` cases came after the restored moment; those that ``moved_on`` were written after it.
    """

    live: int = 0
    restored: int = 0
    same: int = 0
    moved_on: int = 0
    newer: int = 0
    opened: int = 0
    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def has_passed(self) -> bool:
        return not (self.missing or self.different or self.unreadable)


class NotOurs(Exception):
    """The table to be deleted is not one that a drill made."""


def side_name(table: str, stamp: str) -> str:
    """The name of the table beside ``table``."""
    return f"{table}{MARK}{stamp}"


def restore(
    dynamodb: DynamoDBClient,
    table: str,
    side: str,
    *,
    key_arn: str,
    waiting: Callable[[float], object],
    poll_seconds: float = POLL_SECONDS,
) -> datetime | None:
    """Restore the newest moment to ``side`` and return that moment, where AWS tells it.

    ``waiting`` is told, again and again, for how many seconds it has gone on.
    """
    begun = time.monotonic()
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=table,
        TargetTableName=side,
        UseLatestRestorableTime=True,
        SSESpecificationOverride={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key_arn},
    )
    while True:
        described = dynamodb.describe_table(TableName=side)["Table"]
        indexes = described.get("GlobalSecondaryIndexes", [])
        states = [described.get("TableStatus"), *(index.get("IndexStatus") for index in indexes)]
        if set(states) == {"ACTIVE"}:
            return described.get("RestoreSummary", {}).get("RestoreDateTime")
        waiting(time.monotonic() - begun)
        time.sleep(poll_seconds)


def compare(
    live: CaseService, side: CaseService, *, moment: datetime, told: Callable[[int], object]
) -> tuple[Findings, list[str]]:
    """Compare every case of both tables; also returns those that are whole and the same in both."""
    found, whole = Findings(), []
    for one, other in _pairs(live.every(), side.every()):
        found.live += one is not None
        found.restored += other is not None
        # What was written since may point to a document that has gone, as an erased case's has.
        if one is not None and one == other and one.state is not State.ERASED:
            whole.append(one.reference)
        _compare(found, one, other, moment=moment)
        told(found.live)
    return found, whole


def sample(references: Sequence[str], size: int) -> Sequence[str]:
    """``size`` of the references, spread evenly."""
    return references[:: max(1, len(references) // size)][:size]


def open_sample(side: CaseService, found: Findings, references: Sequence[str]) -> None:
    """Open the seals of these cases as they were restored, and walk their trails."""
    for reference in references:
        try:
            side.check(reference)
        except (errors.Tampered, errors.NotFound):
            found.unreadable.append(reference)
        else:
            found.opened += 1


def remove(dynamodb: DynamoDBClient, side: str, *, live: str) -> bool:
    """Delete the side table; False where it is still being made. Raises NotOurs for any other."""
    if not side.startswith(f"{live}{MARK}"):
        raise NotOurs(side)
    try:
        dynamodb.delete_table(TableName=side)
    except dynamodb.exceptions.ResourceInUseException:
        return False
    except dynamodb.exceptions.ResourceNotFoundException:
        return True
    return True


def _pairs(live: Iterator[Case], side: Iterator[Case]) -> Iterator[tuple[Case | None, Case | None]]:
    """The same case of both tables side by side; both lists have the newest first."""
    one, other = next(live, None), next(side, None)
    while one or other:
        if other is None or (one and _place(one) > _place(other)):
            yield one, None
            one = next(live, None)
        elif one is None or _place(one) < _place(other):
            yield None, other
            other = next(side, None)
        else:
            yield one, other
            one, other = next(live, None), next(side, None)


def _place(case: Case) -> tuple[datetime, str]:
    return case.received_at, case.reference


def _compare(found: Findings, one: Case | None, other: Case | None, *, moment: datetime) -> None:
    if one and other:
        if one == other:
            found.same += 1
        elif one.version > other.version:
            found.moved_on += 1
        else:
            found.different.append(one.reference)
    elif one and one.received_at > moment:
        found.newer += 1
    elif one:
        found.missing.append(one.reference)
    elif other:
        # No case ever leaves the table: an erased one is a tombstone.
        found.different.append(other.reference)
