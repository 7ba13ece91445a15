"""Links by e-mail: issuing them, proving a mailbox by a code, and the session that follows.

- ``issuing``: links and codes, ready to be committed
- ``people``: whom they are sent to
- ``service``: the use cases before a link's purpose is served
- ``following``: codes for whoever knows a reference, telling nobody whether there is such a case
"""

from chalicelib.services.links.issuing import (
    PATHS,
    address,
    address_of,
    issue,
    new_code,
    new_link,
    with_fresh_reads,
)
from chalicelib.services.links.people import (
    holder_of,
    referrer_of,
    seal_person,
    unseal_person,
)
from chalicelib.services.links.service import LinkService

__all__ = [
    "PATHS",
    "LinkService",
    "address",
    "address_of",
    "holder_of",
    "issue",
    "new_code",
    "new_link",
    "referrer_of",
    "seal_person",
    "unseal_person",
    "with_fresh_reads",
]
