"""Coming back to a draft: keeping its session open, leaving it, confirming, returning, deleting.

The pages on which a draft is filled in stand in ``web/referrals``.

- ``leaving``: what is said to somebody who comes back later
- ``sessions``: staying signed in, and the way back in once the session has ended
"""

from chalicelib.web.drafts import leaving, sessions
from chalicelib.web.drafts.routes import drafts

__all__ = ["drafts", "leaving", "sessions"]
