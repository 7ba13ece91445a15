"""The pages on which a code is typed, whatever the link is for.

- ``codes``: the code page: sending, typing, and what travels along meanwhile
"""

from chalicelib.web.links import codes

__all__ = ["codes"]
