"""A mail server that notes when each message was handed to it, and keeps nothing else."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from infra.local.waiting import HOST

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>@]+)@", re.IGNORECASE | re.MULTILINE)


class Sink(socketserver.ThreadingTCPServer):
    """Takes all mail. ``handed_over`` says when, by the part of Message-ID before the @."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Conversation)
        self.handed_over: dict[str, datetime] = {}

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def take(self, message: bytes) -> None:
        """Note the moment; of copies the first counts."""
        found = _MESSAGE_ID.search(message)
        assert found, "a message without Message-ID"
        self.handed_over.setdefault(found.group(1).decode(), datetime.now(UTC))


class _Conversation(socketserver.StreamRequestHandler):
    """One client's commands, as far as a mailer uses them."""

    def handle(self) -> None:
        self._say("220 sink")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"QUIT":
                self._say("221 bye")
                return
            if verb == b"DATA":
                self._say("354 go on")
                self._read_message()
            self._say("250 ok")

    def _read_message(self) -> None:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        sink = self.server
        assert isinstance(sink, Sink)
        sink.take(b"".join(lines))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def listening() -> Iterator[Sink]:
    """A mail server on a free port of this machine."""
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join()
