"""Links in e-mails, the codes that prove a mailbox, and the sessions that codes open.

A link is a locator, not authority: it names a purpose, a case and a person. Opening it shows
nothing and changes nothing. Only a code, sent to the same mailbox and typed by hand, opens a
session, and only a session reads a case.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain import errors
from chalicelib.domain.people import Role

_DIGEST = re.compile("[0-9a-f]{64}")

TOKEN_BYTES = 24
CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
CODES_AN_HOUR = 5
SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=12)
# A link to follow a case outlives the longest session that it can open, and not by much.
FOLLOW_LIFE = timedelta(hours=13)
# A session is written at most this often, so that reading pages costs no write each.
SESSION_GRAIN = timedelta(minutes=2)


class Purpose(StrEnum):
    """What a link is for. A link serves one purpose."""

    DECIDE = "decide"
    RESUME = "resume"
    FOLLOW = "follow"


def digest(token: str) -> str:
    """What is stored of a token. At 192 random bits a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_digest(text: str) -> bool:
    """Whether ``text`` is a digest. No token is: they are half as long."""
    return _DIGEST.fullmatch(text) is not None


@dataclass(frozen=True)
class Link:
    """A link as stored, by the digest of its token. ``holder`` is the sealed address book entry.

    ``reference`` names the case it belongs to, or the draft. ``token`` is the token, sealed. A
    link to follow a case has neither: whoever typed a reference has it, and only the code goes to
    a known address.
    """

    digest: str
    purpose: Purpose
    reference: str
    role: Role
    issued_at: datetime
    expires_at: datetime
    holder: bytes = b""
    superseded_at: datetime | None = None
    revoked_at: datetime | None = None
    spent_at: datetime | None = None
    no_conflict_at: datetime | None = None
    token: bytes = b""

    def ensure_live(self, *, now: datetime) -> None:
        """Raise the one error that says why the link no longer works, if it does not."""
        if self.spent_at:
            raise errors.LinkSpent
        if self.superseded_at:
            raise errors.LinkSuperseded
        if self.revoked_at:
            raise errors.LinkRevoked
        if now >= self.expires_at:
            raise errors.LinkExpired

    def spend(self, *, now: datetime) -> Link:
        """The link after its work is done."""
        return replace(self, spent_at=now)

    def ensure_declared(self) -> None:
        """Raise InterestUndeclared until the holder has said that there is no conflict."""
        if self.no_conflict_at is None:
            raise errors.InterestUndeclared

    def declare_no_conflict(self, *, now: datetime) -> Link:
        """The link after its holder declared that they may decide on the case."""
        return replace(self, no_conflict_at=now)

    def revoke(self, *, now: datetime) -> Link:
        """The link after it was withdrawn."""
        return replace(self, revoked_at=now)

    @property
    def has_ended(self) -> bool:
        """Whether the link was spent, replaced or withdrawn. One past its date has not ended."""
        return bool(self.spent_at or self.superseded_at or self.revoked_at)

    def supersede(self, *, now: datetime) -> Link:
        """The link after a newer one took its place."""
        return replace(self, superseded_at=now)


@dataclass(frozen=True)
class Code:
    """The code now good for a link. ``sent`` are the moments codes went out in the last hour."""

    salt: bytes
    hash: bytes
    expires_at: datetime
    tries: int
    sent: tuple[datetime, ...]

    def is_right(self, typed: str) -> bool:
        """Whether ``typed`` is the code; takes the same time whatever it holds."""
        return hmac.compare_digest(self.hash, code_hash(typed, self.salt))


def code_hash(code: str, salt: bytes) -> bytes:
    """A slow, salted hash: six digits must not be searchable from a stolen table in minutes."""
    return hashlib.scrypt(code.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


def sent_within_the_hour(sent: tuple[datetime, ...], *, now: datetime) -> tuple[datetime, ...]:
    """The moments that still count. Raises TooManyCodes where no other code may be sent."""
    recent = tuple(moment for moment in sent if now - moment < timedelta(hours=1))
    if len(recent) >= CODES_AN_HOUR:
        raise errors.TooManyCodes
    return recent


def normal_code(typed: str) -> str:
    """A code as a person types or pastes it, reduced to what counts."""
    return "".join(character for character in typed if character.isalnum())


@dataclass(frozen=True)
class Session:
    """A proven mailbox, bound to one link. ``digest`` is that of the cookie's token."""

    digest: str
    link: str
    reference: str
    role: Role
    opened_at: datetime
    seen_at: datetime

    def ends_at(self) -> datetime:
        """When the session ends if nobody uses it again."""
        return min(self.seen_at + SESSION_IDLE, self.opened_at + SESSION_LONGEST)

    def is_open(self, *, now: datetime) -> bool:
        """Whether the session may still read its case."""
        return now < self.ends_at()

    def touched(self, *, now: datetime) -> Session:
        """The session after use; the same object while the last use is fresh enough."""
        return self if now - self.seen_at < SESSION_GRAIN else replace(self, seen_at=now)
