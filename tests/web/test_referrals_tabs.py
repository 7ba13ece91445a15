"""Two tabs, a reply that was lost, a service that is away: what was typed is never lost."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import ReferralTooLarge, Unavailable
from chalicelib.domain.referrals.journey import find
from tests.stage import Stage
from tests.web.decider import leads_to
from tests.web.referrer import Referrer, action_of, problems_of, ticked_in, title_of, value_of
from tests.web.visitor import page

pytestmark = pytest.mark.aws

PATH = "/refer/referrer/name"
MINE = {"name": "Amina Osei", "role": "Head teacher"}
OTHER = {"name": "Bilal Osei", "role": "Deputy head"}
PEOPLE = "/refer/family/person"


@pytest.fixture
def referrer(stage: Stage) -> Referrer:
    return Referrer(stage).start()


def person(name: str, **changes: str) -> dict[str, str]:
    known = {"relationship": "Aunt", "birth": "unknown", "lives": "unknown", "plan": "unknown"}
    return {"name": name} | known | changes


def people(referrer: Referrer) -> list[str]:
    return [each.headline for each in referrer.answers.many(find("family", "person"))]


def test_a_page_saved_in_another_tab_is_shown_beside_what_was_typed(referrer):
    opened = referrer.get(PATH)
    referrer.fill_in(PATH, OTHER)
    shown = referrer.send(opened, MINE)

    assert shown.status_code == 409
    assert title_of(shown).startswith("Error: ")
    ((anchor, message),) = problems_of(shown)
    assert "saved differently in another tab" in message
    assert f'id="{anchor}"' in page(shown)
    assert value_of(shown, "name") == "Amina Osei"
    assert "What is saved now" in page(shown)
    assert "Bilal Osei" in page(shown)
    assert value_of(referrer.get(PATH), "name") == "Bilal Osei"


def test_saving_again_replaces_what_the_other_tab_saved(referrer):
    opened = referrer.get(PATH)
    referrer.fill_in(PATH, OTHER)
    overtaken = referrer.send(opened, MINE)

    assert leads_to(referrer.send(overtaken, MINE)) == "/refer/referrer/agency"
    assert value_of(referrer.get(PATH), "name") == "Amina Osei"


def test_a_double_click_is_one_save(referrer):
    opened = referrer.get(PATH)
    answers = [leads_to(referrer.send(opened, MINE)) for _ in range(2)]

    assert answers == ["/refer/referrer/agency"] * 2
    assert referrer.draft.version == 2


def test_tabs_on_different_pages_do_not_disturb_each_other(referrer):
    opened = referrer.get(PATH)
    referrer.fill_in("/refer/triage/danger", {"danger": "no"})

    assert leads_to(referrer.send(opened, MINE)) == "/refer/referrer/agency"


def test_the_way_back_to_the_check_page_survives_another_tab(stage):
    referrer = Referrer(stage).having()
    opened = referrer.get(f"{PATH}?from=check")
    referrer.fill_in(PATH, OTHER)
    overtaken = referrer.send(opened, MINE)

    assert leads_to(referrer.send(overtaken, MINE)) == "/refer/check"


def test_an_answer_that_makes_the_referral_too_long_is_shown_again_and_not_saved(referrer):
    opened = referrer.get("/refer/incident/account")
    referrer.lost["save"] = ReferralTooLarge()
    shown = referrer.send(opened, {"account": "A long account"})

    assert shown.status_code == 413
    assert "referral would be too long" in problems_of(shown)[0][1]
    assert value_of(shown, "account") == "A long account"
    referrer.lost.clear()
    assert leads_to(referrer.send(shown, {"account": "Shorter"})) == "/refer/incident/nature"


def test_a_referral_of_more_than_two_hundred_kilobytes_is_refused(referrer):
    events = 0
    while events < 12:
        filled = {"known": "about", "about": "2025", "event": "é" * 9_990, "source": "Notes"}
        shown = referrer.fill_in(f"/refer/chronology/event/{events + 1}", filled)
        if shown.status_code != 303:
            break
        events += 1

    assert shown.status_code == 413
    assert value_of(shown, "event") == "é" * 9_990
    assert len(referrer.answers.many(find("chronology", "event"))) == events == 9


@pytest.mark.parametrize("call", ["open", "save"])
def test_what_was_typed_stays_on_the_page_while_the_service_is_away(referrer, call):
    typed = {"birth": "age", "age": "7", "due-day": "3", "due-month": "", "due-year": ""}
    opened = referrer.get("/refer/child/birth")
    referrer.lost[call] = Unavailable()
    shown = referrer.send(opened, typed)

    assert shown.status_code == 503
    assert problems_of(shown)[0][1].startswith("We could not save this page")
    assert (ticked_in(shown, "birth"), value_of(shown, "age")) == (["age"], "7")
    assert value_of(shown, "due-day") == "3"
    referrer.lost.clear()
    assert leads_to(referrer.send(shown, typed)) == "/refer/child/death"


def test_a_save_whose_reply_was_lost_can_be_sent_again(referrer):
    opened = referrer.get(PATH)
    referrer.send(opened, MINE)
    referrer.lost["save"] = Unavailable()
    shown = referrer.send(opened, MINE)
    referrer.lost.clear()

    assert leads_to(referrer.send(shown, MINE)) == "/refer/referrer/agency"


def test_a_page_cannot_be_read_while_the_service_is_away(referrer):
    referrer.lost["open"] = Unavailable()

    assert referrer.get(PATH).status_code == 503


def test_adding_the_same_person_twice_by_a_double_click_adds_one(referrer):
    opened = referrer.get(f"{PEOPLE}/1")
    answers = [leads_to(referrer.send(opened, person("Ada"))) for _ in range(2)]

    assert answers == [PEOPLE] * 2
    assert people(referrer) == ["Ada, Aunt"]


def test_people_added_in_two_tabs_are_both_kept(referrer):
    opened = referrer.get(f"{PEOPLE}/1")
    referrer.fill_in(f"{PEOPLE}/1", person("Ada"))
    shown = referrer.send(opened, person("Ben"))

    assert shown.status_code == 409
    assert "added here in another tab" in problems_of(shown)[0][1]
    assert "Ada" in page(shown)
    assert action_of(shown) == f"{PEOPLE}/2"
    assert people(referrer) == ["Ada, Aunt"]
    assert leads_to(referrer.send(shown, person("Ben"))) == PEOPLE
    assert people(referrer) == ["Ada, Aunt", "Ben, Aunt"]


def test_a_person_changed_in_two_tabs_is_asked_about(referrer):
    referrer.fill_in(f"{PEOPLE}/1", person("Ada"))
    opened = referrer.get(f"{PEOPLE}/1")
    referrer.fill_in(f"{PEOPLE}/1", person("Ada", relationship="Mother"))
    shown = referrer.send(opened, person("Ada", relationship="Sister"))

    assert shown.status_code == 409
    assert people(referrer) == ["Ada, Mother"]
    referrer.send(shown, person("Ada", relationship="Sister"))
    assert people(referrer) == ["Ada, Sister"]


def test_a_person_is_found_again_when_another_one_was_removed_meanwhile(referrer):
    for number, name in enumerate(("Ada", "Ben"), start=1):
        referrer.fill_in(f"{PEOPLE}/{number}", person(name))
    opened = referrer.get(f"{PEOPLE}/2")
    referrer.fill_in(f"{PEOPLE}/1/remove", {})

    assert leads_to(referrer.send(opened, person("Benjamin"))) == PEOPLE
    assert people(referrer) == ["Benjamin, Aunt"]


@pytest.mark.parametrize("number", [1, 3])
def test_a_person_removed_in_another_tab_can_be_added_again(referrer, number):
    for each in range(1, number + 1):
        referrer.fill_in(f"{PEOPLE}/{each}", person(f"Person {each}"))
    opened = referrer.get(f"{PEOPLE}/{number}")
    for each in range(number, 0, -1):
        referrer.fill_in(f"{PEOPLE}/{each}/remove", {})
    shown = referrer.send(opened, person("Changed"))

    assert shown.status_code == 409
    assert "removed in another tab" in problems_of(shown)[0][1]
    assert value_of(shown, "name") == "Changed"
    assert leads_to(referrer.send(shown, person("Changed"))) == PEOPLE
    assert people(referrer) == ["Changed, Aunt"]


def test_removing_twice_by_a_double_click_removes_one(referrer):
    for number, name in enumerate(("Ada", "Ben"), start=1):
        referrer.fill_in(f"{PEOPLE}/{number}", person(name))
    opened = referrer.get(f"{PEOPLE}/1/remove")

    assert leads_to(referrer.send(opened, {})) == PEOPLE
    again = referrer.send(opened, {})
    assert again.status_code == 409
    assert "Nothing was removed just now" in problems_of(again)[0][1]
    assert people(referrer) == ["Ben, Aunt"]
