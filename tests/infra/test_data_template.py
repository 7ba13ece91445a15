"""What the stateful template promises. The local AWS drops most of it in silence, so the template
itself is what these tests read."""

from __future__ import annotations

from typing import Any

import pytest

from infra.build import templates

TEMPLATE = templates.merged(templates.DATA)
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
TABLE = RESOURCES["Table"]["Properties"]
STORES = (
    "ReferralsBucket",
    "QuarantineBucket",
    "AttachmentsBucket",
    "PublicationsBucket",
    "ArtifactsBucket",
)
BUCKETS = (*STORES, "AccessLogsBucket")
KEYS = ("DataKey", "StorageKey")
OPENS = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
OUR_KEY = {"s3:x-amz-server-side-encryption-aws-kms-key-id": {"Fn::GetAtt": ["StorageKey", "Arn"]}}


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
    parameter = TEMPLATE["Parameters"]["TableDeletionProtection"]

    assert TABLE["DeletionProtectionEnabled"] == {"Ref": "TableDeletionProtection"}
    assert parameter["Default"] == "true"


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


@pytest.mark.parametrize("bucket", STORES)
def test_every_store_is_encrypted_with_our_own_key(bucket):
    rules = RESOURCES[bucket]["Properties"]["BucketEncryption"]

    assert rules["ServerSideEncryptionConfiguration"] == [
        {
            "BucketKeyEnabled": True,
            "ServerSideEncryptionByDefault": {
                "SSEAlgorithm": "aws:kms",
                "KMSMasterKeyID": {"Fn::GetAtt": ["StorageKey", "Arn"]},
            },
        }
    ]


@pytest.mark.parametrize("bucket", [name for name in STORES if name != "ArtifactsBucket"])
def test_a_put_that_is_not_encrypted_with_our_key_is_refused(bucket):
    # A put that names no key, or S3's own encryption, does not name ours either.
    refusal = statements(f"{bucket}Policy")["RefuseAnotherKey"]
    everything = {"Fn::Sub": f"${{{bucket}.Arn}}/*"}
    # GuardDuty's proof that it may write names no key; the bucket's own then encrypts it.
    but_the_proof = {"Fn::Sub": f"${{{bucket}.Arn}}/malware-protection-resource-validation-object"}
    expected = (but_the_proof, None) if bucket == "QuarantineBucket" else (None, everything)

    assert (refusal.get("NotResource"), refusal.get("Resource")) == expected
    assert (refusal["Effect"], refusal["Principal"]) == ("Deny", "*")
    assert refusal["Action"] == "s3:PutObject"
    assert refusal["Condition"] == {"StringNotEquals": OUR_KEY}


def test_a_build_may_be_put_without_a_wish_but_not_with_another():
    refusal = statements("ArtifactsBucketPolicy")["RefuseAnotherKey"]

    assert refusal["Condition"] == {
        "Null": {"s3:x-amz-server-side-encryption": "false"},
        "StringNotEquals": OUR_KEY,
    }


@pytest.mark.parametrize("bucket", STORES)
def test_reading_a_store_leaves_a_record(bucket):
    logging = RESOURCES[bucket]["Properties"]["LoggingConfiguration"]

    assert logging["DestinationBucketName"] == {"Ref": "AccessLogsBucket"}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_uploads_that_never_ended_go(bucket):
    (rule,) = RESOURCES[bucket]["Properties"]["LifecycleConfiguration"]["Rules"]

    assert rule["Status"] == "Enabled"
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 2}
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] > 0


@pytest.mark.parametrize("bucket", [name for name in STORES if name != "QuarantineBucket"])
def test_no_rule_ends_what_a_person_did_not_delete(bucket):
    rules = RESOURCES[bucket]["Properties"]["LifecycleConfiguration"]["Rules"]

    assert not [key for rule in rules for key in rule if key.startswith("Expiration")]


def test_what_nobody_checked_goes_after_thirty_days():
    (rule,) = RESOURCES["QuarantineBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    assert rule["ExpirationInDays"] == 30


def test_files_come_in_by_forms_of_our_own_pages_only():
    (rule,) = RESOURCES["QuarantineBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]
    (origin,) = rule["AllowedOrigins"]
    template, parts = origin["Fn::Sub"]

    assert rule["AllowedMethods"] == ["POST"]
    assert "AllowedHeaders" not in rule
    assert template == "${Scheme}//${Host}"
    assert parts == {
        "Scheme": {"Fn::Select": [0, {"Fn::Split": ["/", {"Ref": "BaseUrl"}]}]},
        "Host": {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "BaseUrl"}]}]},
    }


@pytest.mark.parametrize("bucket", [name for name in BUCKETS if name != "QuarantineBucket"])
def test_no_page_of_any_site_reaches_another_bucket(bucket):
    assert "CorsConfiguration" not in RESOURCES[bucket]["Properties"]


def test_the_scanner_hears_of_each_file_that_comes_in():
    told = RESOURCES["QuarantineBucket"]["Properties"]["NotificationConfiguration"]

    assert told == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


SCAN_RESULT = {
    "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/safeguarding-${Stage}-scan-result"
}


def test_only_scanning_reads_what_is_in_quarantine():
    refusal = statements("QuarantineBucketPolicy")["OnlyScanningReads"]

    assert (refusal["Effect"], refusal["Principal"]) == ("Deny", "*")
    assert {"s3:GetObject", "s3:GetObjectVersion"} < set(refusal["Action"])
    assert refusal["Resource"] == {"Fn::Sub": "${QuarantineBucket.Arn}/*"}
    assert refusal["Condition"] == {
        "ArnNotEquals": {"aws:PrincipalArn": [{"Fn::GetAtt": ["ScannerRole", "Arn"]}, SCAN_RESULT]}
    }


def test_only_the_job_that_checks_puts_where_downloads_come_from():
    refusal = statements("AttachmentsBucketPolicy")["OnlyCheckingPuts"]

    assert (refusal["Effect"], refusal["Principal"]) == ("Deny", "*")
    assert refusal["Action"] == "s3:PutObject"
    assert refusal["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": SCAN_RESULT}}


def scanner() -> dict[str, dict[str, Any]]:
    (policy,) = RESOURCES["ScannerRole"]["Properties"]["Policies"]
    return {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"]}


def test_the_scanner_may_do_what_its_guide_lists_and_no_more():
    actions = {sid: each["Action"] for sid, each in scanner().items()}

    assert actions == {
        "HearOfNewFiles": [
            *("events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets")
        ],
        "LookAfterTheRule": ["events:DescribeRule", "events:ListTargetsByRule"],
        "LetTheBucketTell": ["s3:GetBucketNotification", "s3:PutBucketNotification"],
        "KnowTheBucket": "s3:ListBucket",
        "ProveThatItMayWrite": "s3:PutObject",
        "ReadWhatIsNew": ["s3:GetObject", "s3:GetObjectVersion"],
        "WriteTheResultOnIt": [
            *("s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
            *("s3:PutObjectTagging", "s3:PutObjectVersionTagging"),
        ],
        "UseTheBucketsKey": ["kms:Decrypt", "kms:GenerateDataKey"],
    }
    assert all(
        "QuarantineBucket" in str(each["Resource"])
        for sid, each in scanner().items()
        if str(each["Action"]).find("s3:") >= 0
    )


def test_the_scanner_uses_the_storage_key_through_s3_only():
    use = scanner()["UseTheBucketsKey"]

    assert use["Resource"] == {"Fn::GetAtt": ["StorageKey", "Arn"]}
    assert use["Condition"] == {
        "StringEquals": {"kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.${AWS::URLSuffix}"}}
    }


def test_the_scanner_is_guardduty_and_touches_only_rules_of_its_own():
    (trust,) = RESOURCES["ScannerRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    rule = scanner()["HearOfNewFiles"]

    assert trust["Principal"] == {"Service": "malware-protection-plan.guardduty.amazonaws.com"}
    assert rule["Resource"]["Fn::Sub"].endswith(
        ":rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
    )
    assert rule["Condition"] == {
        "StringLike": {"events:ManagedBy": "malware-protection-plan.guardduty.amazonaws.com"}
    }


def test_pseudonyms_are_made_by_those_who_need_them():
    use = statements("LookupKey")["MakePseudonyms"]
    allowed = use["Condition"]["ArnEquals"]["aws:PrincipalArn"]

    assert use["Action"] == "kms:GenerateMac"
    assert {arn["Fn::Sub"].rpartition("-${Stage}-")[2] for arn in allowed} == {
        "api-handler",
        "table-stream",
        "sweep",
    }


def test_whoever_administers_the_lookup_key_makes_no_pseudonym():
    actions = statements("LookupKey")["AdministerWithoutUsing"]["Action"]

    assert not {"kms:*", "kms:GenerateMac", "kms:VerifyMac", "kms:CreateGrant"} & set(actions)


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


def test_only_the_service_makes_case_keys_and_only_for_a_case():
    use = statements("DataKey")["WrapAndUnwrapCaseKeys"]

    assert set(use["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey"}
    assert use["Condition"]["Null"] == {"kms:EncryptionContext:case": "false"}
    allowed = use["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert all(":role/safeguarding-${Stage}-" in arn["Fn::Sub"] for arn in allowed)
    assert not [arn for arn in allowed if "*" in arn["Fn::Sub"]]


def test_an_operator_may_open_a_case_key_and_make_none():
    use = statements("DataKey")["UnwrapForAReason"]

    # Wrapping anew, when the key is rotated, shows nobody what is wrapped.
    assert use["Action"] == ["kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    assert use["Condition"]["Null"] == {"kms:EncryptionContext:case": "false"}
    assert use["Condition"]["ArnEquals"]["aws:PrincipalArn"]["Fn::Sub"].endswith("${UnsealRole}")


def test_a_case_key_without_a_context_is_refused_to_all():
    refusal = statements("DataKey")["RefuseWithoutContext"]

    assert (refusal["Effect"], refusal["Principal"]) == ("Deny", {"AWS": "*"})
    assert set(refusal["Action"]) > {"kms:Decrypt", "kms:Encrypt"}
    assert refusal["Condition"] == {"Null": {"kms:EncryptionContext:case": "true"}}


def test_the_storage_key_works_only_through_the_table_and_the_buckets():
    services = [
        {"Fn::Sub": "dynamodb.${AWS::Region}.${AWS::URLSuffix}"},
        {"Fn::Sub": "s3.${AWS::Region}.${AWS::URLSuffix}"},
    ]
    policy = statements("StorageKey")

    use = policy["EncryptThroughTheTableAndTheBuckets"]["Condition"]
    assert use == {"StringEquals": {"kms:ViaService": services}}
    grant = policy["LetTheTableHoldAGrant"]["Condition"]
    assert grant["StringEquals"] == {"kms:ViaService": services[0]}
