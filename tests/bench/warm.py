"""Warm pages: our app against the peer, the same pages with the same answers, in one process."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from chalicelib.domain.forms.questions import Kind, describe
from chalicelib.domain.referrals.journey import PAGES
from chalicelib.settings import Settings
from tests import factories, stage
from tests.bench import canned, ours, timing
from tests.bench.ours import Ours
from tests.bench.peer.keeping import InMemory, InTable, Keeping
from tests.bench.peer.site import Peer, create
from tests.bench.results import Measure

BUDGET = 0.5
WARM_UP = 20

Form = Mapping[str, list[str]]
Site = Ours | Peer


@dataclass(frozen=True)
class Question:
    """A page that is measured, with what is typed on it."""

    path: str
    about: str
    typed: Form


def questions() -> tuple[Question, ...]:
    """One page of each kind: many inputs, questions that options reveal, a long text."""
    full = factories.full_answers()
    long = "The health visitor wrote to the school.\r\n\r\n" * 100
    return (
        Question("lead/person", "5 inputs and a date", full["lead/person"][0]),
        Question("child/birth", "radios that reveal", full["child/birth"][0]),
        Question("incident/account", f"a text of {len(long):,}", {"account": [long]}),
    )


def measure(*, rounds: int) -> Iterator[Measure]:
    """The GET and the valid POST of each page."""
    settings = Settings.from_environ(stage.environment(canned.SETTINGS))
    sealed, plain = ours.seal(), json.loads(factories.answers_from().to_json())
    asked = questions()

    def peer(keeping: Keeping) -> Peer:
        paths = tuple(question.path for question in asked)
        return Peer(create(settings, today=stage.NOON.date(), paths=paths, keeping=keeping))

    keeper = peer(InTable(sealed, plain))
    with ours.serving() as own:
        for question in asked:
            ensure_same(question, own, keeper)
            yield _compare_get(question, own, keeper, rounds=rounds)
            yield _compare_post(question, own, keeper, rounds=rounds)
        light = _compare_post(asked[0], own, peer(InMemory()), rounds=rounds)
        yield replace(light, name=f"{light.name}, peer keeps in memory", budget=None)
    with ours.serving(with_botocore=True) as whole:
        for compare in (_compare_get, _compare_post):
            measured = compare(asked[0], whole, keeper, rounds=rounds)
            yield replace(measured, name=f"{measured.name}, botocore’s work too", budget=None)


def ensure_same(question: Question, own: Site, peer: Site) -> None:
    """Raise AssertionError unless both pages ask the same, in the same words."""
    pages = [html.unescape(site.asking(question.path)()) for site in (own, peer)]
    for field in describe(PAGES[question.path].model):
        words = [] if PAGES[question.path].sole and field.shown_when is None else [field.label]
        words += [field.hint, *(option.label for option in field.options)]
        for page in pages:
            missing = [each for each in words if each and each not in page]
            assert not missing, missing
            assert re.search(rf'name="{field.name}[-"]', page), field.name
            count = page.count(f'name="{field.name}') if field.kind is Kind.RADIOS else 0
            assert count == (len(field.options) if count else 0)


def _compare_get(question: Question, own: Ours, peer: Peer, *, rounds: int) -> Measure:
    peer.posting(question.path, peer.filled(question.path, question.typed))()
    taken = timing.interleave(
        timing.timed(own.asking(question.path)),
        timing.timed(peer.asking(question.path)),
        rounds=rounds,
        warm_up=WARM_UP,
    )
    return _result(f"GET {question.path} ({question.about})", taken)


def _compare_post(question: Question, own: Ours, peer: Peer, *, rounds: int) -> Measure:
    own_form = own.filled(question.path, question.typed)
    peer_form = peer.filled(question.path, question.typed)
    taken = timing.interleave(
        timing.timed(own.posting(question.path, own_form)),
        timing.timed(peer.posting(question.path, peer_form)),
        rounds=rounds,
        warm_up=WARM_UP,
    )
    return _result(f"POST {question.path}", taken)


def _result(name: str, taken: timing.Comparison) -> Measure:
    return Measure(
        name,
        "ms",
        ours=taken.ours_ms,
        floor=taken.floor_ms,
        spread=taken.spread,
        budget=BUDGET,
    )
