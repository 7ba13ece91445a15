"""Both stacks on a local AWS that checks policies, and what the functions' roles may do there.

The functions' code is a stand-in: what is tried here are templates and policies.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.build import templates
from infra.deploying import changes, releases, stacks
from infra.local import emulator
from tests.aws import fixtures

pytestmark = pytest.mark.aws

STAGE = "rules"
BASE_URL = "https://referrals.example.org"
SENDER = "practice-reviews@example.org"
# What the local AWS does not know: firewalls before a gateway, and alarms over several metrics.
UNKNOWN = {"Waf": "false", "CombineMetrics": "false"}
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


@pytest.fixture(scope="module")
def deployed(strict_ministack: dict[str, str], packaged: dict[str, Any]) -> Iterator[Stacks]:
    fixtures._empty(strict_ministack["AWS_ENDPOINT_URL"])
    bare = Stacks(strict_ministack, {}, {})
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
    yield Stacks(strict_ministack, outputs | stacks.outputs_of(app), app)
    fixtures._empty(strict_ministack["AWS_ENDPOINT_URL"])


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


def test_the_packaged_template_makes_a_stack(deployed):
    assert deployed.app["StackStatus"] == "CREATE_COMPLETE", deployed.app.get("StackStatusReason")


def test_each_job_has_what_starts_it(deployed):
    (source,) = deployed.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    rules = deployed.client("events").list_rules()["Rules"]
    topics = deployed.client("sns").list_subscriptions()["Subscriptions"]

    assert source["EventSourceArn"] == deployed.outputs["TableStreamArn"]
    assert source["BisectBatchOnFunctionError"] is True
    assert {rule.get("ScheduleExpression") for rule in rules} == {None, "rate(1 minute)"}
    assert {each["Protocol"] for each in topics} == {"lambda", "email"}


def test_the_logs_are_there_before_any_line(deployed):
    groups = deployed.client("logs").describe_log_groups()["logGroups"]

    wanted = {value for name, value in deployed.outputs.items() if name.endswith("LogGroup")}
    assert {each["logGroupName"] for each in groups} == wanted
    assert {each["retentionInDays"] for each in groups} == {365}


def test_every_alarm_reaches_the_topic(deployed):
    alarms = deployed.client("cloudwatch").describe_alarms()["MetricAlarms"]

    assert len(alarms) > 20
    assert {action for each in alarms for action in each["AlarmActions"]} == {
        deployed.outputs["AlarmsTopic"]
    }


@pytest.mark.parametrize("role", ["api-handler", "table-stream", "sweep", "delivery-by-sns"])
def test_no_function_may_read_the_table_through(deployed, role):
    with pytest.raises(ClientError) as refused:
        deployed.client("dynamodb", role).scan(TableName=deployed.outputs["TableName"])

    assert code_of(refused) == "AccessDenied"


@pytest.mark.parametrize("partition", ["LINK#a", "SESSION#a", "DRAFT#a"])
def test_a_job_is_refused_what_belongs_to_a_person_at_a_page(deployed, partition):
    table, key = deployed.outputs["TableName"], {"pk": {"S": partition}, "sk": {"S": "LINK"}}

    deployed.client("dynamodb", "api-handler").get_item(TableName=table, Key=key)
    with pytest.raises(ClientError) as refused:
        deployed.client("dynamodb", "sweep").get_item(TableName=table, Key=key)

    assert code_of(refused) == "AccessDenied"


def test_only_the_sweep_may_ask_what_is_due(deployed):
    question = {
        "TableName": deployed.outputs["TableName"],
        "IndexName": "due",
        "KeyConditionExpression": "due_pk = :due",
        "ExpressionAttributeValues": {":due": {"S": "MESSAGES"}},
    }

    assert deployed.client("dynamodb", "sweep").query(**question)["Items"] == []
    with pytest.raises(ClientError) as refused:
        deployed.client("dynamodb", "delivery-by-sns").query(**question)

    assert code_of(refused) == "AccessDenied"


def test_only_the_pages_make_a_case_key_and_only_for_a_case(deployed):
    request = {"KeyId": deployed.outputs["DataKeyId"], "KeySpec": "AES_256"}
    pages = deployed.client("kms", "api-handler")

    wrapped = pages.generate_data_key(**request, EncryptionContext=CASE)["CiphertextBlob"]
    opened = deployed.client("kms", "sweep").decrypt(
        KeyId=request["KeyId"], CiphertextBlob=wrapped, EncryptionContext=CASE
    )
    assert opened["Plaintext"]
    for kms, context in (
        (pages, {}),
        (pages, {"other": "018f4a1e"}),
        (deployed.client("kms", "sweep"), CASE),
    ):
        with pytest.raises(ClientError) as refused:
            kms.generate_data_key(**request, EncryptionContext=context)
        assert code_of(refused) == "AccessDenied"


def test_a_referral_is_kept_encrypted_under_its_prefix_or_not_at_all(deployed):
    pages, bucket = deployed.client("s3", "api-handler"), deployed.outputs["ReferralsBucket"]
    sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": deployed.outputs["StorageKeyId"]}

    pages.put_object(Bucket=bucket, Key="referrals/a/b", Body=b"sealed", **sealed)
    for key, encryption in (("elsewhere/a", sealed), ("referrals/a/c", {})):
        with pytest.raises(ClientError) as refused:
            pages.put_object(Bucket=bucket, Key=key, Body=b"sealed", **encryption)
        assert code_of(refused) == "AccessDenied"


def test_a_job_is_refused_every_referral(deployed):
    with pytest.raises(ClientError) as refused:
        deployed.client("s3", "sweep").get_object(
            Bucket=deployed.outputs["ReferralsBucket"], Key="referrals/a/b"
        )

    assert code_of(refused) == "AccessDenied"


@pytest.mark.parametrize(
    "role, sender", [("api-handler", SENDER), ("sweep", "somebody-else@example.org")]
)
def test_mail_is_sent_by_jobs_and_from_our_own_address(deployed, role, sender):
    words = {"Data": "An invented subject"}
    message = {
        "Destination": {"ToAddresses": ["chair@example.org"]},
        "Content": {"Simple": {"Subject": words, "Body": {"Text": words}}},
    }
    deployed.client("sesv2").create_email_identity(EmailIdentity="example.org")
    try:
        sent = deployed.client("sesv2", "sweep").send_email(FromEmailAddress=SENDER, **message)
        with pytest.raises(ClientError) as refused:
            deployed.client("sesv2", role).send_email(FromEmailAddress=sender, **message)
    finally:
        deployed.client("sesv2").delete_email_identity(EmailIdentity="example.org")

    assert sent["MessageId"]
    assert code_of(refused) == "AccessDenied"
