"""Pages that are asked for each of several things: people, events, agencies."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.referrals.journey import find
from tests.stage import Stage
from tests.web.decider import leads_to
from tests.web.referrer import Referrer, links_in, problems_of, ticked_in, title_of, value_of
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws

LIST = "/refer/agencies/agency"
AGENCY = find("agencies", "agency")


@pytest.fixture
def referrer(stage: Stage) -> Referrer:
    return Referrer(stage).start()


def agency(name: str) -> dict[str, str]:
    return {"agency": name, "involved": "yes"}


def add(referrer: Referrer, *names: str) -> None:
    first = len(referrer.answers.many(AGENCY)) + 1
    for number, name in enumerate(names, start=first):
        assert leads_to(referrer.fill_in(f"{LIST}/{number}", agency(name))) == LIST


def listed(referrer: Referrer) -> list[str]:
    return [each.headline for each in referrer.answers.many(AGENCY)]


def answer(referrer: Referrer, another: str, path: str = LIST):
    referrer.get(path)
    return referrer.post(path, {"another": another})


def test_the_list_asks_whether_to_add_something(referrer):
    shown = referrer.get(LIST)

    assert heading(shown) == "Agencies that know the child or family"
    assert "Do you want to add an agency?" in page(shown)
    assert "No other agency is known" in page(shown)
    assert ticked_in(shown, "another") == []


def test_entries_are_added_one_after_the_other(referrer):
    assert leads_to(answer(referrer, "yes")) == f"{LIST}/1"
    add(referrer, "Invented Clinic")
    assert leads_to(answer(referrer, "yes")) == f"{LIST}/2"
    add(referrer, "Invented Nursery")

    assert listed(referrer) == ["Invented Clinic", "Invented Nursery"]
    shown = page(referrer.get(LIST))
    assert "Do you want to add another agency?" in shown
    for name in listed(referrer):
        assert name in shown


def test_a_page_says_which_entry_it_is_about(referrer):
    add(referrer, "Invented Clinic")

    assert "Agencies involved: agency&nbsp;2" in page(referrer.get(f"{LIST}/2"))
    assert f'<a href="{LIST}" class="govuk-back-link">' in page(referrer.get(f"{LIST}/2"))


@pytest.mark.parametrize("number", ["3", "0", "-1", "01", "add", "99999", "1.0"])
def test_there_is_no_page_beyond_the_next_entry(referrer, number):
    add(referrer, "Invented Clinic")

    assert referrer.get(f"{LIST}/{number}").status_code == 404


def test_having_nothing_to_add_is_an_answer(referrer):
    assert leads_to(answer(referrer, "no")) == "/refer/tasks"

    assert referrer.answers.answered(AGENCY)
    assert ticked_in(referrer.get(LIST), "another") == ["no"]


def test_having_nothing_more_to_add_keeps_what_is_there(referrer):
    add(referrer, "Invented Clinic")

    assert leads_to(answer(referrer, "no")) == "/refer/tasks"
    assert listed(referrer) == ["Invented Clinic"]


def test_nothing_to_add_in_one_tab_keeps_what_another_tab_added(referrer):
    referrer.get(LIST)
    add(referrer, "Invented Clinic")
    referrer.post(LIST, {"another": "no"})

    assert listed(referrer) == ["Invented Clinic"]


@pytest.mark.parametrize("fields", [{}, {"another": ""}, {"another": "perhaps"}])
def test_the_list_must_be_answered(referrer, fields):
    referrer.get(LIST)
    shown = referrer.post(LIST, fields)

    assert shown.status_code == 422
    assert title_of(shown).startswith("Error: ")
    assert problems_of(shown) == [("another", "Select yes if you want to add an agency")]
    assert 'id="another-error"' in page(shown)


@pytest.mark.parametrize("fields", [{"another": ["no", "no"]}, {"another": "no", "x": "1"}])
def test_a_list_that_no_page_of_ours_sends_is_refused(referrer, fields):
    referrer.get(LIST)

    assert referrer.post(LIST, fields).status_code == 400
    assert not referrer.answers.touched(AGENCY)


def test_an_outage_while_the_list_is_answered_says_so(referrer):
    referrer.get(LIST)
    referrer.lost["save"] = Unavailable()
    shown = referrer.post(LIST, {"another": "no"})

    assert shown.status_code == 503
    assert "could not save this answer" in problems_of(shown)[0][1]
    assert ticked_in(shown, "another") == ["no"]


def test_an_entry_can_be_changed(referrer):
    add(referrer, "Invented Clinic")
    assert f"{LIST}/1" in links_in(referrer.get(LIST))
    assert value_of(referrer.get(f"{LIST}/1"), "agency") == "Invented Clinic"

    assert leads_to(referrer.fill_in(f"{LIST}/1", agency("Invented Surgery"))) == LIST
    assert listed(referrer) == ["Invented Surgery"]


def test_an_entry_that_is_wrong_is_shown_again(referrer):
    shown = referrer.fill_in(f"{LIST}/1", {"agency": "Invented Clinic"})

    assert shown.status_code == 422
    assert value_of(shown, "agency") == "Invented Clinic"
    assert listed(referrer) == []


def test_an_entry_is_removed_only_after_a_question(referrer):
    add(referrer, "Invented Clinic", "Invented Nursery")
    assert f"{LIST}/1/remove" in links_in(referrer.get(LIST))
    shown = referrer.get(f"{LIST}/1/remove")

    assert heading(shown) == "Do you want to remove this agency?"
    assert "Invented Clinic" in page(shown)
    assert listed(referrer) == ["Invented Clinic", "Invented Nursery"]
    assert leads_to(referrer.send(shown, {})) == LIST
    assert listed(referrer) == ["Invented Nursery"]


def test_without_its_last_entry_the_list_asks_again(referrer):
    add(referrer, "Invented Clinic")
    referrer.fill_in(f"{LIST}/1/remove", {})

    assert not referrer.answers.answered(AGENCY)


@pytest.mark.parametrize("number", ["1", "2", "0"])
def test_what_is_not_there_cannot_be_removed(referrer, number):
    assert referrer.get(f"{LIST}/{number}/remove").status_code == 404


def test_a_removal_that_no_page_of_ours_sends_is_refused(referrer):
    add(referrer, "Invented Clinic")

    assert referrer.fill_in(f"{LIST}/1/remove", {"agency": "x"}).status_code == 400
    assert listed(referrer) == ["Invented Clinic"]


def test_pages_that_are_asked_once_have_no_entries(referrer):
    assert referrer.get("/refer/child/name/1").status_code == 404
    assert referrer.get("/refer/child/name/1/remove").status_code == 404


def test_a_changed_entry_leads_back_to_the_check_page(stage):
    referrer = Referrer(stage).having()
    response = referrer.fill_in(f"{LIST}/1?from=check", agency("Invented Surgery"))

    assert leads_to(response) == "/refer/check"


def test_adding_from_the_check_page_keeps_the_way_back(stage):
    referrer = Referrer(stage).having()
    path = f"{LIST}?from=check"
    number = len(referrer.answers.many(AGENCY)) + 1

    assert leads_to(answer(referrer, "yes", path)) == f"{LIST}/{number}?from=check"
    added = referrer.fill_in(f"{LIST}/{number}?from=check", agency("Invented Club"))
    assert leads_to(added) == path
    assert leads_to(answer(referrer, "no", path)) == "/refer/check"


def test_removing_from_the_check_page_keeps_the_way_back(stage):
    referrer = Referrer(stage).having()

    assert leads_to(referrer.fill_in(f"{LIST}/1/remove?from=check", {})) == f"{LIST}?from=check"
