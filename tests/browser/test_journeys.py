"""From the home page to the outcome on the referrer's page, by people with real browsers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from chalicelib.domain.cases import Outcome, State
from chalicelib.domain.people import Role
from chalicelib.domain.referrals.journey import JOURNEY
from chalicelib.domain.referrals.model import Referral
from tests import factories, papers
from tests.browser.decider import REASON, RULING, Decider
from tests.browser.filling import press
from tests.browser.follower import Follower
from tests.browser.inspector import Inspector
from tests.browser.referrer import Referrer

pytestmark = pytest.mark.browser

LEARNING_REVIEW = "a multi-agency learning review will start"
ASKED = "The school’s log canary."
WORDS = "The log canary: two entries in May."
PATIENCE_SECONDS = 60


def words(text: str) -> str:
    """A text as it is read, however it is broken into lines."""
    return " ".join(text.split())


@dataclass
class People:
    """Whoever takes part, each at a browser of their own, and what was wrong with any page."""

    browser: Browser
    scripts: bool
    inspectors: list[Inspector] = field(default_factory=list)

    @contextmanager
    def another(self) -> Iterator[tuple[Page, Inspector]]:
        with self.browser.new_context(java_script_enabled=self.scripts) as context:
            page = context.new_page()
            self.inspectors.append(Inspector(page, scripts=self.scripts))
            yield page, self.inspectors[-1]

    @property
    def complaints(self) -> list[str]:
        return [each for inspector in self.inspectors for each in inspector.complaints]

    @property
    def looked_at(self) -> int:
        return sum(inspector.looked_at for inspector in self.inspectors)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A document of each of three kinds, under names of three kinds."""
    contents = {
        "Chronology.pdf": papers.pdf(),
        "Jordan’s school log (2).docx": papers.docx(),
        "BODY MAP.PNG": papers.png(),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return [tmp_path / name for name in contents]


def change_name(page: Page, before: str, after: str) -> None:
    """Change the child's name from the check page, and come back to it."""
    with page.expect_navigation():
        page.locator('a[href="/refer/child/name?from=check"]').first.click()
    assert page.get_by_label("Full name").input_value() == before
    page.get_by_label("Full name").fill(after)
    press(page)
    assert page.url.endswith("/refer/check")
    assert after in page.locator("main").inner_text()


def refer(people: People, address: str, mailbox, forms, files: list[Path]) -> str:
    """A whole referral with files, begun in one browser and sent from another."""
    with people.another() as (page, inspector), people.another() as (other, second):
        referrer = Referrer(page, address, forms, mailbox, inspector, people.scripts)
        referrer.begin()
        referrer.confirm()
        page.goto(f"{address}/refer/tasks")
        referrer.answer(JOURNEY[:4])
        half = referrer.leave_half("incident/account")

        referrer.come_back(other, second)
        other.goto(f"{address}/refer/incident/account")
        referrer.look()
        assert half in other.locator("main textarea").first.input_value()
        other.goto(f"{address}/refer/tasks")
        referrer.answer(JOURNEY[4:])
        assert set(referrer.answered) == set(forms)
        referrer.attach(files)
        referrer.check()
        referrer.look()
        assert_named(other, files)
        name = forms["child/name"][0]["full_name"][0]
        change_name(other, name, f"{name} the younger")
        return referrer.send()


def assert_named(page: Page, files: list[Path]) -> None:
    """Every file by its name, which without scripts is known only once the file is checked."""
    for _ in range(PATIENCE_SECONDS):
        shown = page.locator("main").inner_text()
        unnamed = [path.name for path in files if path.name not in shown]
        if not unnamed:
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(unnamed)


def assert_whole(shown: str, forms) -> None:
    """Every answer is there."""
    for section in Referral.from_answers(factories.answers_from(forms)).summary():
        for row in (row for group in section.groups for row in group.rows):
            assert all(words(line) in shown for line in row.lines), row.label


def save_when_safe(page: Page, name: str) -> None:
    """Wait for the scan's end, and save a file."""
    button = page.get_by_role("button", name=f"Download {name}")
    for _ in range(PATIENCE_SECONDS):
        if button.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename.startswith("PR-")


def ask_for_more(decider: Decider, forms) -> None:
    """The chair reads everything, and asks for more."""
    decider.enter()
    assert_whole(words(decider.page.locator("main").inner_text()), forms)
    decider.declare()
    decider.rule({**RULING, "outcome": ["more-information"], "information": [ASKED]})
    decider.confirm("Ask for this information")


def decide(decider: Decider, files: list[Path]) -> None:
    """The chair reads what was answered, saves a file and decides."""
    page, subject = decider.page, f"{decider.reference}: the referrer has answered"
    page.goto(decider.mailbox.wait_for(decider.email, subject).link)
    page.goto(f"{page.url}/case")
    decider.look()
    assert words(WORDS) in words(page.locator("main").inner_text())
    assert_named(page, files)
    save_when_safe(page, files[0].name)
    # Declared before, so that the page cannot be refused any more.
    inspector, decider.inspector = decider.inspector, None
    decider.declare()
    decider.inspector = inspector
    decider.rule()
    decider.confirm()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_case_is_referred_answered_and_decided(
    browser: Browser, address, mailbox, files, scripts
):
    forms, canaries = factories.canary_fields()
    email = f"pat.{'with' if scripts else 'without'}@agency.example.org"
    forms["referrer/contact"][0]["email"] = [email]
    people = People(browser, scripts)
    reference = refer(people, address, mailbox, forms, files[:2])
    forms["child/name"][0]["full_name"][0] += " the younger"

    with people.another() as (page, inspector), people.another() as (other, second):
        decider = Decider(page, mailbox, reference, inspector=inspector if scripts else None)
        ask_for_more(decider, forms)
        follower = Follower(other, address, mailbox, reference, email, second, scripts)
        follower.enter()
        assert ASKED in other.locator("main").inner_text()
        follower.supply(WORDS, files[2:], link="Answer")
        follower.open("/copy")
        follower.open()
        assert other.title().startswith("Waiting for a decision")
        decide(decider, files)
        follower.open()
        assert LEARNING_REVIEW in other.title().lower()

    told = mailbox.wait_for(email, f"{reference}: the outcome of your referral")
    said = words(told.text) + told.html
    assert LEARNING_REVIEW in said.lower()
    secrets = (*canaries, REASON, WORDS, ASKED, *(path.name for path in files))
    assert [secret for secret in secrets if secret in said] == []
    assert people.looked_at > (120 if scripts else 20)
    assert people.complaints == []


def test_a_conflict_of_interest_passes_the_case_to_the_deputy(
    browser: Browser, mailbox, running_services, filed
):
    reference = filed()
    with browser.new_context() as context:
        page = context.new_page()
        inspector = Inspector(page)
        chair = Decider(page, mailbox, reference)
        chair.enter()
        chair.declare("yes")
        inspector.look()
        press(page, "Step aside")
        inspector.look()
        page.goto(chair.link)
        inspector.look()
        assert "You stepped aside from this case" in page.locator("main").inner_text()

        deputy = Decider(page, mailbox, reference, "deputy@example.org")
        deputy.enter()
        deputy.declare()
        deputy.rule()
        deputy.confirm()

    case = running_services.cases.cases.read(reference).case
    assert (case.outcome, case.decided_by) == (Outcome.LEARNING_REVIEW, Role.DEPUTY)
    assert inspector.complaints == []


def test_more_information_is_asked_for_and_the_case_stays_open(
    browser: Browser, mailbox, running_services, filed
):
    reference = filed()
    with browser.new_context() as context:
        page = context.new_page()
        inspector = Inspector(page)
        chair = Decider(page, mailbox, reference)
        chair.enter()
        chair.declare()
        chair.rule({**RULING, "outcome": ["more-information"], "information": ["The log."]})
        inspector.look()
        chair.confirm("Ask for this information")
        inspector.look()
        page.goto(f"{chair.link}/case")
        inspector.look()
        assert "The log." in page.locator("main").inner_text()

    case = running_services.cases.cases.read(reference).case
    assert case.state is State.AWAITING_INFORMATION
    assert inspector.complaints == []
