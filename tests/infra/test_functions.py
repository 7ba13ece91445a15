"""What the packaged template promises of each function: a role, a log, and a place for failures."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra import rules
from tests.infra.template import load

FUNCTIONS = {
    "APIHandler": "api-handler",
    "TableStream": "table-stream",
    "Sweep": "sweep",
    "DeliveryBySns": "delivery-by-sns",
    "DeliveryByEventbridge": "delivery-by-eventbridge",
    "ScanResult": "scan-result",
}
ROLES = {name: f"{name}Role" for name in FUNCTIONS} | {"APIHandler": "ApiHandlerRole"}
GROUPS = {name: f"{name}LogGroup" for name in FUNCTIONS} | {"APIHandler": "ApiHandlerLogGroup"}
FAILURES = {
    "TableStream": "TableStreamFailures",
    "Sweep": "SweepFailures",
    "DeliveryBySns": "DeliveryFailures",
    "DeliveryByEventbridge": "DeliveryFailures",
    "ScanResult": "ScanFailures",
}
JOBS = tuple(FAILURES)
# The gateway waits 29 seconds for a page.
GATEWAY_SECONDS = 29


def of_kind(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: each for name, each in resources.items() if each["Type"] == kind}


def set_aside(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [FAILURES[name], "Arn"]}


def event(resources: dict[str, Any], name: str) -> dict[str, Any]:
    (only,) = resources[name]["Properties"]["Events"].values()
    found: dict[str, Any] = only["Properties"]
    return found


@pytest.mark.aws
def test_the_packaged_template_is_sound(packaged, tmp_path):
    written = tmp_path / "template.json"
    rules.write(packaged, written)
    linter = Path(__file__).parents[2] / ".venv-aws" / "bin" / "cfn-lint"

    done = subprocess.run([linter, written], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_these_are_all_the_functions(resources):
    assert set(of_kind(resources, "AWS::Serverless::Function")) == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_a_role_and_a_policy_of_its_own(resources, name):
    role = resources[ROLES[name]]["Properties"]

    assert resources[name]["Properties"]["Role"] == {"Fn::GetAtt": [ROLES[name], "Arn"]}
    assert role["RoleName"] == {"Fn::Sub": f"safeguarding-${{Stage}}-{FUNCTIONS[name]}"}
    assert len(role["Policies"]) == 1
    assert "ManagedPolicyArns" not in role


def test_the_key_of_the_cases_opens_to_exactly_these_roles():
    key = load("keys.yaml")["Resources"]["DataKey"]["Properties"]["KeyPolicy"]
    (use,) = [each for each in key["Statement"] if each["Sid"] == "WrapAndUnwrapCaseKeys"]

    allowed = {
        arn["Fn::Sub"].rpartition("-${Stage}-")[2]
        for arn in use["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    }
    assert allowed == set(FUNCTIONS.values())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_writes_into_a_log_that_is_there_before_it(resources, name):
    logging = resources[name]["Properties"]["LoggingConfig"]

    assert logging == {"LogFormat": "Text", "LogGroup": {"Ref": GROUPS[name]}}


def test_every_log_is_encrypted_and_has_an_end(resources):
    for name, group in of_kind(resources, "AWS::Logs::LogGroup").items():
        properties = group["Properties"]

        assert properties["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name
        assert properties["KmsKeyId"] == {"Fn::GetAtt": ["OperationsKey", "Arn"]}, name


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_traced_and_its_memory_is_a_setting(resources, name):
    properties = resources[name]["Properties"]

    assert properties["Tracing"] == "Active"
    assert properties["MemorySize"] == {"Ref": "MemoryMb"}


def test_a_page_gives_up_before_the_gateway_does(resources):
    assert resources["APIHandler"]["Properties"]["Timeout"] < GATEWAY_SECONDS


@pytest.mark.parametrize("name", [name for name in JOBS if name != "TableStream"])
def test_a_call_that_fails_is_set_aside(resources, name):
    wanted = {"OnFailure": {"Type": "SQS", "Destination": set_aside(name)}}

    assert resources[name]["Properties"]["EventInvokeConfig"]["DestinationConfig"] == wanted


def test_a_record_of_the_stream_that_fails_is_set_aside_alone(resources):
    source = event(resources, "TableStream")

    assert source["Stream"] == {"Ref": "TableStreamArn"}
    assert source["BisectBatchOnFunctionError"] is True
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["MaximumRetryAttempts"] > 0
    assert source["DestinationConfig"]["OnFailure"]["Destination"] == set_aside("TableStream")


def test_only_new_messages_and_asks_wake_the_streams_function(resources):
    (only,) = event(resources, "TableStream")["FilterCriteria"]["Filters"]

    assert '"eventName": ["INSERT"]' in only["Pattern"]
    assert '"kind": {"S": ["message", "ask"]}' in only["Pattern"]


@pytest.mark.parametrize("name", ["Sweep", "DeliveryByEventbridge", "ScanResult"])
def test_an_event_that_does_not_reach_its_function_is_set_aside(resources, name):
    assert event(resources, name)["DeadLetterConfig"] == {"Arn": set_aside(name)}


def test_a_notification_that_does_not_reach_its_function_is_set_aside(resources):
    subscription = event(resources, "DeliveryBySns")

    assert subscription["Topic"] == {"Fn::Sub": "${DeliveryEvents}"}
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": set_aside("DeliveryBySns")}


def test_the_mail_of_other_stages_is_not_ours(resources):
    pattern = event(resources, "DeliveryByEventbridge")["Pattern"]

    assert pattern["source"] == ["aws.ses"]
    assert pattern["detail"]["mail"]["tags"] == {
        "ses:configuration-set": [{"Ref": "ConfigurationSet"}]
    }


def test_the_scans_of_other_buckets_are_not_ours(resources):
    pattern = event(resources, "ScanResult")["Pattern"]

    assert pattern["source"] == ["aws.guardduty"]
    assert pattern["detail-type"] == ["GuardDuty Malware Protection Object Scan Result"]
    assert pattern["detail"]["s3ObjectDetails"] == {"bucketName": [{"Ref": "QuarantineBucket"}]}


def test_the_scanner_looks_at_every_file_that_comes_into_quarantine(packaged, resources):
    plan = resources["ScannerPlan"]["Properties"]

    assert plan["ProtectedResource"]["S3Bucket"] == {
        "BucketName": {"Ref": "QuarantineBucket"},
        "ObjectPrefixes": ["quarantine/"],
    }
    assert plan["Actions"] == {"Tagging": {"Status": "ENABLED"}}
    assert plan["Role"] == {"Ref": "ScannerRoleArn"}
    assert packaged["Parameters"]["MalwareProtection"]["Default"] == "true"
    assert resources["ScannerPlan"]["Condition"] == "ScansFiles"
