"""Everything that can go wrong, from general to particular.

Adapters translate what AWS or a mail server says into these, with ``from``; one table in
``web/errors.py`` maps them to pages. The message of an error is for engineers and holds no
personal data: it may be logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class ServiceError(Exception):
    """The root of the ladder."""


class BadRequest(ServiceError):
    """The request is malformed: no person typing into our pages can have sent it."""


class TooLarge(BadRequest):
    """The body of the request is larger than the service accepts."""


class WrongContentType(BadRequest):
    """The request is not an HTML form."""


class UnknownFields(BadRequest):
    """The form holds fields that the page does not ask for."""


class Forged(BadRequest):
    """The form did not come from our own page: CSRF token or Origin is missing or wrong."""


class NotFound(ServiceError):
    """There is no such thing at this address."""


class DraftNotFound(NotFound):
    """No draft belongs to this browser: the cookie is missing, altered or its draft is gone."""


class CaseNotFound(NotFound):
    """No case has this reference."""


class MessageNotFound(NotFound):
    """The case has no message of this id."""


class LinkUnknown(NotFound):
    """No link was ever issued with this token."""


class Gone(ServiceError):
    """It existed, and it has ended."""


class DraftExpired(Gone):
    """The draft was not sent within the days that drafts are kept."""


class LinkExpired(Gone):
    """The link is past its date. A new one can be asked for."""


class LinkSuperseded(Gone):
    """A newer link replaced this one."""


class LinkRevoked(Gone):
    """The link was withdrawn."""


@dataclass
class LinkSpent(Gone):
    """The link did its work: a decision was recorded, or its holder stepped aside."""

    decided_at: datetime | None = None
    decided_by: str = ""


class FileGone(Gone):
    """The file was removed, or never passed the checks, so there is nothing to download."""


class CaseErased(Gone):
    """The case was erased by a disposal decision; its trail is all that is left."""


class DraftSessionEnded(ServiceError):
    """The browser has not used the draft for too long. A code by e-mail lets it in again."""


class SessionNeeded(ServiceError):
    """A code must be typed before this page can be read."""


class InterestUndeclared(ServiceError):
    """Whoever decides must first say whether they have a conflict of interest."""


class CodeWrong(ServiceError):
    """The code does not match; ``tries_left`` says how often another may be tried."""

    def __init__(self, tries_left: int) -> None:
        super().__init__("code does not match")
        self.tries_left = tries_left


class CodeExpired(ServiceError):
    """The code is older than ten minutes, used, or tried too often. Ask for another."""


class TooManyCodes(ServiceError):
    """The link's codes for this hour are used up."""


@dataclass
class TooOften(ServiceError):
    """Asked for more often than a person would; ``retry_at`` is when it may be again."""

    retry_at: datetime


class Conflict(ServiceError):
    """Somebody else changed it first."""


class StaleVersion(Conflict):
    """What was read is no longer what is stored."""


class WordsChanged(Conflict):
    """What is confirmed is not what was last written: another tab changed it after the check."""


class AlreadySubmitted(Conflict):
    """The draft became a case; ``reference`` names it."""

    def __init__(self, reference: str) -> None:
        super().__init__("draft already submitted")
        self.reference = reference


class AlreadyDecided(Conflict):
    """A decision stands; ``at`` and ``role`` say when it was made and by which role."""

    def __init__(self, *, at: datetime, role: str) -> None:
        super().__init__("case already decided")
        self.at = at
        self.role = role


class AlreadyWithdrawn(Conflict):
    """The referrer withdrew the referral; ``at`` says when."""

    def __init__(self, *, at: datetime) -> None:
        super().__init__("referral already withdrawn")
        self.at = at


class InformationAdded(Conflict):
    """The referrer supplied information that whoever confirms has not seen."""


class Undecided(Conflict):
    """The case is still open, so it cannot be erased."""


class OnHold(Conflict):
    """A legal hold keeps the case."""


class NotOnHold(Conflict):
    """There is no legal hold to be lifted."""


class MessageLapsed(Conflict):
    """The message is past the date until which it was of use."""


class NobodyToTell(Conflict):
    """Nobody holds the role that a link should go to."""


class FileRefused(ServiceError):
    """A file is not taken; nothing was sent yet."""


class TooManyFiles(FileRefused):
    """The case has as many files as it may have."""


class FileTooLarge(FileRefused):
    """The file is larger than any may be."""


class FilesTooLarge(FileRefused):
    """The file does not fit into what all files of a case may take together."""


class WrongKind(FileRefused):
    """The file's name does not end as those of a kind that is taken."""


class EmailUnconfirmed(ServiceError):
    """The referrer's e-mail address must be confirmed before the referral can be sent."""


class ReferralTooLarge(ServiceError):
    """The whole referral would pass its size limit; nothing was saved."""


class ReferralIncomplete(ServiceError):
    """Pages that must be answered are not: ``pages`` names them in the journey's order."""

    def __init__(self, pages: tuple[str, ...]) -> None:
        super().__init__("referral incomplete")
        self.pages = pages


class Tampered(ServiceError):
    """A sealed value does not open under its key and its place: altered, swapped or replayed."""


class EventUnreadable(Tampered):
    """An event of a trail is not one that the service could have written."""

    def __init__(self, number: int) -> None:
        super().__init__("event unreadable")
        self.number = number


class Unavailable(ServiceError):
    """AWS did not answer. The request may have taken effect; trying again is safe."""


class MailRefused(ServiceError):
    """The mail provider refused the message for good: another try cannot succeed."""


class MailUnavailable(Unavailable):
    """The mail provider could not take the message now: try later."""
