"""A referrer in the middle of a referral, put back to the same moment before each example."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import boto3
from chalice.test import HTTPResponse

from chalicelib.domain.referrals.answers import Answers
from chalicelib.web import headers, pages
from tests.fuzz.strategies import encoded
from tests.stage import BASE_URL, Stage
from tests.web.referrer import Referrer
from tests.web.visitor import FORM

STANDARD = {name.lower(): value for name, value in headers.standard(secure=True).items()}
OF_PAGES = {"content-type", "cache-control"}


class World:
    """Whatever an example does to the table is undone by ``restore``."""

    def __init__(self, stage: Stage, answers: Answers) -> None:
        self.stage = stage
        self.referrer = Referrer(stage).having(answers)
        self.before = self.referrer.answers
        self._cookies = dict(self.referrer.visitor.cookies)
        self._dynamodb = boto3.client("dynamodb", endpoint_url=stage.environ["AWS_ENDPOINT_URL"])
        self._name = stage.environ["TABLE_NAME"]
        self._items = self._scan()

    def restore(self) -> None:
        self.referrer.visitor.cookies = dict(self._cookies)
        self.referrer.visitor.csrf = None
        for item in self._items:
            self._dynamodb.put_item(TableName=self._name, Item=item)

    def post(self, path: str, form: Mapping[str, list[str]]) -> HTTPResponse:
        """Send a form with the token that a page of ours would have given."""
        token = self.referrer.visitor.token
        return self.send("POST", path, encoded({"csrf": [token], **form}))

    def send(self, method: str, path: str, body: bytes = b"", **others: str) -> HTTPResponse:
        """Send anything. The answer must be one of ours, whatever was sent."""
        given = {"content-type": FORM, "origin": BASE_URL} if method == "POST" else {}
        with pages.serving(lambda: self.stage.services):
            answer = self.referrer.visitor.send(method, path, body, given | others)
        assert_ours(answer)
        return answer

    def _scan(self) -> list[dict[str, Any]]:
        return list(self._dynamodb.scan(TableName=self._name)["Items"])


def assert_ours(answer: HTTPResponse) -> None:
    """Not a failure, with every header of ours, and a whole page unless it leads to one."""
    assert answer.status_code < 500, answer.body.decode()[:2000]
    is_page = answer.headers["content-type"] == STANDARD["content-type"]
    for name in STANDARD if is_page else STANDARD.keys() - OF_PAGES:
        assert answer.headers[name] == STANDARD[name], name
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/"), answer.headers["location"]
        assert not answer.body
    elif answer.body and is_page:
        text = answer.body.decode()
        assert text.count("<h1") == 1
        assert text.rstrip().endswith("</html>")
        assert "<script>alert" not in text
        assert "<img" not in text


def saved(answers: Answers) -> Any:
    """The answers as plain JSON, so that a difference can be read."""
    return json.loads(answers.to_json())
