"""Counts in the table: one item for each limit, pseudonym and hour, which TTL takes away."""

from __future__ import annotations

import logging
from datetime import datetime

from chalicelib.adapters import keys
from chalicelib.adapters.table import Item, Table
from chalicelib.domain.errors import StaleVersion, TooOften
from chalicelib.domain.limits import NETWORK, WINDOW, Limit, window
from chalicelib.metrics import Metric
from chalicelib.ports import Meter, Pseudonyms

log = logging.getLogger(__name__)


class TableLimits:
    """Limits, counted in one request each."""

    def __init__(
        self, table: Table, pseudonyms: Pseudonyms, meter: Meter, *, network_allowance: int
    ) -> None:
        self._table = table
        self._pseudonyms = pseudonyms
        self._meter = meter
        self._network_allowance = network_allowance

    def count(self, limit: Limit, whose: str, *, now: datetime) -> None:
        """Count once more. Raises TooOften, and then counts nothing.

        What comes from nowhere, as an operator's command does, is not counted.
        """
        if not whose:
            return
        start, end = window(now)
        facts: Item = {
            "kind": "limit",
            "schema": 1,
            "expires_epoch": int((end + WINDOW).timestamp()),
        }
        sets = ", ".join(f"#{name} = :{name}" for name in facts)
        try:
            self._table.update(
                keys.limit(limit, self._pseudonyms.of(limit.whose, whose), start),
                f"SET {sets} ADD #count :one",
                {f":{name}": value for name, value in facts.items()}
                | {":one": 1, ":most": self._most(limit)},
                condition="attribute_not_exists(#count) OR #count < :most",
            )
        except StaleVersion:
            log.warning("limit reached", extra={"limit": limit.value})
            self._meter.emit(Metric.LIMIT_REACHED)
            raise TooOften(end) from None

    def _most(self, limit: Limit) -> int:
        return limit.most * (self._network_allowance if limit.whose == NETWORK else 1)
