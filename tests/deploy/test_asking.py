"""What the deployed pages ask their jobs to do: codes to follow a case, lost links, ended drafts.

The jobs' roles may do each step, which only a local AWS that checks policies can show.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import Services
from infra import seed
from infra.cli import stages
from infra.deploying.browser import Browser
from infra.invented import answers_from, full_answers
from infra.local import emulator
from infra.local.worker import scheduled_event
from tests.deploy.conftest import Site

pytestmark = pytest.mark.aws

OURS = "https://referrals.example.org"
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Deployed:
    """The deployed pages, and the use cases under an operator's rights."""

    site: Site
    services: Services

    def browser(self) -> Browser:
        api = self.site.first["outputs"]["RestAPIId"]
        return Browser(f"{self.site.env['AWS_ENDPOINT_URL']}/_aws/execute-api/{api}/live", OURS)

    def mails(self, subject: str) -> list[Mapping[str, Any]]:
        """What was sent with these words in its subject, the oldest first."""
        answer = Browser(self.site.env["AWS_ENDPOINT_URL"], "").open("/_ministack/ses/messages")
        kept = json.loads(answer.text)["messages"]
        found = [mail for each in kept.values() for mail in each if subject in str(mail)]
        return sorted(found, key=str)

    def run_sweep(self) -> None:
        """Start the sweep as its schedule does."""
        answer = self.site.client("lambda").invoke(
            FunctionName=self.site.first["outputs"]["SweepName"],
            Payload=json.dumps(scheduled_event(datetime.now(UTC), emulator.REGION)).encode(),
        )
        assert "FunctionError" not in answer, answer["Payload"].read()


@pytest.fixture
def deployed(site: Site, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    for name, value in site.env.items():
        monkeypatch.setenv(name, value)
    opened = stages.open_stage("deploy-test")
    return Deployed(site, bootstrap.build(opened.environment))


def until(found: Callable[[], Any]) -> Any:
    """Wait for jobs that the table's stream starts."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.25)
    return value


def test_a_referrer_is_sent_a_code_and_follows_their_case(deployed: Deployed):
    reference = seed._refer(deployed.services, seed.STORIES[0])
    browser = deployed.browser()

    lands = browser.submit(browser.open("/referral"), {"reference": [reference]})
    (mail,) = until(lambda: deployed.mails(f"{reference}: the code you asked for"))
    code = re.search(r"\b\d{3} \d{3}\b", str(mail))
    assert code
    lands = browser.submit(browser.open(lands), {"code": [code.group()]})

    assert lands == f"/referral/{reference}"
    assert reference in browser.open(lands).text


def draft(deployed: Deployed, *, days_ago: int = 0) -> str:
    """A draft whose address is confirmed; its id."""
    now = deployed.services.clock() - timedelta(days=days_ago)
    drafts = deployed.services.drafts
    empty, answers = drafts.start(now=now), answers_from()
    stamp = empty.answers.stamp(seed.FIRST_PAGE)
    saved = drafts.save(empty, seed.FIRST_PAGE, lambda _: answers, stamp=stamp, now=now)
    return seed.confirmed(deployed.services, saved, now=now).case_id


def test_lost_links_are_sent_to_the_mailbox_that_was_confirmed(deployed: Deployed):
    draft(deployed)
    before = len(until(lambda: deployed.mails("how to come back to it")))
    browser = deployed.browser()
    (email,) = full_answers()["referrer/contact"][0]["email"]

    assert browser.submit(browser.open("/refer/lost-link"), {"email": [email]})

    until(lambda: len(deployed.mails("how to come back to it")) > before)


def test_the_sweep_disposes_of_a_draft_that_ended(deployed: Deployed):
    case_id = draft(deployed, days_ago=40)

    deployed.run_sweep()

    assert deployed.services.drafts.drafts.get(case_id) is None
