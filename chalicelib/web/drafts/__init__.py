"""Coming back to a draft: leaving it, confirming an address, returning by it, deleting.

The pages on which a draft is filled in stand in ``web/referrals``.

- ``routes``: the blueprint, and the routes of pages that need a draft
- ``confirming``: the address that a code confirms
- ``leaving``: coming back later, signing out, deleting
- ``returning``: the link of an e-mail, a lost link, and a code after the session has ended
- ``sessions``: staying signed in, and going back to a page with what was typed on it
"""

from chalicelib.web.drafts import confirming, leaving, returning, sessions
from chalicelib.web.drafts.routes import drafts

__all__ = ["confirming", "drafts", "leaving", "returning", "sessions"]
