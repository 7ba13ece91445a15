"""Looks at an account, a machine and a sender before anything is deployed, and afterwards."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib import metadata
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.build import RUNTIME
from infra.build.staging import ROOT
from infra.deploying import sender
from infra.deploying.findings import Finding, Level
from infra.deploying.sender import Lookup

if TYPE_CHECKING:
    import boto3

    from chalicelib.settings import Settings

# AWS refuses a signature that is five minutes off; links and codes are wrong long before.
MOST_SKEW = timedelta(seconds=60)
# A new account may run ten functions at once, and then none can be reserved.
FEWEST_CONCURRENT = 100
FEWEST_MAILS_A_DAY = 1000
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class Patient:
    """What is looked at. ``environ`` are this machine's variables, ``now`` its clock.

    ``scans`` says whether GuardDuty is to scan the stage's files.
    """

    settings: Settings
    region: str
    session: boto3.Session
    environ: Mapping[str, str]
    now: datetime
    look_up: Lookup
    scans: bool = True


def examine(patient: Patient) -> Iterator[Finding]:
    """Every finding, one after the other. Changes nothing."""
    yield Finding("Settings", Level.OK, f"the stage {patient.settings.stage} is valid")
    yield from _machine()
    yield _region(patient)
    credentials, identity = _credentials(patient)
    yield credentials
    if identity is None:
        return
    yield _skew(patient, identity)
    yield _ask("Lambda", lambda: _concurrency(patient))
    yield _ask("Scanner", lambda: _scanner(patient))
    yield from _mail(patient)


def _machine() -> Iterator[Finding]:
    have, need = (".".join(map(str, each)) for each in (sys.version_info[:2], RUNTIME))
    if have != need:
        step = f"Make the environment anew: make clean env PYTHON=python{need}"
        yield Finding("Python", Level.FAIL, f"this is {have}; the functions run on {need}", step)
    else:
        yield Finding("Python", Level.OK, f"{have}, as in the functions")
    pins = dict(PIN.findall((ROOT / "requirements.txt").read_text(encoding="utf-8")))
    strays = [name for name, pinned in pins.items() if _installed(name) not in ("", pinned)]
    if strays:
        found = f"not as pinned: {', '.join(sorted(strays))}"
        yield Finding("Packages", Level.FAIL, found, "Install what is pinned: make env")
    else:
        yield Finding("Packages", Level.OK, f"all {len(pins)} as pinned")


def _installed(name: str) -> str:
    """The version that is installed; empty for a package that this system does not need."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _region(patient: Patient) -> Finding:
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        other = patient.environ.get(variable, patient.region)
        if other != patient.region:
            found = f"{variable} is {other}, the stage is in {patient.region}"
            step = "These commands use the stage's region; set the variable alike for others."
            return Finding("Region", Level.WARN, found, step)
    return Finding("Region", Level.OK, patient.region)


def _credentials(patient: Patient) -> tuple[Finding, Mapping[str, Any] | None]:
    try:
        identity = patient.session.client("sts").get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        step = "Sign in (aws sso login) or set AWS_PROFILE, then run this again."
        found = f"AWS does not know who you are: {_code(error)}"
        return Finding("Credentials", Level.FAIL, found, step), None
    arn = str(identity["Arn"])
    if arn.endswith(":root"):
        step = "Use a role made for deploying, never the account's root user."
        return Finding("Credentials", Level.WARN, arn, step), identity
    return Finding("Credentials", Level.OK, arn), identity


def _skew(patient: Patient, identity: Mapping[str, Any]) -> Finding:
    told = identity["ResponseMetadata"]["HTTPHeaders"].get("date", "")
    if not told:
        return Finding("Clock", Level.WARN, "AWS did not say the time", "Compare it yourself.")
    skew = abs(parsedate_to_datetime(told) - patient.now)
    seconds = f"{skew.total_seconds():.0f} seconds from AWS's"
    if skew > MOST_SKEW:
        return Finding("Clock", Level.FAIL, seconds, "Set this machine's clock (NTP).")
    return Finding("Clock", Level.OK, seconds)


def _concurrency(patient: Patient) -> Finding:
    limits = patient.session.client("lambda").get_account_settings()["AccountLimit"]
    allowed = limits["ConcurrentExecutions"]
    if allowed < FEWEST_CONCURRENT:
        step = "Ask in Service Quotas for Lambda's “Concurrent executions”: 1,000."
        return Finding("Lambda", Level.WARN, f"{allowed} functions at once", step)
    return Finding("Lambda", Level.OK, f"{allowed} functions at once")


def _scanner(patient: Patient) -> Finding:
    if not patient.scans:
        step = "Set malware_protection to true: until then nobody can open what people attach."
        return Finding("Scanner", Level.WARN, "nothing scans files", step)
    client = patient.session.client("guardduty")
    ours = f"safeguarding-{patient.settings.stage}-data-quarantinebucket"
    for each in client.list_malware_protection_plans().get("MalwareProtectionPlans", []):
        plan = client.get_malware_protection_plan(
            MalwareProtectionPlanId=each["MalwareProtectionPlanId"]
        )
        if plan["ProtectedResource"]["S3Bucket"]["BucketName"].startswith(ours):
            return _planned(plan)
    step = "Deploy: that makes GuardDuty's plan for the quarantine bucket."
    return Finding("Scanner", Level.WARN, "GuardDuty has no plan for our bucket yet", step)


def _planned(plan: Mapping[str, Any]) -> Finding:
    status = plan.get("Status", "")
    if status == "ACTIVE":
        return Finding("Scanner", Level.OK, "GuardDuty scans what comes into quarantine")
    reasons = ", ".join(each.get("Code", "") for each in plan.get("StatusReasons", []))
    step = "Read docs/runbook.md#scan-is-overdue."
    return Finding("Scanner", Level.FAIL, f"GuardDuty's plan is {status}: {reasons}", step)


def _mail(patient: Patient) -> Iterator[Finding]:
    settings = patient.settings
    domain = settings.mail_from.rpartition("@")[2]
    if settings.mail_transport == "smtp":
        yield _relay(settings.smtp_host, settings.smtp_port)
        yield from sender.findings(domain, (), patient.look_up)
        return
    yield _ask("SES account", lambda: _account(patient))
    yield _ask("SES quota", lambda: _quota(patient))
    identity = _identity(patient, domain) or _identity(patient, settings.mail_from)
    yield _verified(settings.mail_from, domain, identity)
    dkim = identity.get("DkimAttributes", {}) if identity else {}
    yield _signed(domain, dkim)
    yield from sender.findings(domain, dkim.get("Tokens", ()), patient.look_up)


def _relay(host: str, port: int) -> Finding:
    try:
        socket.create_connection((host, port), timeout=sender.LIFETIME_SECONDS).close()
    except OSError as error:
        step = "Check SMTP_HOST and SMTP_PORT, and that the functions' network reaches them."
        return Finding("SMTP relay", Level.WARN, f"{host}:{port}: {type(error).__name__}", step)
    return Finding("SMTP relay", Level.OK, f"{host}:{port} answers here")


def _account(patient: Patient) -> Finding:
    account = patient.session.client("sesv2").get_account()
    if not account.get("SendingEnabled", True):
        step = "Read SES's message in the console: sending was stopped after bounces or complaints."
        return Finding("SES account", Level.FAIL, "sending is paused", step)
    if not account.get("ProductionAccessEnabled"):
        step = "Ask for production access in SES; until then only verified addresses get mail."
        return Finding("SES account", Level.FAIL, "in the sandbox", step)
    return Finding("SES account", Level.OK, "out of the sandbox, sending")


def _quota(patient: Patient) -> Finding:
    quota = patient.session.client("sesv2").get_account().get("SendQuota", {})
    day, second = quota.get("Max24HourSend", 0.0), quota.get("MaxSendRate", 0.0)
    found = f"{day:.0f} e-mails a day, {second:.0f} a second"
    if 0 <= day < FEWEST_MAILS_A_DAY:
        return Finding("SES quota", Level.WARN, found, "Ask for more in Service Quotas.")
    return Finding("SES quota", Level.OK, found)


def _identity(patient: Patient, name: str) -> Mapping[str, Any] | None:
    try:
        return patient.session.client("sesv2").get_email_identity(EmailIdentity=name)
    except (ClientError, BotoCoreError):
        return None


def _verified(address: str, domain: str, identity: Mapping[str, Any] | None) -> Finding:
    if identity is None:
        step = f"Create the identity {domain} in SES and publish its records."
        return Finding("SES identity", Level.FAIL, f"SES does not know {domain}", step)
    if not identity.get("VerifiedForSendingStatus"):
        step = f"Publish the records that SES shows for {domain}, then wait for it to see them."
        return Finding("SES identity", Level.FAIL, f"{domain} is not verified yet", step)
    return Finding("SES identity", Level.OK, f"may send as {address}")


def _signed(domain: str, dkim: Mapping[str, Any]) -> Finding:
    status = dkim.get("Status", "")
    if status != "SUCCESS":
        step = f"Turn Easy DKIM on for {domain} in SES."
        return Finding("DKIM", Level.WARN, f"signing: {status or 'not set up'}", step)
    return Finding("DKIM", Level.OK, "SES signs what it sends")


def _ask(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except (ClientError, BotoCoreError) as error:
        step = "Let your role read it, or look in the console."
        return Finding(name, Level.WARN, f"could not be asked: {_code(error)}", step)


def _code(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "")) or "no reason given"
    return type(error).__name__


def worst(findings: Sequence[Finding]) -> Level:
    """The worst of them."""
    order = list(Level)
    return max((each.level for each in findings), key=order.index, default=Level.OK)
