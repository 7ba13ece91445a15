"""``python -m infra trial``: a stage deployed to a fresh local AWS that checks policies.

Everything goes the way it goes on AWS: the build, both stacks, the functions' roles, the smoke
test. The local AWS keeps nothing once it is stopped.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import boto3

from infra.local import emulator, household, settings, waiting
from infra.local.household import Household
from infra.local.settings import BadPort, Port, Ports

NAME = "trial"
FOLDER = emulator.ROOT / "var" / "trial"


def main() -> int:
    """Deploy, say how to go on, and wait for Ctrl-C. The status is that of the deployment."""
    household.end_on_signals()
    try:
        port = Ports.from_environ(os.environ).aws
        settings.check_free(port)
        with Household() as house:
            return _run(port, house)
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0
    except (BadPort, waiting.NotReady) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def stage_file(name: str) -> dict[str, object]:
    """The demo partnership's settings as a stage for an emulator, which lacks some of AWS."""
    demo: dict[str, object] = json.loads(settings.STAGE.read_text(encoding="utf-8"))
    return demo | {
        "stage": name,
        "base_url": "https://referrals.example.org",
        "deploy": {
            "architecture": "x86_64",
            "alarm_email": "alarms@example.org",
            "waf": False,
            "combine_metrics": False,
            "malware_protection": False,
        },
    }


def environment(port: int, folder: Path) -> dict[str, str]:
    """What leads a command to the emulator, and to the stage's file in ``folder``."""
    return emulator.client_environment(port) | {"STAGES_FOLDER": str(folder)}


def verify_sender(port: int) -> None:
    """Let the emulator's SES know the sender's domain, as an operator does once on AWS."""
    client = emulator.client_environment(port)
    boto3.client(
        "sesv2",
        endpoint_url=client["AWS_ENDPOINT_URL"],
        region_name=client["AWS_REGION"],
        aws_access_key_id=client["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=client["AWS_SECRET_ACCESS_KEY"],
    ).create_email_identity(EmailIdentity="example.org")


def _run(port: Port, house: Household) -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{NAME}.json").write_text(json.dumps(stage_file(NAME), indent=2) + "\n")
    log = FOLDER / "aws.log"
    child = house.start(lambda: emulator.launch(port.number, log=log, enforce=True))
    waiting.until_ready(child, port.number, path=emulator.HEALTH)
    verify_sender(port.number)
    leads = environment(port.number, FOLDER)
    command = [sys.executable, "-m", "infra", "deploy", NAME]
    status = subprocess.run(command, env=emulator.plain_environment() | leads, check=False)
    if status.returncode:
        return status.returncode
    _announce(leads)
    house.first_to_end()
    print(f"\nThe local AWS ended by itself. Its last lines:\n{child.tail()}", file=sys.stderr)
    return 1


def _announce(leads: dict[str, str]) -> None:
    exports = "\n".join(f"  export {name}={value}" for name, value in sorted(leads.items()))
    print(
        f"""
The stage {NAME} runs. In another terminal, lead the commands to it:

{exports}

then try: python -m infra status {NAME}, smoke, rollback, case list, backup restore-drill.
Nothing of it is kept. Press Ctrl-C to stop.""",
        flush=True,
    )
