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
FORGETS = {"dynamodb:DeleteItem"}
# Removing a file removes every version of it, so that nothing is left to be brought back.
REMOVES_FILES = {"s3:ListBucketVersions", "s3:DeleteObject", "s3:DeleteObjectVersion"}
NAMES = {"kms:GenerateMac"}
# What each function's code calls, and nothing else.
ALLOWED = {
    "api_handler": ALL
    | READS
    | WRITES
    | FORGETS
    | NAMES
    | REMOVES_FILES
    | {"dynamodb:Query", "kms:GenerateDataKey"}
    | {"s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetObjectVersion"},
    "table_stream": ALL
    | READS
    | WRITES
    | FORGETS
    | NAMES
    | SENDS
    | SETS_ASIDE
    | {"dynamodb:Query", "dynamodb:DescribeStream", "dynamodb:GetRecords"}
    | {"dynamodb:GetShardIterator", "dynamodb:ListStreams"},
    "sweep": ALL
    | READS
    | WRITES
    | FORGETS
    | NAMES
    | SENDS
    | SETS_ASIDE
    | REMOVES_FILES
    | {"dynamodb:Query", "s3:ListBucket"},
    "delivery_by_sns": ALL | READS | WRITES | SETS_ASIDE,
    "delivery_by_eventbridge": ALL | READS | WRITES | SETS_ASIDE,
    "scan_result": ALL
    | READS
    | FORGETS
    | SETS_ASIDE
    | REMOVES_FILES
    | {"dynamodb:Query", "dynamodb:PutItem", "s3:GetObjectVersion", "s3:PutObject"},
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
        if any(action.startswith("kms:") for action in actions(each) - NAMES):
            condition = each["Condition"]

            assert condition == CASE_ONLY or "kms:ViaService" in condition["StringEquals"]


@pytest.mark.parametrize("name", ["api_handler", "table_stream", "sweep"])
def test_the_lookup_key_makes_pseudonyms_and_nothing_else(name):
    (only,) = [each for each in statements(name) if each["Resource"] == {"Ref": "LookupKeyId"}]

    assert actions(only) == NAMES


def leading(name: str, wanted: set[str]) -> set[str]:
    """The kinds of items on which a function may do any of these."""
    return {
        kind
        for each in statements(name)
        if each["Resource"] == {"Ref": "TableArn"} and actions(each) & wanted
        for kind in each["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    }


ASKED = {"ASK#*", "LIMIT#*", "LINK#*"}
OWNERS = {"CASE#*", "DRAFT#*"}
EVERY = OWNERS | ASKED | {"FILES#*", "MAILBOX#*", "SESSION#*"}
# On which kinds of items each function acts: what it reads, what it writes, what it deletes.
ITEMS: dict[str, tuple[set[str], set[str], set[str]]] = {
    "api_handler": (EVERY, EVERY, EVERY),
    "table_stream": (OWNERS | ASKED | {"MAILBOX#*"}, OWNERS | ASKED, {"ASK#*"}),
    "sweep": (
        OWNERS | ASKED | {"FILES#*", "MAILBOX#*"},
        OWNERS | ASKED | {"FILES#*"},
        {"ASK#*", "DRAFT#*", "FILES#*", "MAILBOX#*"},
    ),
    "delivery_by_sns": (OWNERS, OWNERS, set()),
    "delivery_by_eventbridge": (OWNERS, OWNERS, set()),
    "scan_result": (OWNERS | {"FILES#*"}, {"CASE#*", "FILES#*"}, {"FILES#*"}),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_function_acts_on_its_own_kinds_of_items_only(name):
    found = (leading(name, each) for each in (READS | {"dynamodb:Query"}, WRITES, FORGETS))

    assert tuple(found) == ITEMS[name]


def test_no_job_reaches_a_session():
    jobs = [name for name in ALLOWED if name != "api_handler"]

    assert not [name for name in jobs if "SESSION#*" in leading(name, READS | WRITES | FORGETS)]


def test_only_the_sweep_asks_what_is_due_and_of_what_kind():
    (due,) = [each for each in statements("sweep") if each["Resource"] != {"Ref": "TableArn"}][:1]

    assert due["Resource"] == {"Fn::Sub": "${TableArn}/index/due"}
    assert set(due["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]) == {
        *("ASKS", "CHECKS", "DRAFTS", "FILES", "MESSAGES")
    }


def on_bucket(name: str, bucket: str) -> dict[str, set[str]]:
    """What a function may do in a bucket, with the bucket itself and with which objects."""
    found: dict[str, set[str]] = {}
    for each in statements(name):
        resources = each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]]
        for resource in resources:
            text = str(resource.get("Fn::Sub", "")) if isinstance(resource, dict) else ""
            if f"${{{bucket}}}" in text:
                found.setdefault(text.rpartition("}")[2], set()).update(actions(each))
    return found


REMOVED = {"s3:DeleteObject", "s3:DeleteObjectVersion"}
LISTED = {"s3:ListBucketVersions"}
# What each function does in each bucket: with the bucket itself, and with objects of its prefix.
IN_BUCKETS = {
    "api_handler": {
        "ReferralsBucket": {"/referrals/*": {"s3:GetObject", "s3:PutObject"}},
        "QuarantineBucket": {
            "": LISTED | {"s3:ListBucket"},
            "/quarantine/*": REMOVED | {"s3:PutObject"},
        },
        "AttachmentsBucket": {"": LISTED, "/attachments/*": REMOVED | {"s3:GetObjectVersion"}},
    },
    "sweep": {
        "ReferralsBucket": {},
        "QuarantineBucket": {"": LISTED | {"s3:ListBucket"}, "/quarantine/*": REMOVED},
        "AttachmentsBucket": {"": LISTED, "/attachments/*": REMOVED},
    },
    "scan_result": {
        "ReferralsBucket": {},
        "QuarantineBucket": {"": LISTED, "/quarantine/*": REMOVED | {"s3:GetObjectVersion"}},
        "AttachmentsBucket": {"": LISTED, "/attachments/*": REMOVED | {"s3:PutObject"}},
    },
}


@pytest.mark.parametrize("name", ALLOWED)
@pytest.mark.parametrize("bucket", ["ReferralsBucket", "QuarantineBucket", "AttachmentsBucket"])
def test_a_function_does_its_own_work_in_a_bucket_and_no_other(name, bucket):
    assert on_bucket(name, bucket) == IN_BUCKETS.get(name, {}).get(bucket, {})


@pytest.mark.parametrize("name", ["api_handler", "sweep", "scan_result"])
def test_lists_of_files_are_read_case_by_case(name):
    listing = {"s3:ListBucket", "s3:ListBucketVersions"}

    for each in statements(name):
        if actions(each) & listing:
            assert actions(each) <= listing
            (prefix,) = [each["Condition"]["StringLike"]["s3:prefix"]]
            assert prefix in ("quarantine/*", "attachments/*")


def test_the_pages_send_no_mail_and_the_jobs_read_no_referral():
    pages = set().union(*(actions(each) for each in statements("api_handler")))

    assert not pages & SENDS
    assert not [
        name for name in ALLOWED if name != "api_handler" and on_bucket(name, "ReferralsBucket")
    ]


@pytest.mark.parametrize("name", ["table_stream", "sweep"])
def test_mail_leaves_from_our_own_address_only(name):
    (only,) = [each for each in statements(name) if actions(each) & SENDS]

    assert only["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
