"""Whether a port is free, and whether what listens on it is ready."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable

from infra.local.processes import Child

HOST = "127.0.0.1"
READY_SECONDS = 60.0
PAUSE_SECONDS = 0.05


class NotReady(Exception):
    """A program ended, or stayed silent, before it answered."""


def is_free(port: int) -> bool:
    """Whether nothing listens on ``port`` of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that the system says is free just now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def status(port: int, path: str) -> int | None:
    """The HTTP status of a GET such as a browser makes, or None where nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Accept": "text/html, */*"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def until_ready(child: Child, port: int, *, path: str) -> None:
    """Wait until ``child`` answers 200 on ``path``. Raises NotReady with what it wrote."""
    _wait(child, lambda: status(port, path) == 200)


def until_said(child: Child, word: str) -> None:
    """Wait until ``child`` has written ``word``. Raises NotReady with what it wrote instead."""
    _wait(child, lambda: word in child.log.read_text(encoding="utf-8", errors="replace"))


def _wait(child: Child, is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if child.has_ended:
            raise NotReady(f"{child.name} ended before it was ready.\n{child.tail()}")
        if is_ready():
            return
        time.sleep(PAUSE_SECONDS)
    raise NotReady(f"{child.name} was not ready in {READY_SECONDS:.0f} seconds.\n{child.tail()}")
