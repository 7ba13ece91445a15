"""Question pages: asked, refused, saved, and what comes after."""

from __future__ import annotations

import pytest

from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import PAGES, find
from tests import factories
from tests.stage import Stage
from tests.web.decider import leads_to
from tests.web.referrer import (
    COOKIE,
    Referrer,
    links_in,
    problems_of,
    ticked_in,
    title_of,
    value_of,
)
from tests.web.visitor import heading, page

pytestmark = pytest.mark.aws

NAME = {"name": "Amina Osei", "role": "Head teacher"}
BIRTH = {
    "birth": "date",
    "date_of_birth-day": "14",
    "date_of_birth-month": "March",
    "date_of_birth-year": "2019",
}
SINGLE = [path for path, found in PAGES.items() if not found.many]


@pytest.fixture
def referrer(stage: Stage) -> Referrer:
    return Referrer(stage).start()


def asked_of(path: str) -> Answers | None:
    """Answers that ask for a page: those of a child who died, or none yet."""
    candidates = (factories.answers_from(), Answers.empty())
    return next((each for each in candidates if PAGES[path].visible(each)), None)


def without(*paths: str):
    """The complete answers but for some pages."""
    forms = factories.full_answers().items()
    return factories.answers_from({path: each for path, each in forms if path not in paths})


def test_every_page_of_the_journey_is_shown_filled_in_as_it_was_saved(stage):
    referrer = Referrer(stage).having()
    for path, (form, *_) in factories.full_answers().items():
        shown = referrer.get(f"/refer/{path}/1" if PAGES[path].many else f"/refer/{path}")

        assert shown.status_code == 200
        assert page(shown).count("<h1") == 1
        for name in form:
            assert f'name="{name}"' in page(shown), (path, name)


@pytest.mark.parametrize("path", [path for path in SINGLE if asked_of(path)])
def test_every_page_says_what_is_missing_when_it_is_sent_empty(stage, path):
    answer = Referrer(stage).having(asked_of(path)).fill_in(f"/refer/{path}", {})
    required = [field for field in PAGES[path].fields if not field.optional]

    if required:
        assert answer.status_code == 422
        assert title_of(answer).startswith("Error: ")
        assert problems_of(answer) == [(field.anchor, field.empty) for field in required]
        for anchor, _ in problems_of(answer):
            assert f'id="{anchor}"' in page(answer)
    else:
        assert answer.status_code == 303


def test_a_title_names_the_question_the_section_and_the_service(referrer):
    shown = referrer.get("/refer/child/birth")

    assert title_of(shown) == (
        "What is the child’s date of birth? – The child"
        " – Refer a case for a safeguarding practice review – NSCP"
    )
    assert heading(shown) == "What is the child’s date of birth?"


def test_an_answer_leads_to_the_next_page_and_is_there_again(referrer):
    assert leads_to(referrer.fill_in("/refer/referrer/name", NAME)) == "/refer/referrer/agency"

    assert value_of(referrer.get("/refer/referrer/name"), "name") == "Amina Osei"
    assert '<a href="/refer/referrer/name" class="govuk-back-link">' in page(
        referrer.get("/refer/referrer/agency")
    )


def test_the_last_page_of_a_section_leads_to_the_task_list(referrer):
    response = referrer.fill_in("/refer/triage/danger", {"danger": "no"})

    assert leads_to(response) == "/refer/tasks"


def test_a_page_can_be_saved_to_go_to_the_task_list(referrer):
    response = referrer.fill_in("/refer/referrer/name", NAME | {"action": "tasks"})

    assert leads_to(response) == "/refer/tasks"
    assert value_of(referrer.get("/refer/referrer/name"), "name") == "Amina Osei"


def test_each_save_keeps_the_cookie_as_long_as_the_draft(referrer):
    response = referrer.fill_in("/refer/referrer/name", NAME)

    (cookie,) = response.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}={referrer.visitor.cookies[COOKIE]};")
    assert "Max-Age=2592000" in cookie


def test_a_wrong_answer_is_shown_again_with_all_that_was_typed(referrer):
    typed = BIRTH | {"date_of_birth-month": "Brumaire"}
    shown = referrer.fill_in("/refer/child/birth", typed)

    assert shown.status_code == 422
    assert problems_of(shown) == [("date_of_birth-day", "Date of birth must be a real date")]
    assert ticked_in(shown, "birth") == ["date"]
    for part in ("day", "month", "year"):
        name = f"date_of_birth-{part}"
        assert value_of(shown, name) == typed[name]
    assert not referrer.answers.touched(find("child", "birth"))


def test_a_date_may_be_written_with_the_name_of_its_month(referrer):
    assert leads_to(referrer.fill_in("/refer/child/birth", BIRTH)) == "/refer/child/death"

    assert value_of(referrer.get("/refer/child/birth"), "date_of_birth-month") == "3"


def test_only_the_wrong_part_of_a_date_is_marked(referrer):
    shown = page(referrer.fill_in("/refer/child/birth", BIRTH | {"date_of_birth-year": "19"}))

    assert shown.count("govuk-input--error") == 1


def test_fields_of_options_that_are_not_chosen_are_ignored(referrer):
    filled = BIRTH | {"age": "not a number", "due-day": "99", "due-month": "", "due-year": ""}

    assert leads_to(referrer.fill_in("/refer/child/birth", filled)) == "/refer/child/death"
    assert value_of(referrer.get("/refer/child/birth"), "age") == ""


def test_pages_that_do_not_apply_are_passed_over(referrer):
    due = {"birth": "unborn", "due-day": "1", "due-month": "3", "due-year": "2027"}

    assert leads_to(referrer.fill_in("/refer/child/birth", due)) == "/refer/child/ethnicity"
    assert leads_to(referrer.get("/refer/child/death")) == "/refer/tasks"


def test_checkboxes_keep_all_that_were_ticked(referrer):
    ticked = ["neglect", "physical"]
    referrer.fill_in("/refer/incident/nature", {"nature": ticked})

    assert sorted(ticked_in(referrer.get("/refer/incident/nature"), "nature")) == ticked


def test_a_long_account_is_kept_to_the_last_character(referrer):
    account = "A line of the account.\n" * 868 + "Ends here: " + "x" * 25
    assert len(account) == 20_000
    referrer.fill_in("/refer/incident/account", {"account": account.replace("\n", "\r\n")})

    shown = referrer.get("/refer/incident/account")
    assert value_of(shown, "account") == account
    assert 'data-maxlength="20000"' in page(shown)


def test_an_account_that_is_too_long_is_refused_whole_and_nothing_of_it_is_lost(referrer):
    account = "y" * 20_001
    shown = referrer.fill_in("/refer/incident/account", {"account": account})

    assert shown.status_code == 422
    assert problems_of(shown)[0][1] == "What happened must be 20,000 characters or fewer"
    assert value_of(shown, "account") == account


def test_text_pasted_from_word_is_kept_as_it_looks(referrer):
    pasted = (
        "“Not again”, she said – the\u00a0boy’s\u2026\r\n\u2022\tbruises\r\n\u2022\ta burn\x0bon"
    )
    referrer.fill_in("/refer/incident/account", {"account": pasted})

    kept = value_of(referrer.get("/refer/incident/account"), "account")
    assert kept == "“Not again”, she said – the\u00a0boy’s…\n•\tbruises\n•\ta burn\non"


@pytest.mark.parametrize("wrong", ["", "z" * 20_001])
def test_markup_in_an_answer_is_only_text(referrer, wrong):
    script = "</textarea><script>alert('x')</script>\"'&amp;"
    shown = referrer.fill_in("/refer/criteria/abuse", {"abuse": wrong, "abuse_reason": script})

    assert shown.status_code == 422
    assert "<script>alert" not in page(shown)
    assert value_of(shown, "abuse_reason") == script


@pytest.mark.parametrize(
    "fields",
    [
        NAME | {"name": ["Amina", "Bilal"]},
        NAME | {"nickname": "A"},
        NAME | {"version": ["0" * 16, "0" * 16]},
        NAME | {"action": "elsewhere"},
        NAME | {"action": ["tasks", "tasks"]},
        NAME | {"name-day": "1"},
    ],
)
def test_a_form_that_no_page_of_ours_sends_is_refused_and_nothing_is_saved(referrer, fields):
    shown = referrer.fill_in("/refer/referrer/name", fields)

    assert shown.status_code == 400
    assert not referrer.answers.touched(find("referrer", "name"))


def test_a_form_without_the_stamp_of_its_page_is_refused(referrer):
    referrer.get("/refer/referrer/name")

    assert referrer.post("/refer/referrer/name", NAME).status_code == 400


def test_only_the_referrers_own_details_may_be_filled_in_by_the_browser(stage):
    referrer = Referrer(stage).having()
    for path in SINGLE:
        shown = referrer.get(f"/refer/{path}")
        if shown.status_code == 200 and not path.startswith("referrer/"):
            assert "autocomplete=" not in page(shown), path
    contact = page(referrer.get("/refer/referrer/contact"))
    for detail in ("email", "tel", "street-address", "postal-code"):
        assert f'autocomplete="{detail}"' in contact


@pytest.mark.parametrize(
    "path", ["child/nothing", "nothing/name", "child", "child/name/1", "family/person/0"]
)
def test_a_page_that_is_not_in_the_journey_is_not_found(referrer, path):
    shown = referrer.get(f"/refer/{path}")

    assert shown.status_code == 404
    assert heading(shown) == "Page not found"


@pytest.mark.parametrize("path", ["triage/danger", "safety/children"])
def test_a_page_about_danger_shows_whom_to_phone(referrer, path):
    assert 'href="tel:02079460101"' in page(referrer.get(f"/refer/{path}"))


def test_a_changed_answer_leads_back_to_the_check_page(stage):
    referrer = Referrer(stage).having()
    shown = referrer.get("/refer/referrer/name?from=check")

    assert '<a href="/refer/check" class="govuk-back-link">' in page(shown)
    assert leads_to(referrer.send(shown, NAME)) == "/refer/check"


def test_a_wrong_answer_on_the_way_does_not_lose_the_way_back_to_the_check_page(stage):
    referrer = Referrer(stage).having()
    shown = referrer.fill_in("/refer/referrer/name?from=check", NAME | {"name": ""})

    assert leads_to(referrer.send(shown, NAME)) == "/refer/check"


@pytest.mark.parametrize(
    "way", ["from=https://example.org", "from=tasks", "from=", "from=check%0d"]
)
def test_no_address_leads_anywhere_but_to_our_own_pages(stage, way):
    referrer = Referrer(stage).having()
    response = referrer.fill_in(f"/refer/referrer/name?{way}", NAME)

    assert leads_to(response) == "/refer/referrer/agency"


def test_what_a_changed_answer_newly_asks_is_asked_before_the_check_page(stage):
    referrer = Referrer(stage).having()
    way = [leads_to(referrer.fill_in("/refer/child/death?from=check", {"died": "no"}))]
    way.append(leads_to(referrer.fill_in(way[-1], {"where_now": "With an aunt"})))
    harm = {"serious_harm": "yes", "harm_reason": "The injuries are lasting"}
    way.append(leads_to(referrer.fill_in(way[-1], harm)))

    assert way == [
        "/refer/child/now?from=check",
        "/refer/criteria/harm?from=check",
        "/refer/check",
    ]


def test_a_change_elsewhere_is_not_held_up_by_what_was_missing_before(stage):
    referrer = Referrer(stage).having(without("child/sex"))

    assert leads_to(referrer.fill_in("/refer/referrer/name?from=check", NAME)) == "/refer/check"


def test_whoever_answers_what_is_missing_goes_on_to_the_next_that_is(stage):
    referrer = Referrer(stage).having(without("child/sex", "awareness/media"))
    response = referrer.fill_in("/refer/child/sex?from=check", {"sex": "male"})

    assert leads_to(response) == "/refer/awareness/media?from=check"
    assert "/refer/check" in links_in(referrer.get("/refer/awareness/media?from=check"))
