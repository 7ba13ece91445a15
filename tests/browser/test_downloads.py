"""The files of a case saved by its decision-maker, straight from the storage."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.bootstrap import Services
from chalicelib.domain.attachments import REFERRAL
from tests.browser.decider import Decider
from tests.browser.inspector import Inspector
from tests.browser.papers import Papers
from tests.web.uploading import Form

pytestmark = pytest.mark.browser

LOOKS = 60


def add(services: Services, reference: str, path: Path) -> None:
    """Send a file to a case as its referrer would."""
    content = path.read_bytes()
    file = services.cases.cases.read(reference)
    allowed = services.attachments.allow(
        reference,
        file.key.case_id,
        services.cases.vault.open_key(file.key.case_id, file.key.wrapped),
        part=REFERRAL,
        name=path.name,
        size=len(content),
        return_to="",
        network="",
        now=services.clock(),
    )
    assert Form(allowed.url, allowed.fields).send(path.name, content).status == 201


def reload_until_checked(page: Page) -> None:
    for _ in range(LOOKS):
        if not page.get_by_text("Being checked").count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError("files were not checked")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_safe_file_is_saved_and_a_bad_one_only_named(
    browser: Browser, running_services, filed, mailbox, tmp_path, scripts
):
    papers = Papers(tmp_path)
    reference = filed()
    letter = papers.pdf("Jordan’s letter.pdf")
    add(running_services, reference, letter)
    add(running_services, reference, papers.virus())
    with browser.new_context(java_script_enabled=scripts) as context:
        page = context.new_page()
        decider = Decider(page, mailbox, reference)
        decider.enter()
        reload_until_checked(page)
        inspector = Inspector(page, scripts=scripts)
        page.reload()
        inspector.look()
        bad = page.locator(".uploads__file", has_text="virus.pdf")
        expect(bad).to_contain_text("It had a virus, so it was not kept.")
        expect(page.get_by_role("button", name="Download")).to_have_count(1)
        with page.expect_download() as saving:
            page.get_by_role("button", name="Download Jordan’s letter.pdf").click()
        assert saving.value.suggested_filename == f"{reference}-1.pdf"
        assert Path(saving.value.path()).read_bytes() == letter.read_bytes()
        assert inspector.complaints == []
