"""A canary in all that a referrer writes after sending: none sings outside a seal."""

from __future__ import annotations

import pytest
from chalice.test import HTTPResponse

from tests import papers, uploads
from tests.followers import follower
from tests.journeys.test_canaries import SEALED, Traces, sings, traces
from tests.web.decider import Decider, hidden_of, leads_to
from tests.web.follower import Follower
from tests.web.visitor import page

__all__ = ["traces"]

pytestmark = pytest.mark.aws

CANARIES = tuple(f"Canary {number} chirps" for number in range(941, 948))
ANSWERED, HALF, EXPIRED, NOTHING, WHY, NAME, ASKED = CANARIES


def write_everything(traces: Traces) -> Follower:
    """Answer with a file, write halves of sentences, let sessions end, copy and withdraw."""
    stage = traces.stage
    reference = stage.submit().reference
    stage.deliver()
    decider = Decider(stage)
    decider.decide(outcome="more-information", information=ASKED)
    person = Follower(stage, reference)

    def post(of: str, fields: dict[str, str]) -> HTTPResponse:
        return traces.follow(person.post(of, fields))

    assert ASKED in page(person.enter())
    held = follower(stage, reference).read()
    desk = uploads.Desk(stage, held.case.case_id, held.key)
    allowed = desk.allow(f"{NAME}.pdf", 1000, part="information-1")
    uploads.send(allowed, papers.pdf(NAME), name=f"{NAME}.pdf")
    uploads.scan(stage)
    nonce = person.nonce("information")
    post("information", {"information": HALF, "nonce": nonce, "action": "files"})
    assert f"{NAME}.pdf" in page(person.get("information/files"))
    post("information", {"information": ANSWERED, "nonce": nonce})
    for of in ("", "copy", "copy/download"):
        assert ANSWERED in page(person.get(of))

    reason = {"reason": EXPIRED, "nonce": person.nonce("withdraw")}
    person.wait(minutes=31)
    ended = post("withdraw", reason)
    carried = post("code", hidden_of(ended))
    code = {"code": person.newest_code()}
    assert leads_to(post("code", hidden_of(carried) | code)) == person.path("withdraw?kept=yes")
    mend = person.lose("updates", "withdraw")
    assert post("withdraw", reason | {"reason": NOTHING}).status_code == 503
    mend()
    post("withdraw", reason | {"reason": WHY, "admin": WHY})
    post("withdraw", reason | {"reason": WHY})
    assert post("information", {"information": HALF, "nonce": "n" * 16}).status_code == 409
    stage.deliver()
    return person


def test_no_canary_of_what_is_written_after_sending_sings_outside_a_seal(traces: Traces):
    person = write_everything(traces)
    assert person.case.withdrawn_at
    kinds = set()
    for item in traces.items():
        kinds.add(item["kind"]["S"])
        plain = {name: value for name, value in item.items() if name not in SEALED}
        assert not sings(CANARIES, repr(plain)), plain["kind"]
        assert not sings(CANARIES, repr(item)), "a sealed attribute holds plain text"
    assert {"information", "reason", "attachment"} <= kinds
    assert traces.log.getvalue().count("\n") > 50
    for line in traces.log.getvalue().splitlines():
        assert not sings(CANARIES, line), line
    for email in traces.stage.mailbox.emails:
        said = email.subject + email.text + email.html + email.message_id + email.tag
        assert not sings(CANARIES, said), email.subject
    assert len(traces.addresses) >= 8
    assert not sings(CANARIES, " ".join(traces.addresses))
