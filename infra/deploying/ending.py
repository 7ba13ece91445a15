"""Takes away what a stage's data stack left behind. What this did cannot be undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import boto3
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

# KMS keeps a key for that long before it is gone: the last chance to think again.
WAIT_DAYS = 30
BUCKETS = (
    "ReferralsBucket",
    "QuarantineBucket",
    "AttachmentsBucket",
    "PublicationsBucket",
    "ArtifactsBucket",
    "AccessLogsBucket",
)
KEYS = ("DataKeyId", "StorageKeyId", "LookupKeyId")


class StillProtected(Exception):
    """The table's deletion protection is on."""


def ensure_unprotected(session: boto3.Session, table: str) -> None:
    """Raise StillProtected unless the table's deletion protection was switched off."""
    described = session.client("dynamodb").describe_table(TableName=table)["Table"]
    if described.get("DeletionProtectionEnabled"):
        raise StillProtected(f"The deletion protection of the table {table} is on.")


def take_away(session: boto3.Session, outputs: Mapping[str, str]) -> None:
    """Delete table and buckets, and let the keys end in thirty days."""
    ensure_unprotected(session, outputs["TableName"])
    session.client("dynamodb").delete_table(TableName=outputs["TableName"])
    s3 = session.client("s3")
    for name in BUCKETS:
        if name in outputs:
            _empty(s3, outputs[name])
            s3.delete_bucket(Bucket=outputs[name])
    kms = session.client("kms")
    for name in KEYS:
        kms.schedule_key_deletion(KeyId=outputs[name], PendingWindowInDays=WAIT_DAYS)


def _empty(s3: S3Client, bucket: str) -> None:
    """Delete every version of every object."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found: list[ObjectIdentifierTypeDef] = [
            {"Key": each["Key"], "VersionId": each["VersionId"]}
            for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]
        if found:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
