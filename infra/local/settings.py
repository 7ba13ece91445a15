"""The local run's ports and the environment that its programs get."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local import waiting

STAGE = Path(__file__).parents[1] / "stages" / "local.json"
HIGHEST_PORT = 65535
JOBS_READY = "The jobs are waiting for events"


class BadPort(Exception):
    """A port setting that cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Port:
    """One of the ports that the local run listens on."""

    setting: str
    purpose: str
    number: int

    @property
    def address(self) -> str:
        return f"http://{waiting.HOST}:{self.number}"


@dataclass(frozen=True)
class Ports:
    """Every port, each with the setting that changes it."""

    pages: Port
    mailbox: Port
    smtp: Port
    aws: Port

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Ports:
        return cls(
            pages=_port(environ, "PORT", "the service", 8000),
            mailbox=_port(environ, "MAIL_PORT", "the mailbox", 8025),
            smtp=_port(environ, "MAIL_SMTP_PORT", "incoming mail", 1025),
            aws=_port(environ, "AWS_PORT", "AWS", 4566),
        )

    def check(self) -> None:
        """Raise BadPort unless every port is free and no two are the same."""
        ports = (self.pages, self.mailbox, self.smtp, self.aws)
        taken_by: dict[int, Port] = {}
        for port in ports:
            if port.number in taken_by:
                first = taken_by[port.number].setting
                raise BadPort(f"{first} and {port.setting} are both {port.number}.")
            taken_by[port.number] = port
            check_free(port)


def check_free(port: Port) -> None:
    """Raise BadPort where something listens on the port already."""
    if not waiting.is_free(port.number):
        raise BadPort(_advice(port))


def _port(environ: Mapping[str, str], setting: str, purpose: str, default: int) -> Port:
    given = environ.get(setting) or str(default)
    if not (given.isascii() and given.isdigit() and 0 < int(given) <= HIGHEST_PORT):
        raise BadPort(f"{setting} must be a number from 1 to {HIGHEST_PORT}, not {given!r}.")
    return Port(setting, purpose, int(given))


def _advice(port: Port) -> str:
    return (
        f"Port {port.number} for {port.purpose} is taken: another program listens there, perhaps\n"
        f"this service started elsewhere. Stop that program, or choose another port:\n"
        f"  make run {port.setting}={waiting.free_port()}"
    )


def stage_environment(ports: Ports) -> dict[str, str]:
    """The demo partnership's settings, with the addresses that follow from ``ports``."""
    settings: dict[str, object] = json.loads(STAGE.read_text(encoding="utf-8"))
    return {name.upper(): str(value) for name, value in settings.items()} | {
        "BASE_URL": ports.pages.address,
        "MAIL_TRANSPORT": "smtp",
        "SMTP_HOST": waiting.HOST,
        "SMTP_PORT": str(ports.smtp.number),
        "SMTP_TLS": "false",
    }
