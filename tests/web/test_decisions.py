"""The decision by emailed link, page by page, on the local AWS."""

from __future__ import annotations

import re

import pytest

from chalicelib.domain.cases import Outcome, State
from chalicelib.domain.messages import Kind
from chalicelib.domain.people import Role
from tests.stage import REASON, Stage
from tests.web.decider import RULING, Decider, leads_to, nonce_of, only_case
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws

CHILD = "Jordan Sample"


@pytest.fixture
def decider(stage: Stage) -> Decider:
    """The chair, with the link to the only case in their mail."""
    stage.submit()
    stage.deliver()
    return Decider(stage)


def test_a_case_is_decided_page_by_page(decider):
    done = decider.decide()

    assert heading(done) == "Decision recorded"
    assert Outcome.REVIEW.label in page(done)
    case = only_case(decider.stage.services)
    assert (case.state, case.outcome) == (State.DECIDED, Outcome.REVIEW)
    assert case.decided_by is Role.DECISION_MAKER
    decider.stage.deliver()
    assert decider.stage.sent(case.reference)[Kind.OUTCOME] == ["sent"]


def test_the_link_shows_that_a_case_waits_and_nothing_of_it(decider):
    shown = page(decider.get())

    assert heading(decider.get()) == "A referral waits for your decision"
    assert only_case(decider.stage.services).reference in shown
    assert "22 December 2026 at midday" in shown
    for personal in (CHILD, "Health", "Priya", decider.stage.person("decision_maker")):
        assert personal not in shown


def test_the_case_page_shows_the_whole_referral(decider):
    decider.enter()
    shown = page(decider.get("case"))

    assert heading(decider.get("case")) == "Referral from Health"
    for answer in (CHILD, "Priya Example", "943 476 5919", "The family moved.", "Kim Fabricated"):
        assert answer in shown
    for anchor in re.findall(r'href="#([\w-]+)"', shown):
        assert f'id="{anchor}"' in shown


def test_every_page_of_a_session_says_when_it_ends(decider):
    decider.declare()
    decider.write()
    for of in ("case", "interest", "step-aside", "outcome", "check"):
        shown = page(decider.get(of))
        assert "You will be signed out at 12:30pm" in shown, of
        assert f'action="{decider.path("extend")}?to={of}"' in shown
        assert "data-session-ends" in shown


@pytest.mark.parametrize("of", ["case", "interest", "step-aside", "outcome", "check", "done"])
def test_without_a_session_no_page_of_a_case_is_shown(decider, of):
    assert leads_to(decider.get(of)) == decider.path()


@pytest.mark.parametrize("of", ["case", "interest", "step-aside", "outcome", "check", "done"])
def test_reading_a_page_changes_nothing(decider, of):
    decider.declare()
    decider.write()
    cases = decider.stage.services.cases.cases
    case = only_case(decider.stage.services)
    before = (case, cases.trail(case.reference), cases.rulings(case.reference))
    for method in ("GET", "HEAD", "GET"):
        decider.get(of, method=method)

    assert only_case(decider.stage.services) == before[0]
    assert cases.trail(case.reference) == before[1]
    assert cases.rulings(case.reference) == before[2] == []


def test_no_outcome_is_selected_beforehand(decider):
    decider.declare()
    shown = page(decider.get("outcome"))

    assert shown.count('type="radio"') == len(Outcome)
    assert " checked" not in shown


def test_what_was_written_is_there_again_when_the_page_is_opened_again(decider):
    decider.declare()
    decider.write(outcome="other-action", other_action="A briefing.")
    shown = page(decider.get("outcome"))

    assert re.search(r'value="other-action" checked', shown)
    assert "A briefing." in shown
    assert REASON in shown


def test_a_ruling_with_gaps_is_asked_again_with_what_was_typed(decider):
    decider.declare()
    response = decider.post("outcome", RULING | {"outcome": "more-information"})

    assert response.status_code == 400
    shown = page(response)
    assert "<title>Error: " in shown
    assert '<a href="#information">Enter what you need to know</a>' in shown
    assert REASON in shown


def test_the_outcome_cannot_be_reached_before_the_declaration(decider):
    decider.enter()

    assert leads_to(decider.get("outcome")) == decider.path("interest")
    assert leads_to(decider.post("outcome", RULING)) == decider.path("interest")
    assert leads_to(decider.get("check")) == decider.path("outcome")


def test_a_declaration_must_be_made_and_is_not_made_for_anybody(decider):
    decider.enter()
    assert " checked" not in page(decider.get("interest"))
    response = decider.post("interest", {})

    assert response.status_code == 400
    assert "Select whether you have a conflict of interest" in page(response)


def test_a_declaration_stands_on_the_trail_once(decider):
    decider.declare()
    decider.post("interest", {"interest": "no"})
    services = decider.stage.services
    trail = services.cases.cases.trail(only_case(services).reference)

    assert [event.act.value for event in trail].count("no-conflict-declared") == 1


@pytest.mark.parametrize("outcome", Outcome)
def test_the_check_page_shows_what_will_be_recorded(decider, outcome):
    decider.declare()
    shown = page(decider.write(outcome=outcome, other_action="A briefing.", information="The log."))

    assert outcome.label in shown
    assert REASON in shown
    assert ("A briefing." in shown) is (outcome is Outcome.OTHER_ACTION)
    assert ("The log." in shown) is (outcome is Outcome.MORE_INFORMATION)
    button = "Ask for this" if outcome is Outcome.MORE_INFORMATION else "Record this decision"
    assert button in shown


def test_the_same_decision_sent_twice_is_one_decision_and_the_same_page(decider):
    first = page(decider.decide())
    services = decider.stage.services
    nonce = only_case(services).nonce
    decider.wait(minutes=1)

    assert leads_to(decider.post("check", {"nonce": nonce})) == decider.path("done")
    again = page(decider.get("done"))
    shown = re.findall(r"<dd.*?</dd>", first, re.DOTALL)
    assert shown == re.findall(r"<dd.*?</dd>", again, re.DOTALL)
    assert len(services.cases.cases.rulings(only_case(services).reference)) == 1


def test_another_decision_is_told_when_it_was_decided_and_by_which_role(decider):
    decider.decide()
    response = decider.post("check", {"nonce": "another"})

    assert response.status_code == 409
    assert heading(response) == "This case has already been decided"
    assert "24 November 2026 at midday by the Independent Chair" in page(response)


def test_words_changed_in_another_tab_are_checked_again(decider):
    decider.declare()
    stale = nonce_of(decider.write())
    decider.write(outcome="no-review", reason="Neither limb is met.")
    response = decider.post("check", {"nonce": stale})

    assert response.status_code == 409
    shown = page(response)
    assert "Nothing was recorded" in shown
    assert "Neither limb is met." in shown
    assert only_case(decider.stage.services).decided_at is None
    assert leads_to(decider.post("check", {"nonce": nonce_of(response)})) == decider.path("done")


def test_asking_for_information_keeps_the_link(decider):
    assert heading(decider.ask()) == "Request recorded"
    assert only_case(decider.stage.services).state is State.AWAITING_INFORMATION

    later = Decider(decider.stage)
    assert later.link == decider.link
    later.enter()
    shown = page(later.get("case"))
    assert "Information asked for" in shown
    assert "The log." in shown
    assert heading(later.decide()) == "Decision recorded"


def test_the_done_page_is_of_no_use_before_anything_is_done(decider):
    decider.enter()

    assert leads_to(decider.get("done")) == decider.path("case")


def test_a_conflict_passes_the_case_to_the_deputy_whose_link_works(decider):
    decider.enter()
    assert leads_to(decider.post("interest", {"interest": "yes"})) == decider.path("step-aside")
    warning = page(decider.get("step-aside"))
    assert "Deputy chair gets a link" in warning
    assert "cannot undo" in warning

    for _ in range(2):
        assert leads_to(decider.post("step-aside")) == decider.path("done")
    assert heading(decider.get("done")) == "You have stepped aside"
    assert decider.get("case").status_code == 410

    decider.stage.deliver()
    deputy = Decider(decider.stage, "deputy")
    assert heading(deputy.decide()) == "Decision recorded"
    assert only_case(decider.stage.services).decided_by is Role.DEPUTY


def test_saying_yes_to_a_conflict_passes_nothing_on_by_itself(decider):
    decider.enter()
    decider.post("interest", {"interest": "yes"})
    decider.get("step-aside")

    assert only_case(decider.stage.services).decider is Role.DECISION_MAKER
    assert decider.get("case").status_code == 200


def test_two_cases_can_be_open_in_one_browser(decider):
    decider.enter()
    decider.stage.submit()
    decider.stage.deliver()
    second = Decider(decider.stage)
    second.visitor = decider.visitor
    second.enter()

    assert second.link != decider.link
    assert second.get("case").status_code == 200
    assert decider.get("case").status_code == 200


def test_a_decision_that_could_not_be_reached_is_tried_again_with_the_same_nonce(decider):
    decider.declare()
    nonce = nonce_of(decider.write())
    mend = decider.lose("decisions", "confirm")
    response = decider.post("check", {"nonce": nonce})

    assert response.status_code == 503
    assert heading(response) == "We do not know yet if this was recorded"
    mend()
    assert leads_to(decider.post("check", {"nonce": nonce_of(response)})) == decider.path("done")


def test_a_ruling_that_could_not_be_saved_is_still_on_the_page(decider):
    decider.declare()
    decider.lose("decisions", "write")
    response = decider.post("outcome", RULING)

    assert response.status_code == 503
    assert REASON in page(response)
    assert re.search(r'value="review" checked', page(response))


@pytest.mark.parametrize("of", ["interest", "step-aside", "outcome", "check", "extend", "code"])
def test_fields_that_no_page_of_ours_sends_are_refused(decider, of):
    decider.declare()
    response = decider.post(of, RULING | {"nonce": "x", "decided": "yes"})

    assert response.status_code == 400
    assert only_case(decider.stage.services).decided_at is None
