"""``smoke``: tries a deployed stage with an invented referral."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Annotated

import typer

from chalicelib.domain.errors import ServiceError
from infra.cli import stages
from infra.cli.console import AsJson, Console, DryRun, Failed, StageName, Yes, confirm, facts
from infra.cli.stages import OpenStage, Stage
from infra.deploying import enclosure
from infra.deploying import smoke as smoking
from infra.deploying.browser import NotAsExpected
from infra.deploying.enclosure import Scan, StandIn
from infra.deploying.smoke import Check, Passed

commands = typer.Typer()

Address = Annotated[
    str, typer.Option("--address", help="Where to connect, if not to the stage's own address.")
]


@commands.command()
def smoke(
    name: StageName,
    address: Address = "",
    dry_run: DryRun = False,
    yes: Yes = "",
    as_json: AsJson = False,
) -> None:
    """Send an invented referral through the deployed pages, look after it, and remove it.

    When: after every deployment (deploy does it by itself), and whenever something seems wrong.
    Nobody at the partnership gets an e-mail of it: they all go to TEST_MAILBOX.

    Example: python -m infra smoke test
    """
    console = Console(as_json=as_json)
    opened = stages.open_stage(name)
    where = address or address_of(opened)
    if dry_run:
        console.say("Nothing was sent.")
        console.result({"stage": name, "address": where}, facts({"would try": where}))
        return
    confirm(opened, "send a test referral", yes=yes)
    passed = _passed(opened, console, where)
    told = {"stage": name, "passed": True, **asdict(passed)}
    console.result(told, facts(asdict(passed)))


def prove(stage: Stage, console: Console) -> Passed:
    """As ``smoke``, right after a deployment. Raises Failed."""
    opened = stages.open_stage(stage.name)
    return _passed(opened, console, address_of(opened))


def _passed(opened: OpenStage, console: Console, address: str) -> Passed:
    with console.step("Sending a test referral") as step:
        check = Check(
            services=opened.services,
            address=address,
            version=opened.outputs.get("Version", ""),
            # An emulator takes e-mails and tells nothing of them.
            wants_delivery=_tells(opened),
            scan=_scan(opened),
        )
        try:
            passed = smoking.run(check, watch=step.now)
        except NotAsExpected as error:
            raise Failed(
                f"The smoke test failed: {error}",
                next_step=f"Look into the logs: python -m infra logs {opened.name} --since 15m",
            ) from error
        except ServiceError as error:
            raise Failed(
                f"The smoke test could not look at the case: {type(error).__name__}",
                next_step=f"Check your role's rights: python -m infra doctor {opened.name}",
            ) from error
        step.outcome = f"{passed.pages} pages in {passed.seconds:.0f} seconds"
    return passed


def address_of(opened: OpenStage) -> str:
    """Where the stage's pages are reached: at its own address, or through an emulator's gateway."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    api = opened.outputs.get("RestAPIId", "")
    if not (endpoint and api):
        return opened.settings.base_url
    gateway_stage = opened.outputs["EndpointURL"].rstrip("/").rpartition("/")[2]
    return f"{endpoint.rstrip('/')}/_aws/execute-api/{api}/{gateway_stage}"


def _scan(opened: OpenStage) -> Scan | None:
    """Who finds a file clean: GuardDuty, on an emulator we ourselves, or nobody."""
    if opened.stage.deploy.malware_protection:
        return enclosure.by_guardduty
    if "AWS_ENDPOINT_URL" in os.environ:
        bucket, function = opened.settings.quarantine_bucket, opened.outputs["ScanResultName"]
        return StandIn(opened.session, bucket, function)
    return None


def _tells(opened: OpenStage) -> bool:
    return "AWS_ENDPOINT_URL" not in os.environ and opened.settings.mail_transport == "ses"
