"""Drafts: which browsers may open one, and for how long.

A draft is named by an id that is no secret. What opens it is a browser's own secret, which only the
browser holds: the draft keeps its digest. So several devices can share a draft, and one of them
can be shut out without the others.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.links import TOKEN_BYTES, digest

MOST_BROWSERS = 8
# Once a code by e-mail can bring somebody back, a browser that was left alone is shut out.
IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
# A draft that is saved again and again outlives this, and then a newer link leads to it.
LINK_LIFE = timedelta(days=366)
CODE_LINK_LIFE = timedelta(hours=1)
# What was deleted or is past its date is disposed of at once. Should that fail for as long as this,
# the table forgets the draft by itself.
FORGOTTEN_AFTER = timedelta(days=7)
# A browser's use is written at most this often, so that reading pages costs no write each.
GRAIN = timedelta(minutes=10)

_TOKEN = re.compile(r"([0-9a-f]{32})\.([A-Za-z0-9_-]{32})")


def confirming(token: str) -> str:
    """The digest of the link that a browser's codes to confirm an address belong to.

    It is in no e-mail: the code is typed on the page that asked for it.
    """
    return digest(f"confirm/{token}")


def reopening(token: str) -> str:
    """The digest of the link that the codes of a browser that was shut out belong to."""
    return digest(f"reopen/{token}")


def reminder_id(case_id: str) -> str:
    """The id of the one message that reminds of a draft before it goes."""
    return digest(f"draft-expiring/{case_id}")[:32]


@dataclass(frozen=True)
class Browser:
    """A browser that may open a draft: since when, and when it last did."""

    opened_at: datetime
    seen_at: datetime

    def ends_at(self) -> datetime:
        """When it is shut out if nobody uses it again."""
        return min(self.seen_at + IDLE, self.opened_at + LONGEST)

    def is_fresh(self, *, now: datetime) -> bool:
        """Whether its last use was so recently that another need not be written."""
        return now - self.seen_at < GRAIN


Browsers = Mapping[str, Browser]


def new_token(case_id: str) -> str:
    """What a browser keeps of a draft: the draft's id, and a secret of the browser's own."""
    return f"{case_id}.{secrets.token_urlsafe(TOKEN_BYTES)}"


def parts(token: str) -> tuple[str, str] | None:
    """The draft's id and the digest of the secret; None for what cannot be a token of ours."""
    found = _TOKEN.fullmatch(token)
    return (found[1], digest(found[2])) if found else None


def admitted(browsers: Browsers, secret: str, *, now: datetime) -> Browsers:
    """The browsers with one more, by its secret's digest. The oldest makes room for it."""
    newest = sorted(browsers.items(), key=lambda each: each[1].seen_at, reverse=True)
    return dict(newest[: MOST_BROWSERS - 1]) | {secret: Browser(opened_at=now, seen_at=now)}


def seen(browsers: Browsers, secret: str, *, now: datetime) -> Browsers:
    """The browsers after one of them was used."""
    return {**browsers, secret: replace(browsers[secret], seen_at=now)}
