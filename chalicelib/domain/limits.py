"""How often somebody may do what costs others: their mail, the table, or a guess at a code.

Each limit is a number for each hour of the clock, so that a page can name the moment from which it
works again. Whoever is counted is known by a pseudonym only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(hours=1)
NETWORK = "network"
_BY = "-by-"


class Limit(StrEnum):
    """What is counted, and by whom it is counted."""

    DRAFTS_BY_NETWORK = "drafts-by-network"
    CODES_BY_NETWORK = "codes-by-network"
    CODES_BY_MAILBOX = "codes-by-mailbox"
    LINKS_BY_MAILBOX = "links-by-mailbox"
    LOOKUPS_BY_NETWORK = "lookups-by-network"
    TRIES_BY_NETWORK = "tries-by-network"
    UPLOADS_BY_DRAFT = "uploads-by-draft"
    UPLOADS_BY_NETWORK = "uploads-by-network"

    @property
    def whose(self) -> str:
        """What kind of thing is counted: a network, a mailbox or a draft."""
        return self.value.partition(_BY)[2]

    @property
    def most(self) -> int:
        """How often in an hour."""
        return MOST[self]


MOST = {
    Limit.DRAFTS_BY_NETWORK: 60,
    Limit.CODES_BY_NETWORK: 60,
    Limit.CODES_BY_MAILBOX: 10,
    Limit.LINKS_BY_MAILBOX: 3,
    Limit.LOOKUPS_BY_NETWORK: 30,
    Limit.TRIES_BY_NETWORK: 100,
    Limit.UPLOADS_BY_DRAFT: 60,
    Limit.UPLOADS_BY_NETWORK: 300,
}


def window(now: datetime) -> tuple[datetime, datetime]:
    """When the hour that ``now`` counts in began, and when the next one begins."""
    start = now.replace(minute=0, second=0, microsecond=0)
    return start, start + WINDOW
