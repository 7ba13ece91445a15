"""Every key of the table, built in one place. ``docs/data-model.md`` shows them in a table."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.references import is_reference

Key = dict[str, str]

EVENT = "EVENT#"
MESSAGE = "MESSAGE#"
RULING = "RULING#"
REASON = "REASON#"
INFORMATION = "INFORMATION#"
PENDING = "PENDING#"
FILE = "FILE#"

DUE_INDEX = "due"
DUE = "MESSAGES"
CHECKS = "CHECKS"
FILES = "FILES"
ASKS = "ASKS"
DRAFTS = "DRAFTS"
LIST_INDEX = "cases"
LIST = "CASES"


def partition(owner: str) -> str:
    """Where what belongs to a case lies, by its reference; or to a draft, by its id."""
    return f"CASE#{owner}" if is_reference(owner) else f"DRAFT#{owner}"


def draft(case_id: str) -> Key:
    return {"pk": f"DRAFT#{case_id}", "sk": "DRAFT"}


def which_draft(key: Key) -> str:
    """The id of the draft at a key."""
    return key["pk"].removeprefix("DRAFT#")


def case(reference: str) -> Key:
    return {"pk": f"CASE#{reference}", "sk": "CASE"}


def wrapped_key(reference: str) -> Key:
    return {"pk": f"CASE#{reference}", "sk": "KEY"}


def event(reference: str, number: int) -> Key:
    return {"pk": f"CASE#{reference}", "sk": f"{EVENT}{number:06d}"}


def message(owner: str, message_id: str) -> Key:
    return {"pk": partition(owner), "sk": f"{MESSAGE}{message_id}"}


def which_message(key: Key) -> tuple[str, str]:
    """Owner and id of the message at a key."""
    return key["pk"].partition("#")[2], key["sk"].removeprefix(MESSAGE)


def ruling(reference: str, number: int) -> Key:
    return {"pk": f"CASE#{reference}", "sk": f"{RULING}{number:06d}"}


def reason(reference: str, number: int) -> Key:
    return {"pk": f"CASE#{reference}", "sk": f"{REASON}{number:06d}"}


def attachments(case_id: str) -> Key:
    """How many files of a case were ever begun; the files stand beside it."""
    return {"pk": f"FILES#{case_id}", "sk": "FILES"}


def attachment(case_id: str, attachment_id: str) -> Key:
    return {"pk": f"FILES#{case_id}", "sk": f"{FILE}{attachment_id}"}


def which_attachment(key: Key) -> tuple[str, str]:
    """Case and id of the file at a key."""
    return key["pk"].partition("#")[2], key["sk"].removeprefix(FILE)


def information(reference: str, number: int) -> Key:
    return {"pk": f"CASE#{reference}", "sk": f"{INFORMATION}{number:06d}"}


def words(reference: str, writing: str) -> Key:
    return {"pk": f"CASE#{reference}", "sk": f"WORDS#{writing}"}


def pending(reference: str, link: str) -> Key:
    return {"pk": f"CASE#{reference}", "sk": f"{PENDING}{link}"}


def link(digest: str) -> Key:
    return {"pk": f"LINK#{digest}", "sk": "LINK"}


def code(link_digest: str) -> Key:
    return {"pk": f"LINK#{link_digest}", "sk": "CODE"}


def session(digest: str) -> Key:
    return {"pk": f"SESSION#{digest}", "sk": "SESSION"}


def ask(ask_id: str) -> Key:
    return {"pk": f"ASK#{ask_id}", "sk": "ASK"}


def which_ask(key: Key) -> str:
    """Id of the ask at a key."""
    return key["pk"].partition("#")[2]


def unanswered(at: datetime) -> Key:
    """The entry of an ask, until it was answered."""
    return {"due_pk": ASKS, "due_at": at.isoformat()}


def limit(name: str, whose: str, start: datetime) -> Key:
    return {"pk": f"LIMIT#{name}#{whose}", "sk": start.isoformat()}


def mailbox(mailbox: str, case_id: str) -> Key:
    return {"pk": f"MAILBOX#{mailbox}", "sk": f"DRAFT#{case_id}"}


def expiring(at: datetime) -> Key:
    """The entry of a draft that is not sent, by when it is past its date."""
    return {"due_pk": DRAFTS, "due_at": at.isoformat()}


def due(at: datetime) -> Key:
    """The entry of a message that waits to be sent; gone once it is sent."""
    return {"due_pk": DUE, "due_at": at.isoformat()}


def check(at: datetime) -> Key:
    """The entry of a message that was sent, until somebody looked whether it arrived."""
    return {"due_pk": CHECKS, "due_at": at.isoformat()}


def look(at: datetime) -> Key:
    """The entry of a file of which somebody should look what became of it."""
    return {"due_pk": FILES, "due_at": at.isoformat()}


def listed(received_at: datetime, reference: str) -> Key:
    """The entry of a case in the list of all cases, in the order of receipt."""
    return {"list_pk": LIST, "list_sk": f"{received_at.isoformat()}#{reference}"}
