"""The referrer's pages after sending: by reference and code, they follow their case.

- ``sessions``: the blueprint, the cookies of each reference, and the route of every page
- ``start``: the reference, the code, and signing out
- ``following``: where the case stands, and a copy of what was sent
- ``writing``: adding information and withdrawing, and keeping what is typed meanwhile
- ``files``: the files that come with information

An unknown reference is asked for its code in the same way as a known one.
"""

from chalicelib.web.updates import files, following, start, writing
from chalicelib.web.updates.sessions import updates

__all__ = ["files", "following", "start", "updates", "writing"]
