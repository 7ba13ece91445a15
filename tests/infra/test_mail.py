"""Mail, what tells of it, and the queues where failures wait, as the template has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.template import load

MAIL: dict[str, dict[str, Any]] = load("mail.yaml")["Resources"]
KEY = {"Fn::GetAtt": ["OperationsKey", "Arn"]}
TWO_WEEKS = 14 * 24 * 3600


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {name: each["Properties"] for name, each in MAIL.items() if each["Type"] == kind}


QUEUES = of_kind("AWS::SQS::Queue")
TOPICS = of_kind("AWS::SNS::Topic")
POLICIES = of_kind("AWS::SNS::TopicPolicy") | of_kind("AWS::SQS::QueuePolicy")
EVENTS = of_kind("AWS::SES::ConfigurationSetEventDestination")
TOLD = {"DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY_DELAY", "RENDERING_FAILURE"}


@pytest.mark.parametrize("name", QUEUES | TOPICS)
def test_what_may_hold_an_address_is_encrypted_with_our_own_key(name):
    assert (QUEUES | TOPICS)[name]["KmsMasterKeyId"] == KEY


@pytest.mark.parametrize("name", QUEUES)
def test_a_failure_waits_for_two_weeks(name):
    assert QUEUES[name]["MessageRetentionPeriod"] == TWO_WEEKS


@pytest.mark.parametrize("name", POLICIES)
def test_queues_and_topics_refuse_plain_http(name):
    statements = {each["Sid"]: each for each in POLICIES[name]["PolicyDocument"]["Statement"]}

    refusal = statements["RefusePlainHttp"]
    assert (refusal["Effect"], refusal["Principal"]) == ("Deny", "*")
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("name", POLICIES)
def test_only_our_own_senders_reach_queues_and_topics(name):
    for each in POLICIES[name]["PolicyDocument"]["Statement"]:
        if each["Effect"] == "Allow":
            named = [key for kind in each["Condition"].values() for key in kind]

            assert "Service" in each["Principal"]
            assert set(named) <= {"aws:SourceArn", "aws:SourceAccount"}


def test_whoever_administers_the_key_of_queues_cannot_open_what_it_wraps():
    key = MAIL["OperationsKey"]["Properties"]
    statements = {each["Sid"]: each for each in key["KeyPolicy"]["Statement"]}

    assert key["EnableKeyRotation"] is True
    assert not {"kms:*", "kms:Decrypt", "kms:Encrypt"} & set(statements["Administer"]["Action"])
    assert "kms:ViaService" in statements["UseThroughQueues"]["Condition"]["StringEquals"]


def test_a_message_leaves_under_tls_or_waits():
    assert MAIL["ConfigurationSet"]["Properties"]["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}


def test_an_address_that_bounced_or_complained_gets_no_more():
    options = MAIL["ConfigurationSet"]["Properties"]["SuppressionOptions"]

    assert options == {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]}


def test_nobody_follows_whether_a_message_is_opened_or_a_link_clicked():
    assert "TrackingOptions" not in MAIL["ConfigurationSet"]["Properties"]
    assert len(EVENTS) == 2
    for each in EVENTS.values():
        assert set(each["EventDestination"]["MatchingEventTypes"]) == TOLD


def test_an_alarm_reaches_a_person():
    subscription = MAIL["AlarmsByEmail"]

    assert subscription["Condition"] == "HasAlarmEmail"
    assert subscription["Properties"]["Endpoint"] == {"Ref": "AlarmEmail"}
    assert subscription["Properties"]["TopicArn"] == {"Ref": "Alarms"}
