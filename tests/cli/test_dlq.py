"""``dlq``: dead letters are counted without being quoted, and go back to their functions."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from infra.deploying import stacks
from infra.operating import letters
from tests.cli.operator import NAME, Operator, at_work
from tests.stage import Stage

pytestmark = pytest.mark.aws

PRIVATE = "canary001@canary.example.org"
# Each function writes what it was given into a queue, where the test reads it.
TEMPLATE = {
    "Resources": {
        "Seen": {"Type": "AWS::SQS::Queue"},
        **{
            name: {"Type": "AWS::SQS::Queue"}
            for name in ("TableStreamFailures", "SweepFailures", "DeliveryFailures")
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
        },
        "DeliveryBySns": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "delivery-by-sns",
                "Handler": "index.handle",
                "Runtime": "python3.11",
                "Timeout": 10,
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Environment": {"Variables": {"SEEN": {"Ref": "Seen"}}},
                "Code": {
                    "ZipFile": "import json, os\nimport boto3\n\n\ndef handle(event, context):\n"
                    "    boto3.client('sqs').send_message(\n"
                    "        QueueUrl=os.environ['SEEN'], MessageBody=json.dumps(event)\n    )\n"
                },
            },
        },
    },
    "Outputs": {
        "SeenUrl": {"Value": {"Ref": "Seen"}},
        "DeliveryBySnsName": {"Value": {"Ref": "DeliveryBySns"}},
        "DeliveryBySnsArn": {"Value": {"Fn::GetAtt": ["DeliveryBySns", "Arn"]}},
        **{
            f"{name}Url": {"Value": {"Ref": name}}
            for name in ("TableStreamFailures", "SweepFailures", "DeliveryFailures")
        },
    },
}


@dataclass
class Deployed:
    """An operator, and a stage whose application has a function and its queues."""

    operator: Operator
    outputs: dict[str, str]
    sqs: Any

    def lay(self, queue: str, body: object, **attributes: str) -> None:
        """Put a dead letter into a queue."""
        self.sqs.send_message(
            QueueUrl=self.outputs[f"{queue}Url"],
            MessageBody=body if isinstance(body, str) else json.dumps(body),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value}
                for name, value in attributes.items()
            },
        )

    def seen(self) -> object:
        """The next event that the function was given."""
        answer = self.sqs.receive_message(QueueUrl=self.outputs["SeenUrl"], WaitTimeSeconds=20)
        (message,) = answer["Messages"]
        self.sqs.delete_message(
            QueueUrl=self.outputs["SeenUrl"], ReceiptHandle=message["ReceiptHandle"]
        )
        return json.loads(message["Body"])

    def waiting(self) -> dict[str, int]:
        told = self.operator.json("dlq", "list", NAME)
        return {each["name"]: each["waiting"] for each in told}


@pytest.fixture
def deployed(stage: Stage) -> Deployed:
    outputs = stacks.deploy(
        boto3.client("cloudformation"),
        "safeguarding-local",
        template=json.dumps(TEMPLATE),
        parameters={},
        poll_seconds=0.05,
    )
    return Deployed(at_work(stage), outputs, boto3.client("sqs"))


def test_letters_are_counted_and_not_quoted(deployed: Deployed):
    function = deployed.outputs["DeliveryBySnsArn"]
    context = {"functionArn": f"{function}:$LATEST", "condition": "RetriesExhausted"}
    deployed.lay("DeliveryFailures", {"requestContext": context, "requestPayload": {"to": PRIVATE}})
    assert deployed.waiting() == {
        "DeliveryFailures": 1,
        "SweepFailures": 0,
        "TableStreamFailures": 0,
    }
    told = deployed.operator.json("dlq", "list", NAME)
    said = deployed.operator.run("dlq", "list", NAME).output
    (letter,) = told[0]["letters"]
    assert (letter["function"], letter["cause"]) == ("delivery-by-sns", "RetriesExhausted")
    assert "delivery-by-sns" in said
    assert PRIVATE not in said + json.dumps(told)


def failed_at_every_try(outputs: dict[str, str]) -> tuple[object, dict[str, str]]:
    context = {"functionArn": outputs["DeliveryBySnsArn"], "condition": "RetriesExhausted"}
    return {"requestContext": context, "requestPayload": {"detail": 1}}, {}


def never_reached_by_a_rule(outputs: dict[str, str]) -> tuple[object, dict[str, str]]:
    return {"detail": 1}, {"TARGET_ARN": outputs["DeliveryBySnsArn"], "ERROR_CODE": "NO"}


@pytest.mark.parametrize("lost", [failed_at_every_try, never_reached_by_a_rule])
def test_an_event_goes_back_to_its_function(
    deployed: Deployed, lost: Callable[[dict[str, str]], tuple[object, dict[str, str]]]
):
    body, attributes = lost(deployed.outputs)
    deployed.lay("DeliveryFailures", body, **attributes)
    told = deployed.operator.json("dlq", "redrive", NAME)
    assert told == {"DeliveryFailures": {"sent": 1}}
    assert deployed.seen() == {"detail": 1}
    assert deployed.waiting()["DeliveryFailures"] == 0


def test_a_notification_goes_back_as_its_function_knows_it(deployed: Deployed):
    notification = {"Type": "Notification", "Message": "{}", "TopicArn": "arn:aws:sns:::events"}
    deployed.lay("DeliveryFailures", notification)
    deployed.operator.run("dlq", "redrive", NAME)
    seen: Any = deployed.seen()
    assert seen["Records"][0]["Sns"] == notification


def test_positions_in_the_stream_are_settled_by_the_sweep(deployed: Deployed):
    context = {"functionArn": deployed.outputs["DeliveryBySnsArn"]}
    deployed.lay("TableStreamFailures", {"requestContext": context, "DDBStreamBatchInfo": {}})
    told = deployed.operator.json("dlq", "redrive", NAME)
    assert told == {"TableStreamFailures": {"settled": 1}}
    assert deployed.waiting()["TableStreamFailures"] == 0


@pytest.mark.parametrize("body", ["not JSON", "[]", '{"what": "ever"}'])
def test_an_unknown_letter_is_left_and_said_to_be(deployed: Deployed, body: str):
    deployed.lay("SweepFailures", body)
    assert "not known" in deployed.operator.refused("dlq", "redrive", NAME, code=1)


def test_more_than_a_batch_is_sent_back(deployed: Deployed):
    for _ in range(letters.BATCH + 3):
        deployed.lay("TableStreamFailures", {"DDBStreamBatchInfo": {}})
    told = deployed.operator.json("dlq", "redrive", NAME)
    assert told == {"TableStreamFailures": {"settled": letters.BATCH + 3}}


def test_a_dry_run_moves_nothing(deployed: Deployed):
    deployed.lay("TableStreamFailures", {"DDBStreamBatchInfo": {}})
    told = deployed.operator.json("dlq", "redrive", NAME, "--dry-run")
    assert told == {"waiting": 1, "dry_run": True}
    assert deployed.waiting()["TableStreamFailures"] == 1


def test_a_stage_without_an_application_has_no_queues(stage: Stage):
    said = at_work(stage).refused("dlq", "list", NAME, code=1)
    assert "infra deploy local" in said
