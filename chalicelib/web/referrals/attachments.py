"""The files of a draft: they are kept with it, and sent with the referral."""

from __future__ import annotations

from chalicelib.domain import attachments as rules
from chalicelib.web.attachments import uploads
from chalicelib.web.attachments.uploads import Place
from chalicelib.web.pages import Request
from chalicelib.web.referrals import drafts
from chalicelib.web.referrals.addresses import TASKS
from chalicelib.web.referrals.drafts import draft_page

ATTACHMENTS = "/refer/attachments"


def place(request: Request) -> Place:
    """Where the files of this browser's draft stand."""
    draft = drafts.current(request)
    return Place(
        owner=draft.case_id,
        case_id=draft.case_id,
        key=draft.open_key(),
        part=rules.REFERRAL,
        address=ATTACHMENTS,
        back=TASKS,
        onward=TASKS,
    )


uploads.routes(draft_page, ATTACHMENTS, place)
