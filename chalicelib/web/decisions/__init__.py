"""The decision-maker's pages. GET shows, POST acts, and only a typed code opens a case.

- ``sessions``: the blueprint, the cookie, and the route of every page that needs a session
- ``endings``: which page says that a link or a case has ended
- ``rulings``: outcome and reason: asking, keeping, checking, confirming
- ``downloads``: the files that came with a case, and the way to each of them
- ``cases``: the case itself, the declaration of interest, and what was done
- ``codes``: the page a link leads to, the code, and a new link for an expired one
"""

from chalicelib.web.decisions import cases, codes, downloads, endings, rulings
from chalicelib.web.decisions.sessions import decisions

__all__ = ["cases", "codes", "decisions", "downloads", "endings", "rulings"]
