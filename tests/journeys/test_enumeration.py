"""What exists looks the same as what does not: to the eye, in every header, and to AWS.

Each walk is made twice, by two people with fresh browsers. All that they could tell apart is
compared step by step, and so are the calls that each step makes, which is where its time goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from chalice.test import HTTPResponse

from app import app
from chalicelib.domain.limits import Limit
from chalicelib.web import csrf, pages
from tests.faults.harness import Faults
from tests.stage import BASE_URL, Stage
from tests.web.visitor import Visitor

pytestmark = pytest.mark.aws

NOBODYS_REFERENCE = "PR-22222222"
NOBODY = "nobody@hospital.example.org"
REFERRER = "priya@hospital.example.org"
SECRET = re.compile(r"[\w-]{32,}")
VISIT = "v" * 43


@dataclass(frozen=True)
class Seen:
    """One answer, as whoever looks for differences sees it."""

    status: int
    headers: dict[str, Any]
    body: str
    calls: tuple[str, ...]


@dataclass
class Stranger:
    """Somebody with a fresh browser, who knows or guesses one thing."""

    stage: Stage
    faults: Faults
    knows: str
    seen: list[Seen] = field(default_factory=list)
    visitor: Visitor = field(default_factory=lambda: Visitor(app))

    def __post_init__(self) -> None:
        self.visitor.cookies[f"__Host-{csrf.COOKIE}"] = VISIT

    def get(self, path: str) -> None:
        self._note(lambda: self.visitor.get(self._of(path)))

    def post(self, path: str, fields: dict[str, str]) -> None:
        own = {name: self._of(value) for name, value in fields.items()}
        self._note(lambda: self.visitor.post(self._of(path), own, origin=BASE_URL))

    def _note(self, ask: Callable[[], HTTPResponse]) -> None:
        with self.faults.counting() as calls, pages.serving(lambda: self.stage.services):
            answer = ask()
        headers = {name: self._plain(value) for name, value in answer.headers.items()}
        body = self._plain(answer.body.decode())
        self.seen.append(Seen(answer.status_code, headers, body, tuple(calls)))

    def _of(self, text: str) -> str:
        return text.replace("{known}", self.knows)

    def _plain(self, value: Any) -> Any:
        """Without what they typed themselves, and without secrets, which are new each time."""
        if isinstance(value, list):
            return [self._plain(each) for each in value]
        text = str(value).replace(self.knows, "…").replace(self.knows.lower(), "…")
        return SECRET.sub("…", text)


@pytest.fixture
def faults(stage: Stage) -> Faults:
    return Faults(stage.services.clients.session)


def assert_alike(
    stage: Stage, faults: Faults, walk: Callable[[Stranger], None], *, known: str, unknown: str
) -> list[Seen]:
    """The walk with a word that means something is the walk with a word that does not."""
    # The first request of a process makes calls of its own.
    walk(Stranger(stage, faults, unknown))
    strangers = [Stranger(stage, faults, word) for word in (known, unknown)]
    for stranger in strangers:
        walk(stranger)
    for mine, theirs in zip(*(stranger.seen for stranger in strangers), strict=True):
        assert mine == theirs
    return strangers[0].seen


def test_a_reference_is_answered_alike_whether_or_not_there_is_such_a_case(
    stage: Stage, faults: Faults
):
    reference = stage.submit().reference

    def walk(stranger: Stranger) -> None:
        stranger.get("/referral")
        stranger.post("/referral", {"reference": "{known}"})
        stranger.get("/referral/{known}/code")
        stranger.post("/referral/{known}/code", {"code": "000000"})
        stage.answer()
        for _ in range(5):
            stranger.post("/referral/{known}/code", {"code": "000000"})
        for _ in range(2):
            stranger.post("/referral/{known}/code", {"action": "send"})
        stage.answer()
        stranger.post("/referral/{known}/code", {"code": "000000"})
        stranger.post("/referral/{known}/code", {"code": "nonsense"})
        for page in ("", "/copy", "/information", "/withdraw", "/done"):
            stranger.get("/referral/{known}" + page)

    seen = assert_alike(stage, faults, walk, known=reference, unknown=NOBODYS_REFERENCE)
    assert len(stage.mailbox.to(REFERRER, subject="code")) > 1
    assert [each.status for each in seen[:4]] == [200, 303, 200, 400]
    assert all(seen[number].calls for number in (1, 3))


def test_an_address_is_answered_alike_whether_or_not_it_has_a_draft(stage: Stage, faults: Faults):
    stage.draft()

    def walk(stranger: Stranger) -> None:
        stranger.get("/refer/lost-link")
        # More often than links are sent in an hour, of which nobody is told.
        for _ in range(Limit.LINKS_BY_MAILBOX.most + 1):
            stranger.post("/refer/lost-link", {"email": "{known}"})
            stage.answer()
        stranger.get("/refer/lost-link/sent")
        stranger.post("/refer/lost-link", {"email": "{known} and more"})

    seen = assert_alike(stage, faults, walk, known=REFERRER, unknown=NOBODY)
    sent = stage.mailbox.to(REFERRER, subject="saved referral")
    assert len(sent) == Limit.LINKS_BY_MAILBOX.most
    assert stage.mailbox.to(NOBODY) == []
    assert [each.status for each in seen] == [200, 303, 303, 303, 303, 200, 422]


def test_references_cannot_be_tried_without_end(stage: Stage, faults: Faults):
    known = Stranger(stage, faults, stage.submit().reference)
    unknown = Stranger(stage, faults, NOBODYS_REFERENCE)
    for number in range(Limit.LOOKUPS_BY_NETWORK.most + 2):
        (known, unknown)[number % 2].post("/referral", {"reference": "{known}"})

    assert known.seen[-1] == unknown.seen[-1]
    assert known.seen[-1].status == 429
    assert "13:00" in known.seen[-1].body or "1pm" in known.seen[-1].body
    assert stage.services.settings.office_phone in known.seen[-1].body
