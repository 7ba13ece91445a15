"""``python -m infra run``: the whole service on this machine, until Ctrl-C."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from chalicelib.settings import Settings
from infra import assets, node
from infra.deploying import stacks
from infra.local import emulator, household, processes, scanning, waiting
from infra.local.household import Household
from infra.local.settings import JOBS_READY, BadPort, Ports, stage_environment

ROOT = emulator.ROOT
VAR = ROOT / "var"
LOGS = VAR / "log"
MAIL = Path(__file__).with_name("mail")
MAILDEV = MAIL / "node_modules" / "maildev" / "dist" / "bin" / "maildev.js"


FAILURES = (
    BadPort,
    assets.BuildFailed,
    node.InstallFailed,
    scanning.ScannerMissing,
    stacks.StackFailed,
    waiting.NotReady,
)


def main(arguments: Sequence[str]) -> int:
    """Start everything, say where it is, and stop it again. The status is 0 after Ctrl-C."""
    if arguments:
        print("Usage: python -m infra run")
        return 2
    household.end_on_signals()
    try:
        return _run(Ports.from_environ(os.environ))
    except KeyboardInterrupt:
        _say("\nStopped.")
        return 0
    except FAILURES as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _say(line: str) -> None:
    print(line, flush=True)


def _run(ports: Ports) -> int:
    ports.check()
    scanner = scanning.chosen(os.environ)
    os.chdir(ROOT)
    with Household() as house:
        settings = _start(ports, house)
        _announce(ports, settings, scanner)
        ended = house.first_to_end()
    print(f"\n{ended.name} ended by itself, so everything was stopped.", file=sys.stderr)
    print(f"Its last lines, from {ended.log.relative_to(ROOT)}:\n{ended.tail()}", file=sys.stderr)
    return 1


def _start(ports: Ports, house: Household) -> Settings:
    """Start every program in the order in which one needs another."""
    _say("Building styles and scripts")
    _install(assets.SOURCES)
    assets.build()

    _say("Starting AWS and the mailbox")
    _install(MAIL)
    aws = house.start(lambda: _launch_aws(ports))
    mailbox = house.start(lambda: _launch_mailbox(ports))
    waiting.until_ready(aws, ports.aws.number, path=emulator.HEALTH)
    environment = _environment(ports)
    settings = Settings.from_environ(environment)
    waiting.until_ready(mailbox, ports.mailbox.number, path="/api/healthz")

    _say("Starting the service and its jobs")
    pages = house.start(lambda: _launch_pages(ports, environment))
    jobs = house.start(lambda: _launch_worker(environment))
    waiting.until_ready(pages, ports.pages.number, path="/health")
    waiting.until_said(jobs, JOBS_READY)
    return settings


def _install(folder: Path) -> None:
    if not node.is_installed(folder):
        _say("  installing what that needs (half a minute, once)")
        node.install(folder)


def _environment(ports: Ports) -> dict[str, str]:
    client = emulator.client_environment(ports.aws.number)
    return (
        emulator.plain_environment()
        | stage_environment(ports)
        | client
        | emulator.provision(client, base_url=ports.pages.address)
        | {"PYTHONUNBUFFERED": "1"}
    )


def _launch_aws(ports: Ports) -> processes.Child:
    return emulator.launch(ports.aws.number, log=LOGS / "aws.log", state=VAR / "aws")


def _launch_mailbox(ports: Ports) -> processes.Child:
    (VAR / "mail").mkdir(parents=True, exist_ok=True)
    command: list[str | Path] = [
        *(node.NODE, MAILDEV),
        *("--ip", waiting.HOST, "--smtp", str(ports.smtp.number)),
        *("--web-ip", waiting.HOST, "--web", str(ports.mailbox.number)),
        *("--mail-directory", VAR / "mail"),
    ]
    log = LOGS / "mailbox.log"
    environment = emulator.plain_environment()
    return processes.start("The mailbox", command, environment=environment, log=log)


def _launch_pages(ports: Ports, environment: dict[str, str]) -> processes.Child:
    command: list[str | Path] = [
        *(Path(sys.executable).with_name("chalice"), "local", "--no-autoreload"),
        *("--stage", "local", "--host", waiting.HOST, "--port", str(ports.pages.number)),
    ]
    log = LOGS / "service.log"
    return processes.start("The service", command, environment=environment, log=log)


def _launch_worker(environment: dict[str, str]) -> processes.Child:
    command = [sys.executable, "-m", "infra.local.worker"]
    log = LOGS / "jobs.log"
    return processes.start("The jobs", command, environment=environment, log=log)


def _announce(ports: Ports, settings: Settings, scanner: scanning.Scanner) -> None:
    _say(f"""
The service is running.

  The service  {ports.pages.address}
  The mailbox  {ports.mailbox.address}  every e-mail that the service sends
  AWS          {ports.aws.address}  for trying only: its keys protect nothing
  Files        checked by {scanner.name}

{settings.decision_maker_name} ({settings.decision_maker_label}, \
{settings.decision_maker_email}) decides here.
Refer a case, then open the chair's e-mail in the mailbox. \
Everything is kept under var/.{_warning(scanner)}

Press Ctrl-C to stop.""")


def _warning(scanner: scanning.Scanner) -> str:
    """What must be known of a scanner that only plays one."""
    if not isinstance(scanner, scanning.EicarOnly):
        return ""
    return (
        "\n\nFiles are NOT checked for viruses here: the check knows the EICAR test file alone.\n"
        "To have ClamAV check them, start its daemon and set CLAMD_SOCKET or CLAMD_ADDRESS."
    )
