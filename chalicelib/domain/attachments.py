"""Files that come with a referral: which kinds, how many, how large, and where each stands.

A file is known by a random id. Its name is personal, so it is sealed, and never part of a key or
an address; a stored file is told apart from its name by its number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain import errors

MEGABYTE = 1024 * 1024
MAX_FILE = 25 * MEGABYTE
MAX_FILES = 20
MAX_TOTAL = 100 * MEGABYTE

FORM_LIFE = timedelta(minutes=15)
# Without scripts a person looks for the file on a page that already holds the form.
PLAIN_FORM_LIFE = timedelta(minutes=60)
# An upload that began in time may end this long after its form did.
LATEST_ARRIVAL = timedelta(minutes=10)
VERDICT_WITHIN = timedelta(hours=1)

REFERRAL = "referral"
LONGEST_NAME = 120
UNNAMED = "file"


def information(number: int) -> str:
    """The part that files belong to which came with the information of this number."""
    return f"information-{number}"


def was_sent(part: str, *, supplied: int) -> bool:
    """Whether a part is the decider's to read, once information was supplied so many times."""
    return part == REFERRAL or part in {information(each) for each in range(1, supplied + 1)}


class Family(StrEnum):
    """What a file can turn out to be."""

    PDF = "pdf"
    WORD_97 = "doc"
    WORD = "docx"
    EXCEL_97 = "xls"
    EXCEL = "xlsx"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    HEIC = "heic"
    EMAIL = "eml"
    OUTLOOK = "msg"


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken, and how people call it."""

    label: str
    family: Family


KINDS: dict[str, Kind] = {
    "pdf": Kind("PDF", Family.PDF),
    "doc": Kind("Word document", Family.WORD_97),
    "docx": Kind("Word document", Family.WORD),
    "xls": Kind("Excel spreadsheet", Family.EXCEL_97),
    "xlsx": Kind("Excel spreadsheet", Family.EXCEL),
    "jpg": Kind("JPEG picture", Family.JPEG),
    "jpeg": Kind("JPEG picture", Family.JPEG),
    "png": Kind("PNG picture", Family.PNG),
    "tif": Kind("TIFF picture", Family.TIFF),
    "tiff": Kind("TIFF picture", Family.TIFF),
    "heic": Kind("HEIC picture", Family.HEIC),
    "eml": Kind("Email", Family.EMAIL),
    "msg": Kind("Email from Outlook", Family.OUTLOOK),
}
# For the ``accept`` attribute of a file input.
ACCEPT = ",".join(f".{extension}" for extension in KINDS)
KINDS_IN_WORDS = "PDF, Word, Excel, picture (JPEG, PNG, TIFF, HEIC) or email (EML, MSG)"


class State(StrEnum):
    """Where a file stands. The first two may still change; the others are final."""

    EXPECTED = "expected"
    CHECKING = "checking"
    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNABLE = "unscannable"
    WRONG_TYPE = "wrong-type"
    EMPTY = "empty"


UNSETTLED = frozenset({State.EXPECTED, State.CHECKING})
KEPT = frozenset({State.EXPECTED, State.CHECKING, State.CLEAN})


class Flaw(StrEnum):
    """What a look into a file found wrong with it."""

    EMPTY = "empty"
    LOCKED = "locked"
    PROGRAM = "program"
    TOO_LARGE_INSIDE = "too-large-inside"
    BROKEN = "broken"


@dataclass(frozen=True)
class Look:
    """What a file really is, as far as its bytes tell."""

    family: Family | None
    flaw: Flaw | None = None


class Verdict(StrEnum):
    """What a scanner says of a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"


@dataclass(frozen=True)
class ScanResult:
    """A scanner's verdict on one version of a file."""

    case_id: str
    attachment_id: str
    version: str
    verdict: Verdict


FLAWED = {
    Flaw.EMPTY: State.EMPTY,
    Flaw.LOCKED: State.UNSCANNABLE,
    Flaw.PROGRAM: State.WRONG_TYPE,
    Flaw.TOO_LARGE_INSIDE: State.UNSCANNABLE,
    Flaw.BROKEN: State.WRONG_TYPE,
}


def agree(extension: str, look: Look) -> State:
    """Where a file stands whose name and content say this: CLEAN only where both agree."""
    if look.flaw:
        return FLAWED[look.flaw]
    kind = KINDS.get(extension)
    return State.CLEAN if kind and kind.family is look.family else State.WRONG_TYPE


PROBLEMS = {
    State.INFECTED: "This file has a virus. We did not keep it. Nobody will be able to open it.",
    State.UNSCANNABLE: "We could not check this file for viruses, so we did not keep it.",
    State.WRONG_TYPE: f"We could not accept this file. It must be a {KINDS_IN_WORDS} file. "
    "What is in it must match the end of its name.",
    State.EMPTY: "This file is empty.",
}
FLAWS = {
    Flaw.EMPTY: PROBLEMS[State.EMPTY],
    Flaw.LOCKED: "This file has a password, so we could not check it. Save it without a password "
    "and add it again.",
    Flaw.PROGRAM: "This file has a program or macros in it. Save it without them, or as a PDF, "
    "and add it again.",
    Flaw.TOO_LARGE_INSIDE: "This file unpacks to far more than its size, so we could not check it.",
    Flaw.BROKEN: "This file is damaged, or is not what its name says. Open it, save it again and "
    "add the new copy.",
}


@dataclass(frozen=True)
class Attachment:
    """A file as it is kept on record. ``name`` is sealed, and empty until it is known.

    ``version`` is where its checked copy lies, if it has one; ``due_at`` when somebody should look
    what became of it. ``removed_at`` is set while the file is being removed.
    """

    case_id: str
    attachment_id: str
    owner: str
    part: str
    number: int
    state: State
    added_at: datetime
    form_ends_at: datetime
    size: int = 0
    extension: str = ""
    name: bytes = b""
    flaw: Flaw | None = None
    arrived_at: datetime | None = None
    settled_at: datetime | None = None
    version: str = ""
    sha256: str = ""
    due_at: datetime | None = None
    removed_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        return self.state not in UNSETTLED

    @property
    def may_download(self) -> bool:
        return self.state is State.CLEAN and not self.removed_at

    def awaits(self, *, now: datetime) -> bool:
        """Whether the file may still be sent by a form."""
        return self.state is State.EXPECTED and not self.removed_at and now < self.form_ends_at

    def counts(self, *, now: datetime) -> bool:
        """Whether it takes one of the places, and its size of the room, that a case has."""
        if self.removed_at or self.state not in KEPT:
            return False
        return self.state is not State.EXPECTED or now < self.form_ends_at

    def arrived(self, *, size: int, at: datetime) -> Attachment:
        """The file after it came in; a verdict on it is due."""
        if self.is_settled:
            return self
        return replace(
            self, state=State.CHECKING, size=size, arrived_at=at, due_at=at + VERDICT_WITHIN
        )

    def settle(self, state: State, *, flaw: Flaw | None, at: datetime) -> Attachment:
        """The file after it was checked."""
        return replace(self, state=state, flaw=flaw, settled_at=at, due_at=None)

    @property
    def problem(self) -> str:
        """What to tell its sender, in plain words; empty where all is well."""
        return FLAWS[self.flaw] if self.flaw else PROBLEMS.get(self.state, "")

    @property
    def saved_as(self) -> str:
        """The end of the name that a download gets, which is not the file's own."""
        return f"{self.number}.{self.extension}"


def ensure_room(
    held: Iterable[Attachment], *, extension: str | None, size: int, now: datetime
) -> int:
    """How many bytes may still come with one more file, whose size is 0 where it is not known.

    Raises WrongKind, FileTooLarge, TooManyFiles or FilesTooLarge.
    """
    if extension is not None and extension not in KINDS:
        raise errors.WrongKind
    if size > MAX_FILE:
        raise errors.FileTooLarge
    counted = [each for each in held if each.counts(now=now)]
    if len(counted) >= MAX_FILES:
        raise errors.TooManyFiles
    room = MAX_TOTAL - sum(each.size for each in counted)
    if room < max(size, 1):
        raise errors.FilesTooLarge
    return min(room, MAX_FILE)


def extension_of(name: str) -> str:
    """What follows a name's last dot, in lower case; empty where there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


# Letters that steer or hide others (bidirectional overrides among them), and what is no letter.
UNPRINTABLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
RESERVED = dict.fromkeys(map(ord, '<>:"|?*'), "-")
DEVICES = frozenset({"con", "prn", "aux", "nul"}) | {
    f"{port}{number}" for port in ("com", "lpt") for number in range(10)
}


def clean_name(raw: str) -> str:
    """A file's name as it may be shown and saved anywhere: no path, nothing that deceives.

    ``../../x`` is ``x``, and a name of nothing is ``file``.
    """
    last = raw.replace("\\", "/").rpartition("/")[2]
    composed = unicodedata.normalize("NFC", last).translate(RESERVED)
    shown = "".join(c for c in composed if unicodedata.category(c) not in UNPRINTABLE)
    name = " ".join(shown.split()).strip(". ")
    if name.partition(".")[0].lower() in DEVICES:
        name = f"{UNNAMED}-{name}"
    return _shortened(name) or UNNAMED


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    extension = extension_of(name)
    end = f".{extension}" if extension in KINDS else ""
    return name[: LONGEST_NAME - len(end)].rstrip(". ") + end
