"""The peer is an honest one: it asks the same, and it checks what it is sent."""

from __future__ import annotations

import pytest

from chalicelib.settings import Settings
from tests import stage
from tests.bench import canned, ours, warm
from tests.bench.peer.keeping import InMemory, InTable
from tests.bench.peer.site import Peer, create

QUESTIONS = {question.path: question for question in warm.questions()}


@pytest.fixture(params=["memory", "table"])
def peer(request: pytest.FixtureRequest) -> Peer:
    settings = Settings.from_environ(stage.environment(canned.SETTINGS))
    keeping = InMemory() if request.param == "memory" else InTable(ours.seal(), {})
    app = create(settings, today=stage.NOON.date(), paths=tuple(QUESTIONS), keeping=keeping)
    return Peer(app)


@pytest.fixture
def own(monkeypatch):
    for name, value in canned.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with ours.serving() as served:
        yield served


@pytest.mark.parametrize("path", QUESTIONS)
def test_both_ask_the_same_in_the_same_words(own, peer, path):
    warm.ensure_same(QUESTIONS[path], own, peer)


@pytest.mark.parametrize("path", QUESTIONS)
def test_the_peer_shows_what_it_saved(peer, path):
    typed = QUESTIONS[path].typed
    peer.posting(path, peer.filled(path, typed))()

    value = max((values[0] for values in typed.values()), key=len).splitlines()[0]
    assert value in peer.asking(path)()


@pytest.mark.parametrize(
    "change", [{"csrf_token": ["forged"]}, {"email": ["nobody"]}, {"name": []}]
)
def test_the_peer_refuses_what_it_should(peer, change):
    form = peer.filled("lead/person", QUESTIONS["lead/person"].typed)

    with pytest.raises(AssertionError):
        peer.posting("lead/person", {**form, **change})()


def test_ours_saves_with_either_stand_in_for_aws(own, monkeypatch):
    question = QUESTIONS["lead/person"]
    own.posting(question.path, own.filled(question.path, question.typed))()

    with ours.serving(with_botocore=True) as whole:
        whole.posting(question.path, whole.filled(question.path, question.typed))()
