"""A canary in all that a draft holds for a while and never becomes an answer, and in networks."""

from __future__ import annotations

import pytest

from chalicelib.domain.drafts import IDLE
from chalicelib.web import pages
from tests.journeys.test_canaries import SEALED, Traces, sings, traces
from tests.journeys.test_interruptions import CODE, EMAIL, confirmed, newest
from tests.web.decider import hidden_of, leads_to
from tests.web.referrer import Referrer
from tests.web.visitor import page

__all__ = ["traces"]

pytestmark = pytest.mark.aws

TYPED, CLEARED, TRAVELLED, ENTRY = (f"Canary {number} chirps" for number in range(951, 955))
OTHER, LOST = "canary955@canary.example.org", "canary956@canary.example.org"
NETWORK = "203.0.113.77"
CANARIES = (TYPED, CLEARED, TRAVELLED, ENTRY, OTHER, LOST, NETWORK, EMAIL)


def assert_silent(traces: Traces) -> None:
    for item in traces.items():
        plain = {name: value for name, value in item.items() if name not in SEALED}
        assert not sings(CANARIES, repr(plain)), plain["kind"]
        assert not sings(CANARIES, repr(item)), "a sealed attribute holds plain text"


def leave_half(traces: Traces, referrer: Referrer, path: str, text: str) -> None:
    """Type what is no answer yet, and come back later."""
    fields = {"full_name": "", "other_names": text, "action": "later"}
    if "person" in path:
        fields = {"name": text, "action": "later"}
    traces.follow(referrer.fill_in(path, fields))
    assert text in page(referrer.get(path))
    assert_silent(traces)


def outlive_the_session(traces: Traces, referrer: Referrer) -> None:
    """Send a page after the session's end, and take it through the code."""
    shown = referrer.get("/refer/child/name")
    traces.stage.clock.advance(IDLE)
    ended = referrer.send(shown, {"full_name": "", "other_names": TRAVELLED})
    carried = referrer.post("/refer/reopen", hidden_of(ended))
    assert TRAVELLED in page(carried)
    typed = hidden_of(carried) | {"code": newest(traces.stage, CODE)}
    back = leads_to(traces.follow(referrer.post("/refer/reopen", typed)))
    assert TRAVELLED in page(referrer.get(back))
    assert_silent(traces)


def test_no_canary_of_a_draft_sings_outside_a_seal(traces: Traces, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pages, "network", lambda _: NETWORK)
    referrer = confirmed(traces.stage)
    traces.follow(referrer.post("/refer/confirm", {"email": OTHER}))
    assert OTHER in page(referrer.get("/refer/confirm/code"))
    assert_silent(traces)
    leave_half(traces, referrer, "/refer/child/name", TYPED)
    leave_half(traces, referrer, "/refer/family/person/1", ENTRY)
    leave_half(traces, referrer, "/refer/child/name", CLEARED)
    traces.follow(referrer.fill_in("/refer/child/name", {"action": "clear"}))
    outlive_the_session(traces, referrer)
    traces.follow(referrer.post("/refer/lost-link", {"email": LOST}))
    traces.stage.answer()
    assert_silent(traces)
    assert leads_to(referrer.post("/refer/delete")) == "/refer/deleted"
    assert_silent(traces)

    assert {"code", "link", "limit"} <= {item["kind"]["S"] for item in traces.items()}
    for line in traces.log.getvalue().splitlines():
        assert not sings(CANARIES, line), line
    for email in traces.stage.mailbox.emails:
        said = email.subject + email.text + email.html + email.message_id + email.tag
        assert not sings(CANARIES, said), email.subject
    assert len(traces.addresses) > 6
    assert not sings(CANARIES, " ".join(traces.addresses))
    assert "Metrics" in traces.log.getvalue()
