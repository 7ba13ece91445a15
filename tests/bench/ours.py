"""Our own pages for the benchmark: the real app on a sealed draft, with AWS canned."""

from __future__ import annotations

import base64
import logging
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from io import StringIO
from types import SimpleNamespace
from typing import Any

from chalicelib import bootstrap, logs
from chalicelib.adapters.drafts import draft_item
from chalicelib.adapters.table import pack
from chalicelib.adapters.vault import SealingKey
from chalicelib.domain import drafts as rules
from chalicelib.domain import places
from chalicelib.ports import StoredDraft
from chalicelib.web import csrf, pages
from chalicelib.web.cookies import HOST_PREFIX
from chalicelib.web.referrals import drafts
from tests import factories, stage
from tests.bench import canned
from tests.bench.canned import Client, Wire
from tests.bench.events import event

Form = Mapping[str, list[str]]
CONTEXT = SimpleNamespace(aws_request_id="00000000-0000-0000-0000-000000000000")


@dataclass(frozen=True)
class Sealed:
    """A whole referral as a draft in the table, and what a browser holds of it."""

    item: dict[str, dict[str, Any]]
    key: bytes
    cookies: dict[str, str]

    @property
    def travelling(self) -> dict[str, dict[str, Any]]:
        """The item in DynamoDB's JSON: bytes in base64."""
        return {
            name: {kind: base64.b64encode(value).decode() if kind == "B" else value}
            for name, typed in self.item.items()
            for kind, value in typed.items()
        }


def seal() -> Sealed:
    """A draft that holds every page of the full referral."""
    case_id, plain = "0" * 32, secrets.token_bytes(32)
    token = rules.new_token(case_id)
    found = rules.parts(token)
    assert found is not None
    wrapped = SealingKey(case_id, b"wrapped" * 20, plain)
    stored = StoredDraft(
        case_id=case_id,
        version=60,
        wrapped_key=wrapped.wrapped,
        sealed=wrapped.seal(places.draft(case_id, 60), factories.answers_from().to_json()),
        created_at=stage.NOON,
        # Far enough for a process that reads the real clock.
        expires_at=stage.NOON + timedelta(days=36_500),
        browsers=rules.admitted({}, found[1], now=stage.NOON),
    )
    visit = csrf.visit({})
    return Sealed(
        item=pack(draft_item(stored)),
        key=plain,
        cookies={
            f"{HOST_PREFIX}{drafts.COOKIE}": token,
            f"{HOST_PREFIX}{csrf.COOKIE}": visit.value,
        },
    )


@dataclass(frozen=True)
class Ours:
    """The real app, asked as the gateway asks it.

    ``asking`` and ``posting`` make a request ready, so that only its answer is timed; what they
    return raises AssertionError where the page was not shown or not saved.
    """

    answer: Callable[[dict[str, Any], Any], dict[str, Any]]
    cookies: Mapping[str, str]

    def asking(self, path: str) -> Callable[[], str]:
        """A GET, which gives the text of the page."""
        return partial(self._send, event(path, cookies=self.cookies), 200)

    def posting(self, path: str, form: Form) -> Callable[[], str]:
        """A POST that saves the page."""
        return partial(self._send, event(path, cookies=self.cookies, form=form), 303)

    def filled(self, path: str, typed: Form) -> Form:
        """``typed`` with the hidden fields of the page."""
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.asking(path)())
        return {**{name: [value] for name, value in hidden}, **typed}

    def _send(self, asked: dict[str, Any], status: int) -> str:
        answer = self.answer(asked, CONTEXT)
        assert answer["statusCode"] == status, answer["body"]
        body: str = answer["body"]
        return body


@contextmanager
def serving(*, with_botocore: bool = False) -> Iterator[Ours]:
    """The app on a sealed draft. ``with_botocore`` says whether AWS ends at the wire or before."""
    import app

    sealed = seal()
    services = bootstrap.build(
        stage.environment(canned.ENVIRONMENT | canned.SETTINGS), clock=lambda: stage.NOON
    )
    if with_botocore:
        Wire(sealed.travelling, sealed.key).attach(services.clients.session)
    else:
        services.clients.dynamodb = services.clients.kms = Client(sealed.item, sealed.key)
    written = StringIO()
    handlers = logging.getLogger().handlers[:]
    # The log lines are made as always, and written where nobody reads them.
    logs.configure(written)
    try:
        with pages.serving(lambda: services):
            yield Ours(app.app, sealed.cookies)
    finally:
        logging.getLogger().handlers[:] = handlers
