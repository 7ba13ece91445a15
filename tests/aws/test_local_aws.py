"""The local AWS as the other tests meet it."""

from __future__ import annotations

import boto3
import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.aws


def test_each_test_finds_an_empty_table_and_bucket(aws):
    table = boto3.client("dynamodb").describe_table(TableName=aws["TABLE_NAME"])["Table"]
    objects = boto3.client("s3").list_objects_v2(Bucket=aws["REFERRALS_BUCKET"])

    assert table["ItemCount"] == 0
    assert objects["KeyCount"] == 0


def test_a_wrapped_key_opens_only_in_its_own_context(aws):
    kms = boto3.client("kms")
    context = {"case": "PR-AAAA"}
    wrapped = kms.generate_data_key(
        KeyId=aws["DATA_KEY_ID"], KeySpec="AES_256", EncryptionContext=context
    )

    opened = kms.decrypt(CiphertextBlob=wrapped["CiphertextBlob"], EncryptionContext=context)
    assert opened["Plaintext"] == wrapped["Plaintext"]
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        kms.decrypt(CiphertextBlob=wrapped["CiphertextBlob"], EncryptionContext={"case": "PR-BBBB"})


def test_the_strict_server_refuses_an_unknown_key(strict_aws):
    stranger = boto3.client("dynamodb", aws_access_key_id="nobody", aws_secret_access_key="nothing")

    with pytest.raises(ClientError, match="security token"):
        stranger.describe_table(TableName=strict_aws["TABLE_NAME"])
