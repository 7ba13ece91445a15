"""Calls to AWS, counted at botocore's hooks while the real pages run on the local AWS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from app import app
from chalicelib.domain.links import digest
from chalicelib.domain.referrals.journey import PAGES
from chalicelib.web import pages
from chalicelib.web.referrals.drafts import COOKIE
from tests import factories, stage
from tests.bench.results import Measure
from tests.faults.harness import Faults
from tests.stage import Stage
from tests.web.visitor import Visitor

FORM_PAGE_GET = 2
PAGE_POST = 3
SUBMIT = 4
DECIDE = 4

T = TypeVar("T")


def measure(aws: dict[str, str]) -> Iterator[Measure]:
    """What one page of each kind costs; of the form's pages, the one that costs most."""
    scene = stage.build(aws)
    counter = Counter(scene)
    with pages.serving(lambda: scene.services):
        visitor = Visitor(app)
        gets, posts = _fill_in(visitor, counter)
        yield _count("AWS calls: form page, GET", max(gets), FORM_PAGE_GET)
        yield _count("AWS calls: form page, POST", max(posts), PAGE_POST)
        _confirm(scene, visitor)
        yield _count("AWS calls: submit", _submit(visitor, counter), SUBMIT)
        yield _count("AWS calls: decide", _decide(scene, counter), DECIDE)


class Counter:
    """Counts the calls of a stage's services."""

    def __init__(self, scene: Stage) -> None:
        self._faults = Faults(scene.services.clients.session)

    def of(self, act: Callable[[], T]) -> tuple[T, int]:
        """What ``act`` gives, and how many calls it makes."""
        with self._faults.counting() as calls:
            given = act()
        return given, len(calls)


def _count(name: str, ours: int, budget: int) -> Measure:
    return Measure(name, "calls", ours=ours, budget=budget, decides=True)


def _fill_in(visitor: Visitor, counter: Counter) -> tuple[list[int], list[int]]:
    """Answer every page of the full referral; the calls of each GET and each POST."""
    visitor.get("/refer")
    visitor.post("/refer")
    gets, posts = [], []
    for path, forms in factories.full_answers().items():
        for number, form in enumerate(forms, start=1):
            address = f"/refer/{path}" + (f"/{number}" if PAGES[path].many else "")
            shown, calls = counter.of(partial(_page, visitor, address))
            gets.append(calls)
            typed = {**form, "version": [_hidden(shown, "version")]}
            _, calls = counter.of(partial(_send, visitor, address, typed))
            posts.append(calls)
    return gets, posts


def _confirm(scene: Stage, visitor: Visitor) -> None:
    """Let the browser's draft have a confirmed address."""
    (token,) = (value for name, value in visitor.cookies.items() if name.endswith(COOKIE))
    scene.as_confirmed(scene.services.drafts.open(token, now=scene.clock()))


def _submit(visitor: Visitor, counter: Counter) -> int:
    version = _hidden(_page(visitor, "/refer/check"), "version")
    _, calls = counter.of(partial(_send, visitor, "/refer/check", {"version": [version]}))
    return calls


def _decide(scene: Stage, counter: Counter) -> int:
    """The POST of the check page that records a decision."""
    scene.deliver()
    link, session, _ = scene.pending()
    prefix = "__Host-" if scene.services.settings.is_secure else ""
    chair = Visitor(app, cookies={f"{prefix}session-{digest(link)[:12]}": session})
    address = f"/decisions/{link}/check"
    nonce = _hidden(_page(chair, address), "nonce")
    _, calls = counter.of(partial(_send, chair, address, {"nonce": [nonce]}))
    (case,) = scene.services.cases.page().cases
    assert case.decided_at, "the decision was not recorded"
    return calls


def _page(visitor: Visitor, address: str) -> str:
    response = visitor.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return str(response.body.decode())


def _send(visitor: Visitor, address: str, form: Mapping[str, list[str]]) -> None:
    response = visitor.post(address, form)
    assert response.status_code == 303, (address, response.status_code)


def _hidden(shown: str, name: str) -> str:
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', shown)
    assert found, f"the page has no field {name}"
    return found.group(1)
