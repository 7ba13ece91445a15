"""Rotating the key that wraps every case's key, and wrapping those anew."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from chalicelib.services.cases import CaseService

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient

POLL_SECONDS = 5.0
# What an AWS that has no rotation on demand answers: emulators.
NOT_OFFERED = frozenset({"InvalidAction", "UnsupportedOperationException", "NotImplemented"})


class CannotRotate(Exception):
    """This AWS has no rotation on demand."""


def rotate(kms: KMSClient, key_id: str, *, poll_seconds: float = POLL_SECONDS) -> None:
    """Give the key new material and wait until it is in use. Raises CannotRotate.

    KMS keeps the older material, so that what it wrapped still opens.
    """
    try:
        kms.rotate_key_on_demand(KeyId=key_id)
    except ClientError as error:
        if error.response["Error"].get("Code") in NOT_OFFERED:
            raise CannotRotate from error
        raise
    while "OnDemandRotationStartDate" in kms.get_key_rotation_status(KeyId=key_id):
        time.sleep(poll_seconds)


def older(cases: CaseService, before: datetime) -> Iterator[str]:
    """The references of cases whose key was wrapped before that moment."""
    for case in cases.every():
        if cases.is_wrapped_before(case.reference, before):
            yield case.reference
