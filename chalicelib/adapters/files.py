"""Files in S3: unchecked ones in quarantine, checked ones in a bucket of their own.

A browser sends a file by a form that we sign, which says where to, how large and how encrypted,
and fetches one by an address that we sign. Every request names one version of an object, so that
what was checked is what is kept, whatever was sent under the same key since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from chalicelib.adapters.clients import Clients, call
from chalicelib.adapters.filenames import decoded
from chalicelib.domain.attachments import Attachment
from chalicelib.domain.errors import FileGone, Tampered, Unavailable
from chalicelib.ports import Arrival, Upload

UNCHECKED = "quarantine"
CHECKED = "attachments"
# What is stored is never of a type that a browser would show.
TYPE = "application/octet-stream"
NAME = "name"
NAME_FIELD = f"x-amz-meta-{NAME}"
# S3 puts the name of the file there that the browser sends.
BROWSERS_NAME = "${filename}"
DOWNLOAD_SECONDS = 60
GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed", "405"})


class BucketFiles:
    """Files in the two buckets, both encrypted under the stage's storage key."""

    def __init__(self, clients: Clients, *, quarantine: str, attachments: str, key_id: str) -> None:
        self._clients = clients
        self._quarantine = quarantine
        self._attachments = attachments
        self._key_id = key_id

    @property
    def upload_origin(self) -> str:
        """Where forms with files go, as scheme and host."""
        return _origin(self._signed_form(self._quarantine, "", [], 1)["url"])

    @property
    def download_origin(self) -> str:
        """Where downloads come from, as scheme and host."""
        return _origin(self._signed_form(self._attachments, "", [], 1)["url"])

    def form(
        self, attachment: Attachment, *, largest: int, return_to: str, now: datetime
    ) -> Upload:
        """The signed form that one file can be sent by, until the form's own end.

        A file whose name is not known yet brings it along. The browser goes on to ``return_to``,
        or stays where that is empty, as a script wants it.
        """
        fields = {
            "Content-Type": TYPE,
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": self._key_id,
        }
        if return_to:
            fields["success_action_redirect"] = return_to
        else:
            fields["success_action_status"] = "201"
        conditions: list[Any] = [{name: value} for name, value in fields.items()]
        conditions.append(["content-length-range", 0, largest])
        if not attachment.name:
            fields[NAME_FIELD] = BROWSERS_NAME
            conditions.append(["starts-with", f"${NAME_FIELD}", ""])
        seconds = (attachment.form_ends_at - now).total_seconds()
        key = _key(UNCHECKED, attachment.case_id, attachment.attachment_id)
        signed = self._signed_form(self._quarantine, key, conditions, int(seconds), fields)
        return Upload(signed["url"], signed["fields"])

    def waiting(self, case_id: str) -> Mapping[str, Arrival]:
        """What has come in for a case and was not checked yet, by the files' ids."""
        prefix = _key(UNCHECKED, case_id)
        page = call(
            self._clients.s3.list_objects_v2, Bucket=self._quarantine, Prefix=prefix, MaxKeys=1000
        )
        return {
            each["Key"].removeprefix(prefix): Arrival(each["Size"], each["LastModified"])
            for each in page.get("Contents", ())
        }

    def look(self, case_id: str, attachment_id: str, version: str) -> Arrival:
        """Size, moment and name of an unchecked file, unread. Raises FileGone."""
        answer = self._unchecked(self._clients.s3.head_object, case_id, attachment_id, version)
        return _arrival(answer, b"")

    def read(self, case_id: str, attachment_id: str, version: str) -> Arrival:
        """An unchecked file, whole. Raises FileGone."""
        answer = self._unchecked(self._clients.s3.get_object, case_id, attachment_id, version)
        return _arrival(answer, call(answer["Body"].read))

    def keep(self, case_id: str, attachment_id: str, version: str) -> str:
        """Put one version among the checked files, bare of all it came with; where it lies now."""
        source = _key(UNCHECKED, case_id, attachment_id)
        answer = _unless_gone(
            self._clients.s3.copy_object,
            Bucket=self._attachments,
            Key=_key(CHECKED, case_id, attachment_id),
            CopySource={"Bucket": self._quarantine, "Key": source, "VersionId": version},
            MetadataDirective="REPLACE",
            TaggingDirective="REPLACE",
            ContentType=TYPE,
            ContentDisposition="attachment",
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=self._key_id,
            BucketKeyEnabled=True,
        )
        kept: str = answer["VersionId"]
        return kept

    def tidy(self, attachment: Attachment) -> None:
        """Delete all that is stored of a file but the checked version on its record."""
        ids = (attachment.case_id, attachment.attachment_id)
        self._delete(self._quarantine, _key(UNCHECKED, *ids))
        self._delete(self._attachments, _key(CHECKED, *ids), but=attachment.version)

    def destroy(self, case_id: str, attachment_id: str = "") -> None:
        """Delete every version of one file, or of all of a case. Doing so twice is safe."""
        self._delete(self._quarantine, _key(UNCHECKED, case_id, attachment_id))
        self._delete(self._attachments, _key(CHECKED, case_id, attachment_id))

    def checked(self, attachment: Attachment) -> bytes:
        """A checked file, whole. Raises FileGone, or Tampered where it is not what was checked."""
        answer = _unless_gone(
            self._clients.s3.get_object,
            Bucket=self._attachments,
            Key=_key(CHECKED, attachment.case_id, attachment.attachment_id),
            VersionId=attachment.version,
        )
        content: bytes = answer["Body"].read()
        if hashlib.sha256(content).hexdigest() != attachment.sha256:
            raise Tampered("file differs from its digest")
        return content

    def address(self, attachment: Attachment, *, save_as: str) -> str:
        """Where a checked file can be fetched for a minute, to be saved and not shown."""
        signed: str = self._clients.s3.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._attachments,
                "Key": _key(CHECKED, attachment.case_id, attachment.attachment_id),
                "VersionId": attachment.version,
                "ResponseContentType": TYPE,
                "ResponseContentDisposition": f'attachment; filename="{save_as}"',
                "ResponseCacheControl": "no-store",
            },
            ExpiresIn=DOWNLOAD_SECONDS,
        )
        return signed

    def _signed_form(
        self,
        bucket: str,
        key: str,
        conditions: Iterable[Any],
        seconds: int,
        fields: Mapping[str, str] = {},
    ) -> dict[str, Any]:
        signed: dict[str, Any] = self._clients.s3.generate_presigned_post(
            bucket,
            key,
            Fields=dict(fields),
            Conditions=list(conditions),
            ExpiresIn=seconds,
        )
        return signed

    def _unchecked(
        self, operation: Callable[..., Any], case_id: str, attachment_id: str, version: str
    ) -> Any:
        return _unless_gone(
            operation,
            Bucket=self._quarantine,
            Key=_key(UNCHECKED, case_id, attachment_id),
            VersionId=version,
        )

    def _delete(self, bucket: str, prefix: str, *, but: str = "") -> None:
        while True:
            page = call(self._clients.s3.list_object_versions, Bucket=bucket, Prefix=prefix)
            found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            objects = [
                {"Key": each["Key"], "VersionId": each["VersionId"]}
                for each in found
                if each["VersionId"] != but
            ]
            if not objects:
                return
            answer = call(
                self._clients.s3.delete_objects, Bucket=bucket, Delete={"Objects": objects}
            )
            if answer.get("Errors"):
                raise Unavailable(f"DeleteObjects: {answer['Errors'][0].get('Code', '')}")


def _key(room: str, case_id: str, attachment_id: str = "") -> str:
    return f"{room}/{case_id}/{attachment_id}"


def _arrival(answer: Mapping[str, Any], content: bytes) -> Arrival:
    return Arrival(
        size=answer["ContentLength"],
        at=answer["LastModified"],
        name=decoded(answer.get("Metadata", {}).get(NAME, "")),
        content=content,
    )


def _unless_gone(operation: Callable[..., Any], **arguments: Any) -> Any:
    """Call S3 about an object. Raises FileGone where it is not there any more."""
    try:
        return call(operation, **arguments)
    except Unavailable as error:
        cause = error.__cause__
        if isinstance(cause, ClientError) and cause.response["Error"]["Code"] in GONE:
            raise FileGone from error
        raise


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
