"""Somebody with a browser at one moment, put back to that moment before each example."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import boto3
from chalice.test import HTTPResponse

from chalicelib.domain.referrals.answers import Answers
from chalicelib.web import csrf, headers, pages
from chalicelib.web.cookies import HOST_PREFIX
from tests.fuzz.strategies import encoded
from tests.stage import BASE_URL, Stage
from tests.web.referrer import Referrer
from tests.web.visitor import FORM, Visitor

STANDARD = {name.lower(): value for name, value in headers.standard(secure=True).items()}
OF_PAGES = {"content-type", "cache-control"}

Item = dict[str, Any]


class World:
    """Whatever an example does to the table or the cookies is undone by ``restore``.

    ``names`` are what stands in addresses of this world alone.
    """

    def __init__(self, stage: Stage, visitor: Visitor) -> None:
        self.stage = stage
        self.visitor = visitor
        self.names: Mapping[str, str] = {}
        self._dynamodb = boto3.client("dynamodb", endpoint_url=stage.environ["AWS_ENDPOINT_URL"])
        self._name = stage.environ["TABLE_NAME"]
        self.remember()

    def remember(self) -> None:
        """From now on, this moment is the one that is restored."""
        self._cookies = dict(self.visitor.cookies)
        self._items = self._scan()

    def restore(self) -> None:
        self.visitor.cookies = dict(self._cookies)
        self.visitor.csrf = None
        found = self._scan()
        for key in found.keys() - self._items.keys():
            itself = {name: found[key][name] for name in ("pk", "sk")}
            self._dynamodb.delete_item(TableName=self._name, Key=itself)
        for key, item in self._items.items():
            if found.get(key) != item:
                self._dynamodb.put_item(TableName=self._name, Item=item)

    def forget(self) -> None:
        """Lose every cookie but that of the visit."""
        kept = f"{HOST_PREFIX}{csrf.COOKIE}"
        self.visitor.cookies = {kept: self.visitor.cookies[kept]}

    def post(self, path: str, form: Mapping[str, list[str]]) -> HTTPResponse:
        """Send a form with the token that a page of ours would have given."""
        return self.send("POST", path, encoded({"csrf": [self.visitor.token], **form}))

    def send(self, method: str, path: str, body: bytes = b"", **others: str) -> HTTPResponse:
        """Send anything. The answer must be one of ours, whatever was sent."""
        given = {"content-type": FORM, "origin": BASE_URL} if method == "POST" else {}
        with pages.serving(lambda: self.stage.services):
            answer = self.visitor.send(method, path, body, given | others)
        self._assert_ours(answer)
        return answer

    def _assert_ours(self, answer: HTTPResponse) -> None:
        """Not a failure, with every header of ours, and a whole page unless it leads to one."""
        assert answer.status_code < 500, answer.body.decode()[:2000]
        is_page = answer.headers["content-type"] == STANDARD["content-type"]
        for name in STANDARD if is_page else STANDARD.keys() - OF_PAGES:
            assert self._without_files(answer.headers[name]) == STANDARD[name], name
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/"), answer.headers["location"]
            assert not answer.body
        elif answer.body and is_page:
            text = answer.body.decode()
            assert text.count("<h1") == 1
            assert text.rstrip().endswith("</html>")
            assert "<script>alert" not in text
            assert "<img" not in text

    def _without_files(self, value: str) -> str:
        """A policy without the storage, which pages with files may reach."""
        attachments = self.stage.services.attachments
        for origin in {attachments.upload_origin, attachments.download_origin}:
            value = value.replace(f" {origin}", "")
        return value

    def _scan(self) -> dict[str, Item]:
        found = self._dynamodb.scan(TableName=self._name)["Items"]
        return {f"{item['pk']['S']} {item['sk']['S']}": dict(item) for item in found}


class DraftWorld(World):
    """A referrer in the middle of a referral. ``before`` is what is saved."""

    def __init__(self, stage: Stage, answers: Answers) -> None:
        self.referrer = Referrer(stage).having(answers)
        self.token = self.referrer.draft.token
        self.before = self.referrer.answers
        super().__init__(stage, self.referrer.visitor)


def saved(answers: Answers) -> Any:
    """The answers as plain JSON, so that a difference can be read."""
    return json.loads(answers.to_json())
