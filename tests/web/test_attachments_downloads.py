"""The files of a case, as its decision-maker sees them and saves the safe ones."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from chalicelib.domain.attachments import Verdict
from chalicelib.domain.audit import Act
from tests.stage import Stage
from tests.web.decider import Decider, leads_to, only_case
from tests.web.follower import Follower
from tests.web.referrer import Referrer
from tests.web.uploading import PDF, Form, add, permit, scan
from tests.web.visitor import page

pytestmark = pytest.mark.aws


@pytest.fixture
def referrer(stage: Stage) -> Referrer:
    """In the middle of a referral that could be sent."""
    return Referrer(stage).having()


def sent_by(referrer: Referrer) -> Decider:
    """The referral is sent, and somebody opens the case."""
    stage, draft = referrer.stage, referrer.draft
    stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    stage.deliver()
    decider = Decider(stage)
    decider.enter()
    return decider


def rows(decider: Decider) -> list[tuple[str, str]]:
    found = re.findall(
        r'class="uploads__name">([^<]+)<.*?<strong[^>]*>([^<]+)<', page(decider.get("case")), re.S
    )
    return [(name, state) for name, state in found]


def downloads(stage: Stage) -> int:
    trail = stage.services.cases.cases.trail(only_case(stage.services).reference)
    return sum(event.act is Act.ATTACHMENT_DOWNLOADED for event in trail)


def test_a_case_without_files_says_nothing_of_files(referrer):
    assert "Files" not in page(sent_by(referrer).get("case"))


def test_a_case_shows_each_file_with_its_state(referrer):
    stage = referrer.stage
    scan(stage, add(referrer, "letter.pdf"))
    scan(stage, add(referrer, "photo.pdf"), Verdict.INFECTED)
    add(referrer, "late.pdf")
    permit(referrer, "lost.pdf", 10)
    decider = sent_by(referrer)
    shown = page(decider.get("case"))

    assert rows(decider) == [
        ("letter.pdf", "Safe"),
        ("photo.pdf", "Not accepted"),
        ("late.pdf", "Being checked"),
        ("lost.pdf", "Not uploaded"),
    ]
    assert "It had a virus, so it was not kept." in shown
    assert "The referrer began to upload it, and it did not arrive." in shown
    assert shown.count(">Download<") == 1
    assert "Sent with the referral" in shown


def test_files_for_information_are_shown_once_it_was_sent(referrer):
    stage = referrer.stage
    decider = sent_by(referrer)
    follower = Follower(stage, only_case(stage.services).reference)
    follower.enter()
    files = "information/files"
    asked = follower.post(f"{files}/allow", {"name": "log.pdf", "size": len(PDF)})
    given = json.loads(asked.body)
    assert Form(given["url"], given["fields"]).send("log.pdf", PDF).status == 201
    scan(stage, given["id"])
    listed = follower.get(files)
    assert "log.pdf" in page(listed)
    origin = stage.services.attachments.upload_origin
    assert f"connect-src 'self' {origin};" in listed.headers["content-security-policy"]
    assert rows(decider) == []

    follower.supply()

    assert rows(decider) == [("log.pdf", "Safe")]
    assert "Sent with information on 24 November 2026 at midday" in page(decider.get("case"))


def test_a_safe_file_is_saved_under_the_case_s_reference(referrer):
    kept = add(referrer, "Jordan's letter.pdf")
    scan(referrer.stage, kept)
    decider = sent_by(referrer)
    reference = only_case(referrer.stage.services).reference

    answer = decider.post(f"attachments/{kept}")

    address = leads_to(answer)
    origin = referrer.stage.services.attachments.download_origin
    assert address.startswith(f"{origin}/")
    assert "Jordan" not in address
    save_as = parse_qs(urlsplit(address).query)["response-content-disposition"]
    assert save_as == [f'attachment; filename="{reference}-1.pdf"']
    with urlopen(address) as file:  # noqa: S310
        assert file.read() == PDF
    assert downloads(referrer.stage) == 1


def test_only_a_case_s_own_page_may_lead_to_the_storage(referrer):
    decider = sent_by(referrer)
    origin = referrer.stage.services.attachments.download_origin

    assert f"form-action 'self' {origin};" in decider.get("case").headers["content-security-policy"]
    for path in ("interest", "step-aside", "", "code"):
        assert origin not in decider.get(path).headers["content-security-policy"], path


@pytest.mark.parametrize("verdict", [Verdict.INFECTED, Verdict.FAILED, None])
def test_a_file_that_is_not_safe_is_never_handed_out(referrer, verdict):
    bad = add(referrer, "letter.pdf")
    if verdict:
        scan(referrer.stage, bad, verdict)
    decider = sent_by(referrer)

    assert f"attachments/{bad}" not in page(decider.get("case"))
    assert leads_to(decider.post(f"attachments/{bad}")) == decider.path("case") + "#files"
    assert downloads(referrer.stage) == 0


def test_a_file_of_another_case_is_not_handed_out(referrer, stage):
    other = Referrer(stage).having()
    theirs = add(other, "letter.pdf")
    scan(stage, theirs)
    decider = sent_by(referrer)

    assert leads_to(decider.post(f"attachments/{theirs}")) == decider.path("case") + "#files"


def test_a_download_needs_a_session_and_the_form(referrer):
    kept = add(referrer, "letter.pdf")
    scan(referrer.stage, kept)
    decider = sent_by(referrer)

    assert decider.post(f"attachments/{kept}", {"more": "x"}).status_code == 400
    assert decider.get(f"attachments/{kept}").status_code == 405
    decider.wait(hours=13)
    assert leads_to(decider.post(f"attachments/{kept}")).startswith(decider.path())
    assert downloads(referrer.stage) == 0
