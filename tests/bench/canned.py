"""AWS without AWS: one real sealed draft, given back to whoever asks.

``Wire`` answers in the network's place: botocore builds, serialises and signs its requests, and
parses the answers. ``Client`` answers in botocore's place. With either, a draft is decrypted and
read as always. This module imports nothing that a fresh process would not import by itself, so
that a cold start can be measured with it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.session import Session

NOWHERE = "http://127.0.0.1:9"
ENVIRONMENT = {
    "AWS_ENDPOINT_URL": NOWHERE,
    "AWS_REGION": "eu-west-2",
    "AWS_DEFAULT_REGION": "eu-west-2",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",  # pragma: allowlist secret
    "AWS_EC2_METADATA_DISABLED": "true",
}
SETTINGS = {
    "TABLE_NAME": "cases",
    "REFERRALS_BUCKET": "referrals",
    "QUARANTINE_BUCKET": "quarantine",
    "ATTACHMENTS_BUCKET": "attachments",
    "DATA_KEY_ID": "data-key",
    "STORAGE_KEY_ID": "storage-key",
    "LOOKUP_KEY_ID": "lookup-key",
}


class Body:
    """The body of an answer as urllib3 gives it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


class Wire:
    """The answers to the calls of a page.

    ``item`` is the draft in DynamoDB's JSON, ``key`` is the open key. A call that is not foreseen
    raises KeyError, so that none goes out.
    """

    def __init__(self, item: dict[str, Any], key: bytes) -> None:
        plain = base64.b64encode(key).decode()
        answers = {
            "DynamoDB_20120810.GetItem": {"Item": item},
            "DynamoDB_20120810.PutItem": {},
            "TrentService.Decrypt": {"KeyId": "data-key", "Plaintext": plain},
        }
        self._answers = {name: json.dumps(answer).encode() for name, answer in answers.items()}

    def attach(self, session: Session) -> None:
        """Answer every call of the session's clients."""
        session.register("before-send", self._answer)

    def _answer(self, **event: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        request: AWSPreparedRequest = event["request"]
        target = request.headers["X-Amz-Target"]
        name = target.decode() if isinstance(target, bytes) else target
        headers: Any = {"content-type": "application/x-amz-json-1.0"}
        return AWSResponse(request.url, 200, headers, Body(self._answers[name]))


class Client:
    """A client of DynamoDB and of KMS at once, with the calls of a page and no others.

    ``item`` is the draft as botocore returns it.
    """

    def __init__(self, item: dict[str, dict[str, Any]], key: bytes) -> None:
        self.item = item
        self._key = key

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {"Item": self.item}

    def put_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def decrypt(self, **_: Any) -> dict[str, Any]:
        return {"Plaintext": self._key}
