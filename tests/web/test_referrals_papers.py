"""The blank form and the guidance, which stand open to anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from app import app
from chalicelib.domain.forms.questions import Field
from chalicelib.domain.referrals.journey import JOURNEY, PAGES, Page
from chalicelib.domain.referrals.pages import criteria
from chalicelib.web import pages
from chalicelib.web.pages import routes
from tests.web.visitor import Visitor, heading, page, services

FORMS = ("/refer/form", "/refer/form/download")


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with pages.serving(services):
        yield Visitor(app)


def words(html: str) -> str:
    """What a person reads, on one line."""
    body = html[html.index("<main") :]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def asked(field: Field, *, labelled: bool = True) -> Iterator[str]:
    """The words of a field in the order in which they are read."""
    if labelled:
        yield field.label
    yield field.hint
    group = ""
    for option in field.options:
        if option.group != group:
            yield option.group
        group = option.group
        yield option.label
        yield option.hint
        for inner in option.reveals:
            yield from asked(inner)


def all_of(asking: Page) -> Iterator[str]:
    """The words of a page in the order in which they are read."""
    yield asking.repeat.heading if asking.repeat else asking.title
    if asking.visible.words:
        yield f"Answer only if {asking.visible.words}."
    yield from asking.intro
    yield asking.repeat.none if asking.repeat else ""
    for field in asking.fields:
        yield from asked(field, labelled=asking.many or not asking.sole)


@pytest.mark.parametrize("path", FORMS)
def test_every_word_of_the_journey_is_on_the_blank_form_in_its_order(visitor, path):
    shown = words(page(visitor.get(path)))
    place = 0
    for section in JOURNEY:
        for text in (section.title, *(word for each in section.pages for word in all_of(each))):
            found = shown.find(text, place)
            assert found >= 0, text
            place = found + len(text)


@pytest.mark.parametrize("path", FORMS)
def test_the_blank_form_says_what_is_asked_only_of_some(visitor, path):
    shown = words(page(visitor.get(path)))
    reveals = [o for p in PAGES.values() for f in p.fields for o in f.options if o.reveals]

    assert shown.count("Only if you tick this:") >= len(reveals) > 20
    assert "Answer only if the child has been born." in shown


@pytest.mark.parametrize("path", FORMS)
def test_the_blank_form_says_how_to_send_it_and_who_to_phone_first(visitor, path):
    shown = words(page(visitor.get(path)))

    assert shown.index("If a child is in danger now") < shown.index("1. What are you referring")
    assert "https://referrals.example.org/refer" in shown
    assert "Do not send a filled-in form by ordinary email." in shown


def test_the_form_to_download_is_one_file_that_needs_no_other(visitor):
    response = visitor.get("/refer/form/download")
    file = page(response)

    assert response.headers["content-disposition"] == 'attachment; filename="referral-form.html"'
    assert ":root{--accent:#0f4c4f}" in file
    assert not re.search(r"<(script|link|img)\b|@import|url\(", file)
    assert set(re.findall(r'href="([^"]*?):', file)) == {"tel", "mailto"}
    assert not re.search(r'href="/', file)


def test_the_guidance_names_both_limbs_and_the_grounds_a_referrer_can_know(visitor):
    shown = words(page(visitor.get("/refer/guidance")))

    assert "abuse or neglect of a child is known or suspected" in shown
    assert "the child has died or has been seriously harmed" in shown
    for text in criteria.Harm.intro:
        assert text in shown
    for ground in criteria.STATUTORY_GROUNDS:
        assert ground.label[1:] in shown
    assert criteria.Ground.NONE not in criteria.STATUTORY_GROUNDS
    assert "more appropriate" not in shown


def test_the_guidance_says_what_happens_when_and_that_it_is_no_notification(visitor):
    changed = {"NOTIFICATION_WORKING_DAYS": "7", "DECISION_WORKING_DAYS": "13"}
    with pages.serving(lambda: services(**changed)):
        shown = words(page(visitor.get("/refer/guidance")))

    assert "A referral is not the statutory notification." in shown
    assert "within 7 working days" in shown
    assert "within 13 working days" in shown
    for section in JOURNEY:
        assert section.title[1:] in shown


@pytest.mark.parametrize("path", [*FORMS, "/refer/guidance"])
def test_what_can_be_attached_is_said_beforehand(visitor, path):
    shown = words(page(visitor.get(path)))

    assert "PDF, Word, Excel" in shown
    assert "up to 25 MB each" in shown
    assert "up to 20 files, and 100 MB in all" in shown


@pytest.mark.parametrize("path", ["/refer/form", "/refer/guidance"])
def test_what_is_to_be_read_leads_nowhere_that_is_not_there(visitor, path):
    shown = page(visitor.get(path))

    assert heading(visitor.get(path))
    for link in set(re.findall(r'href="(/[^"#]*)"', shown)):
        plain = link.startswith("/assets/") or link in routes(app)
        assert plain, link
