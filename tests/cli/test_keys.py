"""``keys rotate``: every case's key is wrapped anew, can be stopped and gone on with, and opens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.kms.models import kms_backends

from infra.local import emulator
from tests import stage as stages
from tests.cli.operator import NAME, Operator, at_work
from tests.stage import Stage

pytestmark = pytest.mark.aws

KMS = "https://kms.eu-west-2.amazonaws.com"


@pytest.fixture
def operator(aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    """At work where KMS is moto's, which wraps keys anew as AWS's does; the rest is as ever."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", KMS)
    with mock_aws():
        _know(aws["DATA_KEY_ID"])
        _know(aws["LOOKUP_KEY_ID"], KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
        yield at_work(stages.build(aws))


def _know(key_arn: str, **kind: Any) -> None:
    """Let moto know a key by the id that the data stack gave out."""
    made = boto3.client("kms").create_key(**kind)["KeyMetadata"]["KeyId"]
    keys = kms_backends[DEFAULT_ACCOUNT_ID][emulator.REGION].keys
    key = keys[made]
    key.id = key_arn.rpartition("/")[2]
    keys[key.id] = key


def wrapped(operator: Operator, reference: str) -> bytes:
    return operator.stage.services.cases.cases.read(reference).key.wrapped


def test_every_key_is_wrapped_anew_and_opens(operator: Operator):
    references = [operator.case(), operator.decided()]
    before = [wrapped(operator, each) for each in references]

    told = operator.json("keys", "rotate", NAME)

    assert (told["rotated"], told["wrapped"]) == (True, 2)
    after = [wrapped(operator, each) for each in references]
    assert set(before).isdisjoint(after)
    for reference in references:
        operator.stage.services.cases.check(reference)


def test_a_rotation_that_stopped_goes_on_where_it_was(operator: Operator):
    stage = operator.stage
    stage.clock.advance(-timedelta(hours=2))
    done, left = operator.case(), operator.case()
    begun = stage.clock.advance(timedelta(hours=1))
    stage.services.cases.rewrap(done, before=begun, now=begun)
    before = wrapped(operator, done)

    words = ("keys", "rotate", NAME, "--resume", f"{begun:%Y-%m-%dT%H:%M:%S}")
    assert operator.json(*words, "--dry-run") == {"to_wrap": 1, "dry_run": True}
    told = operator.json(*words)

    assert (told["rotated"], told["wrapped"]) == (False, 1)
    assert wrapped(operator, done) == before
    operator.stage.services.cases.check(left)
    assert operator.json(*words)["wrapped"] == 0


def test_a_key_wrapped_for_another_case_is_refused(operator: Operator):
    one, other = operator.case(), operator.case()
    table = operator.stage.table
    strange = table.get({"pk": f"CASE#{one}", "sk": "KEY"}) or {}
    own = table.get({"pk": f"CASE#{other}", "sk": "KEY"}) or {}
    table.put(own | {"wrapped": strange["wrapped"]})
    assert "does not open" in operator.refused("keys", "rotate", NAME, code=1)


def test_an_erased_case_has_no_key_to_wrap(operator: Operator):
    reference = operator.decided()
    words = ("--reason", "court-order", "--confirm", reference)
    operator.run("case", "erase", NAME, reference, *words)
    assert operator.json("keys", "rotate", NAME)["wrapped"] == 0


def test_where_keys_cannot_be_wrapped_anew_it_says_so(stage: Stage):
    operator = at_work(stage)
    reference = operator.case()
    before = wrapped(operator, reference)
    result = operator.run("keys", "rotate", NAME, code=1)
    assert "no rotation on demand" in result.stderr
    assert "--resume" in result.stderr
    assert wrapped(operator, reference) == before
