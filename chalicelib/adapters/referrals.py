"""Sealed referrals in S3."""

from __future__ import annotations

import base64
import hashlib
from uuid import uuid4

from chalicelib.adapters.clients import Clients, call
from chalicelib.domain.cases import Document
from chalicelib.domain.errors import Tampered, Unavailable


class BucketDocuments:
    """Sealed referrals, encrypted a second time by S3 under the stage's storage key."""

    def __init__(self, clients: Clients, *, bucket: str, key_id: str) -> None:
        self._clients = clients
        self._bucket = bucket
        self._key_id = key_id

    def put(self, case_id: str, sealed: bytes) -> Document:
        """Store under a new key that nothing can overwrite."""
        digest = hashlib.sha256(sealed)
        key = f"referrals/{case_id}/{uuid4().hex}"
        call(
            self._clients.s3.put_object,
            Bucket=self._bucket,
            Key=key,
            Body=sealed,
            ContentType="application/octet-stream",
            IfNoneMatch="*",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=self._key_id,
            BucketKeyEnabled=True,
            ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
        )
        return Document(key=key, sha256=digest.hexdigest(), size=len(sealed))

    def get(self, document: Document) -> bytes:
        """The sealed bytes. Raises Tampered where they are not those that were put."""
        answer = call(self._clients.s3.get_object, Bucket=self._bucket, Key=document.key)
        sealed: bytes = answer["Body"].read()
        if hashlib.sha256(sealed).hexdigest() != document.sha256:
            raise Tampered("document differs from its digest")
        return sealed

    def destroy(self, case_id: str) -> None:
        """Delete every version of everything under the case's prefix. Doing so twice is safe."""
        prefix = f"referrals/{case_id}/"
        while True:
            page = call(self._clients.s3.list_object_versions, Bucket=self._bucket, Prefix=prefix)
            versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            if not versions:
                return
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions]
            answer = call(
                self._clients.s3.delete_objects, Bucket=self._bucket, Delete={"Objects": objects}
            )
            if answer.get("Errors"):
                raise Unavailable(f"DeleteObjects: {answer['Errors'][0].get('Code', '')}")
