"""Files that go with information: added before it is sent, seen with it afterwards."""

from __future__ import annotations

import json
import re

import pytest

from chalicelib.domain.attachments import Verdict
from chalicelib.services.attachments import Allowed
from tests import papers, uploads
from tests.stage import Stage
from tests.web.decider import Decider, leads_to
from tests.web.follower import Follower
from tests.web.visitor import page

pytestmark = pytest.mark.aws


@pytest.fixture
def follower(stage: Stage) -> Follower:
    """The referrer of the only case, with their session open."""
    reference = stage.submit().reference
    stage.deliver()
    found = Follower(stage, reference)
    found.enter()
    return found


def add(follower: Follower, name: str, verdict: Verdict = Verdict.CLEAN) -> str:
    """Send a file as the page's script does; its id."""
    content = papers.pdf()
    follower.get("information/files")
    facts = {"name": name, "size": str(len(content))}
    response = follower.post("information/files/allow", facts)
    given = json.loads(response.body)
    allowed = Allowed(given["id"], given["url"], given["fields"])
    assert uploads.send(allowed, content, name=name).status == 201
    uploads.scan(follower.stage, verdict)
    return str(given["id"])


def test_a_file_is_added_and_sent_with_what_is_written(follower: Follower):
    add(follower, "log.pdf")
    assert "log.pdf" in page(follower.get("information"))
    assert "log.pdf" not in page(follower.get())
    follower.supply()
    for of in ("", "copy", "copy/download"):
        assert "log.pdf" in page(follower.get(of))
    assert "log.pdf" not in page(follower.get("information"))


def test_a_refused_file_is_named_to_the_referrer(follower: Follower):
    add(follower, "virus.pdf", Verdict.INFECTED)
    follower.supply()
    shown = page(follower.get())
    assert "virus.pdf" in shown
    assert "This file has a virus" in shown


def test_the_decider_sees_a_file_once_it_was_sent(follower: Follower):
    decider = Decider(follower.stage)
    decider.enter()
    add(follower, "log.pdf")
    assert "log.pdf" not in page(decider.get("case"))
    follower.supply()
    assert "log.pdf" in page(decider.get("case"))


def test_files_of_one_piece_of_information_do_not_come_with_the_next(follower: Follower):
    add(follower, "first.pdf")
    follower.supply("First.")
    add(follower, "second.pdf")
    follower.supply("Second.")
    shown = page(follower.get())
    assert shown.index("First.") < shown.index("first.pdf") < shown.index("Second.")
    assert shown.index("Second.") < shown.index("second.pdf")


def test_a_file_is_removed_before_it_is_sent_and_not_after(follower: Follower):
    first, second = add(follower, "first.pdf"), add(follower, "second.pdf")
    removal = f"information/files/{first}/remove"
    assert "first.pdf" in page(follower.get(removal))
    assert leads_to(follower.post(removal)).startswith(follower.path("information/files"))
    assert "first.pdf" not in page(follower.get("information"))
    follower.supply()
    follower.post(f"information/files/{second}/remove")
    assert "second.pdf" in page(follower.get())


def test_a_file_of_the_referral_itself_cannot_be_removed_here(stage: Stage):
    draft = stage.draft()
    desk = uploads.of(stage, draft)
    sent = desk.add("chronology.pdf")
    uploads.scan(stage)
    receipt = stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    stage.deliver()
    follower = Follower(stage, receipt.reference)
    assert "chronology.pdf" in page(follower.enter())
    follower.get("information/files")
    follower.post(f"information/files/{sent}/remove")
    assert "chronology.pdf" in page(follower.get())


@pytest.mark.parametrize("of", ["", "/allow", "/none", "/none/remove"])
def test_no_file_is_added_after_the_end(follower: Follower, of: str):
    follower.get("information/files")
    follower.withdraw()
    path = f"information/files{of}"
    answers = [follower.post(path)] if of == "/allow" else [follower.get(path)]
    if of.endswith("remove"):
        answers.append(follower.post(path))
    for response in answers:
        assert response.status_code == 409
        assert "This referral was withdrawn" in page(response)


def test_the_page_for_files_may_reach_the_storage_and_the_others_may_not(follower: Follower):
    origin = follower.stage.services.attachments.upload_origin
    allowed = {
        of: origin in str(follower.get(of).headers["content-security-policy"])
        for of in ("", "copy", "information", "withdraw", "information/files")
    }
    assert [of for of, is_open in allowed.items() if is_open] == ["information/files"]


def test_names_of_files_are_in_no_address(follower: Follower):
    add(follower, "Jordan Sample.pdf")
    follower.supply()
    for of in ("", "copy"):
        found = re.findall(r'(?:href|action|src)="([^"]+)"', page(follower.get(of)))
        assert not any("Jordan" in address for address in found)
