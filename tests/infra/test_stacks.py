"""Both stacks on a local AWS that checks policies, and what the functions' roles may do there."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.deploying.enclosure import StandIn
from infra.local import emulator
from tests.infra.stacks import CASE, SENDER, code_of

pytestmark = pytest.mark.aws


def test_the_packaged_template_makes_a_stack(deployed):
    assert deployed.app["StackStatus"] == "CREATE_COMPLETE", deployed.app.get("StackStatusReason")


def test_each_job_has_what_starts_it(deployed):
    (source,) = deployed.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    rules = deployed.client("events").list_rules()["Rules"]
    topics = deployed.client("sns").list_subscriptions()["Subscriptions"]

    assert source["EventSourceArn"] == deployed.outputs["TableStreamArn"]
    assert source["BisectBatchOnFunctionError"] is True
    assert {rule.get("ScheduleExpression") for rule in rules} == {None, "rate(1 minute)"}
    assert {
        json.loads(rule["EventPattern"])["source"][0] for rule in rules if "EventPattern" in rule
    } == {
        "aws.ses",
        "aws.guardduty",
    }
    assert {each["Protocol"] for each in topics} == {"lambda", "email"}


@pytest.mark.parametrize("other", [{}, {"bucket": "another-bucket"}], ids=["ours", "another's"])
def test_the_scans_of_our_own_bucket_wake_the_job_that_checks(deployed, other):
    bucket = other.get("bucket", deployed.outputs["QuarantineBucket"])
    event = StandIn(boto3.Session(region_name=emulator.REGION), bucket, "").event("a", "1")
    patterns = [
        rule["EventPattern"]
        for rule in deployed.client("events").list_rules()["Rules"]
        if "aws.guardduty" in rule.get("EventPattern", "")
    ]

    (pattern,) = patterns
    answer = deployed.client("events").test_event_pattern(
        EventPattern=pattern, Event=json.dumps(event)
    )
    assert answer["Result"] is not bool(other)


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


@pytest.mark.parametrize(
    "role, partition",
    [
        ("sweep", "SESSION#a"),
        ("table-stream", "SESSION#a"),
        ("table-stream", "FILES#a"),
        ("delivery-by-eventbridge", "ASK#a"),
        ("scan-result", "LINK#a"),
        ("scan-result", "MAILBOX#a"),
        ("scan-result", "LIMIT#a"),
    ],
)
def test_a_job_is_refused_items_that_are_not_its_work(deployed, role, partition):
    table, key = deployed.outputs["TableName"], {"pk": {"S": partition}, "sk": {"S": "a"}}

    deployed.client("dynamodb", "api-handler").get_item(TableName=table, Key=key)
    with pytest.raises(ClientError) as refused:
        deployed.client("dynamodb", role).get_item(TableName=table, Key=key)

    assert code_of(refused) == "AccessDenied"


def test_pseudonyms_are_made_by_those_who_look_people_up(deployed):
    request = {
        "KeyId": deployed.outputs["LookupKeyId"],
        "Message": b"pseudonyms/mailbox",
        "MacAlgorithm": "HMAC_SHA_256",
    }

    macs = {
        deployed.client("kms", role).generate_mac(**request)["Mac"]
        for role in ("api-handler", "table-stream", "sweep")
    }
    with pytest.raises(ClientError) as refused:
        deployed.client("kms", "scan-result").generate_mac(**request)

    assert len(macs) == 1
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
