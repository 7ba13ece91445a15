"""A canary in every field that a person types: none sings anywhere outside a seal.

The whole journey over HTTP, with the service's own logs, then a look at everything that is left
behind: every item and object, every log line, e-mail and address.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from chalice.test import HTTPResponse

from app import app
from chalicelib import logs
from chalicelib.domain.referrals.journey import PAGES
from chalicelib.web import pages
from tests import factories
from tests.stage import BASE_URL, Stage
from tests.web.decider import Decider
from tests.web.visitor import Visitor

pytestmark = pytest.mark.aws

RULING_CANARIES = {
    "other_action": "Canary 901 chirps",
    "information": "Canary 902 chirps",
    "reason": "Canary 903 chirps",
}
SEALED = {"sealed", "letter", "holder", "referrer", "wrapped", "wrapped_key", "salt", "hash"}


@dataclass
class Traces:
    """What a journey leaves where people other than its readers may look."""

    stage: Stage
    log: io.StringIO = field(default_factory=io.StringIO)
    addresses: list[str] = field(default_factory=list)

    def follow(self, response: HTTPResponse) -> HTTPResponse:
        self.addresses.append(str(response.headers.get("location", "")))
        return response

    def items(self) -> list[dict[str, Any]]:
        dynamodb = boto3.client("dynamodb", endpoint_url=self.stage.environ["AWS_ENDPOINT_URL"])
        pager = dynamodb.get_paginator("scan")
        found = pager.paginate(TableName=self.stage.environ["TABLE_NAME"])
        return [dict(item) for page in found for item in page["Items"]]

    def objects(self) -> list[tuple[str, bytes]]:
        s3 = boto3.client("s3", endpoint_url=self.stage.environ["AWS_ENDPOINT_URL"])
        bucket = self.stage.environ["REFERRALS_BUCKET"]
        keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        return [(key, s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]


@pytest.fixture
def traces(stage: Stage) -> Iterator[Traces]:
    """Traces of a stage, with the service's logs at their most talkative."""
    found = Traces(stage)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure(found.log, level=logging.DEBUG)
    for noisy in ("botocore", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    with pages.serving(lambda: stage.services):
        yield found
    root.handlers[:] = handlers
    root.setLevel(level)


def refer(traces: Traces, forms: dict[str, list[factories.FormFields]]) -> None:
    """Fill in every page as a browser would, and send."""
    visitor = Visitor(app)

    def post(path: str, fields: dict[str, list[str]]) -> None:
        shown = visitor.get(path).body.decode()
        version = shown.split('name="version" value="', 1)[1].split('"', 1)[0]
        answer = visitor.post(path, {**fields, "version": version}, origin=BASE_URL)
        assert answer.status_code == 303, (path, answer.body.decode()[-2000:])
        traces.follow(answer)

    visitor.get("/refer")
    assert visitor.post("/refer", origin=BASE_URL).status_code == 303
    for path, entries in forms.items():
        is_list = PAGES[path].many
        for number, fields in enumerate(entries, start=1):
            post(f"/refer/{path}/{number}" if is_list else f"/refer/{path}", fields)
    # One page is also sent wrong, so that an error page with everything typed is among it all.
    wrong = {name: values * 2 for name, values in forms["referrer/name"][0].items()}
    assert visitor.post("/refer/referrer/name", wrong, origin=BASE_URL).status_code >= 400
    # A page is kept half finished as well, and the address is confirmed by the code that came.
    half = {"name": [""], "role": forms["referrer/name"][0]["role"], "action": ["later"]}
    post("/refer/referrer/name", half)
    post("/refer/referrer/name", dict(forms["referrer/name"][0]))
    email = forms["referrer/contact"][0]["email"]
    assert visitor.post("/refer/confirm", {"email": email}, origin=BASE_URL).status_code == 303
    traces.stage.deliver()
    code = re.findall(r"^(\d{3} \d{3})$", traces.stage.mailbox.emails[-1].text, re.M)
    answer = visitor.post("/refer/confirm/code", {"code": code}, origin=BASE_URL)
    assert answer.headers["location"] == "/refer/check"
    post("/refer/check", {})
    assert "PR-" in visitor.get("/refer/sent").body.decode()


def decide(traces: Traces, outcome: str) -> None:
    decider = Decider(traces.stage)
    decider.declare()
    fields = {"outcome": outcome, "reason": RULING_CANARIES["reason"]}
    shown = {"other-action": "other_action", "more-information": "information"}
    if outcome in shown:
        fields[shown[outcome]] = RULING_CANARIES[shown[outcome]]
    assert decider.post("outcome", fields).status_code == 303
    shown_check = decider.get("check").body.decode()
    nonce = shown_check.split('name="nonce" value="', 1)[1].split('"', 1)[0]
    traces.follow(decider.post("check", {"nonce": nonce}))
    decider.get("done")
    traces.stage.deliver()


def sings(canaries: tuple[str, ...], where: str | bytes) -> list[str]:
    text = where if isinstance(where, bytes) else where.encode()
    return [canary for canary in canaries if canary.encode().lower() in text.lower()]


def test_no_canary_sings_outside_a_seal(traces: Traces):
    forms, typed = factories.canary_fields()
    canaries = (*typed, *RULING_CANARIES.values())
    refer(traces, forms)
    traces.stage.deliver()
    decide(traces, "more-information")
    decide(traces, "other-action")

    for item in traces.items():
        plain = {name: value for name, value in item.items() if name not in SEALED}
        assert not sings(canaries, repr(plain)), plain["kind"]
        assert not sings(canaries, repr(item)), "a sealed attribute holds plain text"
    for key, body in traces.objects():
        assert not sings(canaries, key)
        assert not sings(canaries, body)
    assert traces.log.getvalue().count("\n") > 50
    for line in traces.log.getvalue().splitlines():
        assert not sings(canaries, line), line
    assert len(traces.stage.mailbox.emails) >= 9
    for email in traces.stage.mailbox.emails:
        said = email.subject + email.text + email.html + email.message_id + email.tag
        assert not sings(canaries, said), email.subject
    assert len(traces.addresses) > 40
    assert not sings(canaries, " ".join(traces.addresses))


def test_a_canary_would_be_heard(traces: Traces):
    """The look itself works: what is plain on purpose is found."""
    reference = traces.stage.submit().reference
    assert any(sings((reference,), repr(item)) for item in traces.items())
    assert len(traces.objects()) == 1
