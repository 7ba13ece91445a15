"""Drafts in the table, sealed referrals in S3."""

from __future__ import annotations

import base64
import hashlib
from datetime import date, datetime
from uuid import uuid4

from chalicelib.adapters import keys
from chalicelib.adapters.clients import Clients, call
from chalicelib.adapters.table import NEW, Item, Table, moment
from chalicelib.domain.cases import Document
from chalicelib.domain.errors import Tampered, Unavailable
from chalicelib.ports import StoredDraft

UNSENT = "#version = :before AND attribute_not_exists(#reference)"


class TableDrafts:
    """Drafts, each by the digest of its cookie."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, draft: StoredDraft) -> None:
        """Keep a new draft."""
        self._table.put(draft_item(draft), condition=NEW)

    def get(self, digest: str) -> StoredDraft | None:
        """The draft, if it is there."""
        item = self._table.get(keys.draft(digest))
        return _draft(item) if item else None

    def save(self, draft: StoredDraft) -> None:
        """Write the draft over its version before. Raises StaleVersion."""
        self._table.put(
            draft_item(draft),
            condition=UNSENT,
            values={":before": draft.version - 1},
        )

    def mark_as_test(self, digest: str) -> None:
        """Mark a draft that was not sent yet. Raises StaleVersion for any other."""
        self._table.update(
            keys.draft(digest),
            "SET #is_test = :yes",
            {":yes": 1},
            condition="attribute_exists(#pk) AND attribute_not_exists(#reference)",
        )


def draft_item(draft: StoredDraft) -> Item:
    """A draft as an item. What it holds outside ``sealed`` is never personal."""
    return keys.draft(draft.digest) | {
        "kind": "draft",
        "schema": 1,
        "digest": draft.digest,
        "case_id": draft.case_id,
        "version": draft.version,
        "wrapped_key": draft.wrapped_key,
        "sealed": draft.sealed,
        "created_at": draft.created_at,
        "expires_at": draft.expires_at,
        "expires_epoch": int(draft.expires_at.timestamp()),
        "reference": draft.reference,
        "received_at": draft.received_at,
        "decision_due": draft.decision_due,
        "is_test": int(draft.is_test) or None,
    }


def _draft(item: Item) -> StoredDraft:
    due = item.get("decision_due")
    return StoredDraft(
        digest=item["digest"],
        case_id=item["case_id"],
        version=item["version"],
        wrapped_key=item.get("wrapped_key", b""),
        sealed=item.get("sealed", b""),
        created_at=datetime.fromisoformat(item["created_at"]),
        expires_at=datetime.fromisoformat(item["expires_at"]),
        reference=item.get("reference", ""),
        received_at=moment(item.get("received_at")),
        decision_due=date.fromisoformat(due) if due else None,
        is_test=bool(item.get("is_test")),
    )


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
