"""The files of a draft as the task list and the check page tell of them."""

from __future__ import annotations

from chalicelib.domain import attachments as rules
from chalicelib.domain.errors import Unavailable
from chalicelib.services.drafts import Draft
from chalicelib.web.attachments import files
from chalicelib.web.attachments.files import Shown
from chalicelib.web.pages import Request


def enclosed(request: Request, draft: Draft, *, look: bool = True) -> tuple[Shown, ...] | None:
    """The files, or None where they cannot be told just now: the page is of use without them.

    Without ``look`` nobody asks the storage what has come in meanwhile.
    """
    try:
        held = request.services.attachments.held(
            draft.case_id, draft.open_key(), part=rules.REFERRAL, look=look
        )
    except Unavailable:
        return None
    return files.shown(held)


def said(enclosures: tuple[Shown, ...] | None) -> str:
    """How many files there are, as the status of a task."""
    if enclosures is None:
        return "Not known just now"
    count = len(enclosures)
    return "None added" if not count else "1 file" if count == 1 else f"{count} files"
