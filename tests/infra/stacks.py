"""Both stacks on a local AWS that checks policies, and ways to ask as one of their roles.

The functions' code is a stand-in: what is tried here are templates and policies.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.build import templates
from infra.deploying import changes, releases, stacks
from infra.local import emulator
from tests.aws import fixtures

STAGE = "rules"
BASE_URL = "https://referrals.example.org"
SENDER = "practice-reviews@example.org"
# What the local AWS does not know: firewalls before a gateway, alarms over several, GuardDuty.
UNKNOWN = {"Waf": "false", "CombineMetrics": "false", "MalwareProtection": "false"}
CASE = {"case": "018f4a1e"}


@dataclass(frozen=True)
class Stacks:
    """Both stacks, and ways to ask as one of their roles."""

    server: dict[str, str]
    outputs: dict[str, str]
    app: dict[str, Any]

    def client(self, service: str, role: str = "") -> Any:
        credentials = self._become(role) if role else ROOT
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.server["AWS_ENDPOINT_URL"],
            region_name=emulator.REGION,
            **credentials,
        )

    def _become(self, role: str) -> dict[str, str]:
        arn = f"arn:aws:iam::000000000000:role/safeguarding-{STAGE}-{role}"
        taken = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return {
            "aws_access_key_id": taken["AccessKeyId"],
            "aws_secret_access_key": taken["SecretAccessKey"],
            "aws_session_token": taken["SessionToken"],
        }


ROOT = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@contextmanager
def deployed(server: dict[str, str], packaged: dict[str, Any]) -> Iterator[Stacks]:
    """The stacks of the packaged template on an emptied server."""
    fixtures._empty(server["AWS_ENDPOINT_URL"])
    bare = Stacks(server, {}, {})
    cloudformation = bare.client("cloudformation")
    outputs = stacks.deploy(
        cloudformation,
        f"safeguarding-{STAGE}-data",
        template=templates.body(templates.merged(templates.DATA)),
        parameters={"Stage": STAGE, "BaseUrl": BASE_URL},
        poll_seconds=0.05,
    )
    _create(bare, _with_code(packaged, outputs["ArtifactsBucket"]), outputs)
    while True:
        app = cloudformation.describe_stacks(StackName=f"safeguarding-{STAGE}")["Stacks"][0]
        if not app["StackStatus"].endswith("_IN_PROGRESS"):
            break
        time.sleep(0.1)
    yield Stacks(server, outputs | stacks.outputs_of(app), app)
    fixtures._empty(server["AWS_ENDPOINT_URL"])


def _with_code(packaged: dict[str, Any], bucket: str) -> dict[str, Any]:
    template: dict[str, Any] = json.loads(json.dumps(packaged))
    for each in template["Resources"].values():
        if each["Type"] == "AWS::Serverless::Function":
            each["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": "code.zip"}
    return template


def _create(stage: Stacks, template: dict[str, Any], outputs: dict[str, str]) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", "def app(event, context): ...\n")
    bucket, s3 = outputs["ArtifactsBucket"], stage.client("s3")
    s3.put_object(Bucket=bucket, Key="code.zip", Body=code.getvalue())
    s3.put_object(Bucket=bucket, Key="template.json", Body=json.dumps(template).encode())
    values = outputs | UNKNOWN | {"Stage": STAGE, "MailFrom": SENDER}
    values |= {"BaseUrl": BASE_URL, "AlarmEmail": "duty@example.org"}
    given = releases.values_for(template, values)
    stage.client("cloudformation").create_stack(
        StackName=f"safeguarding-{STAGE}",
        TemplateURL=f"{stage.server['AWS_ENDPOINT_URL']}/{bucket}/template.json",
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in given.items()],
        Capabilities=changes.CAPABILITIES,
    )


def code_of(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return refused.value.response["Error"]["Code"].removesuffix("Exception")
