"""The local run's mailbox, read as the people read it who wait for an e-mail."""

from __future__ import annotations

import http.client
import json
import re
import time
from dataclasses import dataclass

PATIENCE_SECONDS = 60
PAUSE_SECONDS = 0.1
LINK = re.compile(r"http://127\.0\.0\.1:\d+/(?:decisions|refer/resume)/[\w-]+")
CODE = re.compile(r"^(\d{3}) (\d{3})$", re.MULTILINE)


@dataclass(frozen=True)
class Email:
    """One e-mail that the service sent."""

    to: tuple[str, ...]
    subject: str
    text: str
    html: str

    @property
    def link(self) -> str:
        """The one link to a case, or back to a draft, in it."""
        (link,) = set(LINK.findall(self.text))
        return link

    @property
    def code(self) -> str:
        (halves,) = CODE.findall(self.text)
        return "".join(halves)


@dataclass(frozen=True)
class Mailbox:
    """The mailbox at an address like ``127.0.0.1:8025``."""

    address: str

    def find(self, to: str, subject: str) -> list[Email]:
        """What came for ``to`` with these words in its subject; the oldest first."""
        return [each for each in self._all() if to in each.to and subject in each.subject]

    def wait_for(self, to: str, subject: str, *, number: int = 1) -> Email:
        """The first such e-mail, or the one with that number, once it has come."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            found = self.find(to, subject)
            if len(found) >= number:
                return found[number - 1]
            time.sleep(PAUSE_SECONDS)
        raise AssertionError(f"no e-mail {number} to {to} with {subject!r} in its subject")

    def _all(self) -> list[Email]:
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", "/api/email?sort=asc")
            emails = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return [
            Email(
                to=tuple(person["address"] for person in email["to"]),
                subject=email["subject"],
                text=email["text"],
                html=email["html"],
            )
            for email in emails
        ]
