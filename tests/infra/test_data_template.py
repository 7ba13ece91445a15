"""What the stateful template promises. The local AWS drops most of it in silence, so the template
itself is what these tests read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.infra.template import load

RESOURCES: dict[str, dict[str, Any]] = load("data.yaml")["Resources"]
TABLE = RESOURCES["Table"]["Properties"]
BUCKETS = ("ReferralsBucket", "AccessLogsBucket")
KEYS = ("DataKey", "StorageKey")
OPENS = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}


def statements(resource: str) -> dict[str, dict[str, Any]]:
    properties = RESOURCES[resource]["Properties"]
    policy = properties.get("KeyPolicy") or properties["PolicyDocument"]
    return {each["Sid"]: each for each in policy["Statement"]}


@pytest.mark.parametrize("name", RESOURCES)
def test_everything_outlives_its_stack(name):
    assert RESOURCES[name]["DeletionPolicy"] == "Retain"
    assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


def test_the_table_is_encrypted_with_our_own_key():
    assert TABLE["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": {"Fn::GetAtt": ["StorageKey", "Arn"]},
    }


def test_the_table_can_be_restored_to_any_second_of_five_weeks():
    assert TABLE["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 35,
    }


def test_the_table_cannot_be_deleted_by_mistake():
    assert TABLE["DeletionProtectionEnabled"] is True


def test_what_has_an_end_expires_by_itself():
    assert TABLE["TimeToLiveSpecification"] == {"AttributeName": "expires_epoch", "Enabled": True}


def test_the_table_is_paid_by_request():
    assert TABLE["BillingMode"] == "PAY_PER_REQUEST"


def test_the_stream_carries_the_new_item():
    assert TABLE["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}


@pytest.mark.parametrize(
    "index, keys", [("due", ["due_pk", "due_at"]), ("cases", ["list_pk", "list_sk"])]
)
def test_a_list_is_read_by_its_own_index(index, keys):
    found = {each["IndexName"]: each for each in TABLE["GlobalSecondaryIndexes"]}

    assert [key["AttributeName"] for key in found[index]["KeySchema"]] == keys


@pytest.mark.parametrize("bucket", BUCKETS)
def test_no_bucket_can_be_public(bucket):
    assert RESOURCES[bucket]["Properties"]["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }


@pytest.mark.parametrize("bucket", BUCKETS)
def test_every_bucket_keeps_former_versions(bucket):
    assert RESOURCES[bucket]["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_no_object_belongs_to_another_account(bucket):
    rules = RESOURCES[bucket]["Properties"]["OwnershipControls"]["Rules"]

    assert rules == [{"ObjectOwnership": "BucketOwnerEnforced"}]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_every_bucket_refuses_plain_http(bucket):
    refusal = statements(f"{bucket}Policy")["RefusePlainHttp"]

    assert (refusal["Effect"], refusal["Principal"], refusal["Action"]) == ("Deny", "*", "s3:*")
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert refusal["Resource"] == [
        {"Fn::GetAtt": [bucket, "Arn"]},
        {"Fn::Sub": f"${{{bucket}.Arn}}/*"},
    ]


def test_referrals_are_encrypted_with_our_own_key():
    rules = RESOURCES["ReferralsBucket"]["Properties"]["BucketEncryption"]

    assert rules["ServerSideEncryptionConfiguration"] == [
        {
            "BucketKeyEnabled": True,
            "ServerSideEncryptionByDefault": {
                "SSEAlgorithm": "aws:kms",
                "KMSMasterKeyID": {"Fn::GetAtt": ["StorageKey", "Arn"]},
            },
        }
    ]


def test_a_put_that_is_not_encrypted_with_our_key_is_refused():
    policy = statements("ReferralsBucketPolicy")
    encrypted, key = policy["RefusePutsThatAreNotEncrypted"], policy["RefuseAnotherKey"]

    assert encrypted["Effect"] == key["Effect"] == "Deny"
    assert encrypted["Action"] == key["Action"] == "s3:PutObject"
    assert encrypted["Condition"] == {
        "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}
    }
    assert key["Condition"] == {
        "StringNotEquals": {
            "s3:x-amz-server-side-encryption-aws-kms-key-id": {"Fn::GetAtt": ["StorageKey", "Arn"]}
        }
    }


def test_reading_the_referrals_leaves_a_record():
    logging = RESOURCES["ReferralsBucket"]["Properties"]["LoggingConfiguration"]

    assert logging["DestinationBucketName"] == {"Ref": "AccessLogsBucket"}


def test_no_rule_ends_a_referral():
    rules = RESOURCES["ReferralsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    assert [set(rule) - {"Id", "Status"} for rule in rules] == [{"AbortIncompleteMultipartUpload"}]


def test_access_logs_end_after_their_days():
    rules = RESOURCES["AccessLogsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    assert rules[0]["Status"] == "Enabled"
    assert rules[0]["ExpirationInDays"] == {"Ref": "AccessLogDays"}


@pytest.mark.parametrize("key", KEYS)
def test_every_key_rotates_and_takes_a_month_to_delete(key):
    assert RESOURCES[key]["Properties"]["EnableKeyRotation"] is True
    assert RESOURCES[key]["Properties"]["PendingWindowInDays"] == 30


@pytest.mark.parametrize("key", KEYS)
def test_whoever_administers_a_key_cannot_open_what_it_wraps(key):
    actions = statements(key)["AdministerWithoutDecrypting"]["Action"]

    assert not OPENS & set(actions)
    assert not [each for each in actions if each in {"kms:*", "kms:CreateGrant"}]


def test_only_the_service_opens_a_case_key_and_only_in_a_context():
    use = statements("DataKey")["WrapAndUnwrapCaseKeys"]

    assert set(use["Action"]) == OPENS
    assert use["Condition"]["Null"] == {"kms:EncryptionContextKeys": "false"}
    assert "role/${ServiceRoles}" in use["Condition"]["ArnLike"]["aws:PrincipalArn"]["Fn::Sub"]


def test_a_case_key_without_a_context_is_refused_to_all():
    refusal = statements("DataKey")["RefuseWithoutContext"]

    assert (refusal["Effect"], refusal["Principal"]) == ("Deny", {"AWS": "*"})
    assert set(refusal["Action"]) == OPENS
    assert refusal["Condition"] == {"Null": {"kms:EncryptionContextKeys": "true"}}


def test_the_storage_key_works_only_through_the_table_and_the_bucket():
    services = [
        {"Fn::Sub": "dynamodb.${AWS::Region}.${AWS::URLSuffix}"},
        {"Fn::Sub": "s3.${AWS::Region}.${AWS::URLSuffix}"},
    ]
    policy = statements("StorageKey")

    use = policy["EncryptThroughTheTableAndTheBucket"]["Condition"]
    assert use == {"StringEquals": {"kms:ViaService": services}}
    grant = policy["LetTheTableHoldAGrant"]["Condition"]
    assert grant["StringEquals"] == {"kms:ViaService": services[0]}
