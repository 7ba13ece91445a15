"""Drafts: filled in, confirmed, come back to, and ended.

- ``filling``: started, opened and saved page by page
- ``mailboxes``: an address confirmed, links sent to it, and a draft opened again with a code
- ``ending``: deleted by the referrer, or past its date
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.services.drafts.ending import Ending
from chalicelib.services.drafts.filling import TRIES, Draft
from chalicelib.services.drafts.mailboxes import Mailboxes

__all__ = ["TRIES", "Draft", "DraftService"]


@dataclass(frozen=True)
class DraftService(Mailboxes, Ending):
    """The use cases of whoever fills in a referral, until it is sent or gone."""
