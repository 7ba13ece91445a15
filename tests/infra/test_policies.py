"""Each function's policy, action by action. Whoever widens one has to say so here."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.infra.template import INFRA

READS = {"dynamodb:GetItem", "dynamodb:BatchGetItem"}
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem"}
SENDS = {"ses:SendEmail", "ses:SendRawEmail"}
SETS_ASIDE = {"sqs:SendMessage", "kms:GenerateDataKey"}
ALL = {
    "kms:Decrypt",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
# What each function's code calls, and nothing else.
ALLOWED = {
    "api_handler": ALL
    | READS
    | WRITES
    | {"dynamodb:Query", "dynamodb:DeleteItem"}
    | {"kms:GenerateDataKey", "s3:GetObject", "s3:PutObject"},
    "table_stream": ALL
    | READS
    | WRITES
    | SENDS
    | SETS_ASIDE
    | {"dynamodb:DescribeStream", "dynamodb:GetRecords"}
    | {"dynamodb:GetShardIterator", "dynamodb:ListStreams"},
    "sweep": ALL | READS | WRITES | SENDS | SETS_ASIDE | {"dynamodb:Query"},
    "delivery_by_sns": ALL | READS | WRITES | SETS_ASIDE,
    "delivery_by_eventbridge": ALL | READS | WRITES | SETS_ASIDE,
}
# The reasons for each statement about every resource there is.
ANY_RESOURCE = {"TraceItself": "X-Ray knows no resources: a trace is sent to the account's region."}
CASE_ONLY = {
    "Null": {"kms:EncryptionContext:case": "false"},
    "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["case"]},
}


def statements(name: str) -> list[dict[str, Any]]:
    policy = json.loads((INFRA / "policies" / f"{name}.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = policy["Statement"]
    return found


def actions(statement: dict[str, Any]) -> set[str]:
    named = statement["Action"]
    return {named} if isinstance(named, str) else set(named)


def test_every_policy_is_listed_here():
    assert {path.stem for path in (INFRA / "policies").iterdir()} == set(ALLOWED)


@pytest.mark.parametrize("name", ALLOWED)
def test_a_function_may_do_what_its_code_calls_and_no_more(name):
    allowed = set().union(*(actions(each) for each in statements(name)))

    assert allowed == ALLOWED[name]


@pytest.mark.parametrize("name", ALLOWED)
def test_nothing_is_allowed_on_everything_without_a_reason(name):
    for each in statements(name):
        assert each["Effect"] == "Allow"
        assert not [action for action in actions(each) if "*" in action]
        assert each["Resource"] != "*" or each["Sid"] in ANY_RESOURCE, each["Sid"]


@pytest.mark.parametrize("name", ALLOWED)
def test_case_keys_open_for_a_case_only(name):
    found = [each for each in statements(name) if each["Resource"] == {"Ref": "DataKeyId"}]

    assert found
    assert all(each["Condition"] == CASE_ONLY for each in found)


@pytest.mark.parametrize("name", ALLOWED)
def test_other_keys_open_through_their_services_only(name):
    for each in statements(name):
        if any(action.startswith("kms:") for action in actions(each)):
            condition = each["Condition"]

            assert condition == CASE_ONLY or "kms:ViaService" in condition["StringEquals"]


@pytest.mark.parametrize("name", [name for name in ALLOWED if name != "api_handler"])
def test_jobs_reach_neither_drafts_nor_links_nor_sessions(name):
    for each in statements(name):
        if actions(each) & (READS | WRITES):
            leading = each["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]

            assert leading == ["CASE#*"]


def test_the_pages_send_no_mail_and_the_jobs_read_no_referral():
    pages = set().union(*(actions(each) for each in statements("api_handler")))
    jobs = [
        action
        for name in ALLOWED
        if name != "api_handler"
        for each in statements(name)
        for action in actions(each)
    ]

    assert not pages & SENDS
    assert not [action for action in jobs if action.startswith("s3:")]


def test_referrals_are_kept_under_their_own_prefix():
    (only,) = [each for each in statements("api_handler") if "s3:PutObject" in actions(each)]

    assert only["Resource"]["Fn::Sub"].endswith(":::${ReferralsBucket}/referrals/*")


@pytest.mark.parametrize("name", ["table_stream", "sweep"])
def test_mail_leaves_from_our_own_address_only(name):
    (only,) = [each for each in statements(name) if actions(each) & SENDS]

    assert only["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
