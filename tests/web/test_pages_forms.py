"""Forms are ours, whole and readable, or refused with a page that says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.web import csrf, forms, pages
from tests.web.playground import Playground
from tests.web.visitor import FORM, Visitor, heading, services

OURS = "https://referrals.example.org"


@pytest.fixture
def playground() -> Iterator[Playground]:
    with pages.serving(services):
        yield Playground()


@pytest.fixture
def visitor(playground: Playground) -> Visitor:
    """Somebody who has the form open."""
    visitor = Visitor(playground.app)
    visitor.get("/form")
    playground.requests.clear()
    return visitor


def raw(visitor: Visitor, fields: bytes, **headers: str):
    body = b"csrf=" + visitor.token.encode() + b"&" + fields
    return visitor.send("POST", "/form", body, {"content_type": FORM} | headers)


def test_fields_reach_the_handler_without_the_token(visitor, playground):
    visitor.post("/form", {"name": "Ada", "abuse": ["neglect", "physical"], "empty": ""})

    assert playground.fields == {"name": ["Ada"], "abuse": ["neglect", "physical"], "empty": [""]}


def test_text_of_any_script_is_kept(visitor, playground):
    text = "Zoë “Ó Néill” \xa0 আমিনা 🙂 \u200d"
    visitor.post("/form", {"name": text})

    assert playground.fields["name"] == [text]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\x0b", "\x0c", "\x85"])
def test_every_kind_of_line_end_becomes_one(visitor, playground, end):
    visitor.post("/form", {"story": f"one{end}two"})

    assert playground.fields["story"] == ["one\ntwo"]


@pytest.mark.parametrize(
    "fields",
    [b"name=%FF", b"name=\xff\xfe", b"name=%ED%A0%80", b"name=%C3", b"%FF=1", b"a=%zz", b"a=%4"],
)
def test_broken_utf_8_is_refused(visitor, playground, fields):
    response = raw(visitor, fields)

    assert response.status_code == 400
    assert heading(response) == "Sorry, we could not read that"
    assert not playground.requests


@pytest.mark.parametrize("char", ["%00", "%01", "%08", "%0E", "%1B", "%7F", "%C2%80"])
def test_control_characters_are_refused(visitor, playground, char):
    assert raw(visitor, f"name=a{char}b".encode()).status_code == 400
    assert not playground.requests


def test_a_tab_is_kept(visitor, playground):
    visitor.post("/form", {"story": "a\tb"})

    assert playground.fields["story"] == ["a\tb"]


def test_a_body_that_is_too_large_is_refused(visitor, playground):
    response = raw(visitor, b"story=" + b"a" * forms.MAX_BODY_BYTES)

    assert response.status_code == 413
    assert heading(response) == "That is too much to send at once"
    assert not playground.requests


def test_more_fields_than_any_page_has_are_refused(visitor, playground):
    assert raw(visitor, b"&".join(b"a=1" for _ in range(forms.MAX_FIELDS + 1))).status_code == 400
    assert not playground.requests


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain",
        f"{FORM}; charset=utf-16",
    ],
)
def test_anything_but_a_form_is_refused(visitor, playground, content_type):
    response = raw(visitor, b"name=Ada", content_type=content_type)

    assert response.status_code == 415
    assert heading(response) == "Sorry, we could not read that"
    assert not playground.requests


@pytest.mark.parametrize("content_type", [FORM.upper(), f"{FORM}; charset=UTF-8"])
def test_a_form_may_name_its_character_set(visitor, playground, content_type):
    assert raw(visitor, b"name=Ada", content_type=content_type).status_code == 303


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_our_token_is_refused(visitor, playground, token):
    visitor.csrf = token
    response = visitor.post("/form", {"name": "Ada"})

    assert response.status_code == 403
    assert heading(response) == "Send that page again"
    assert not playground.requests


def test_a_form_with_two_tokens_is_refused(visitor, playground):
    assert visitor.post("/form", {"csrf": [visitor.token, visitor.token]}).status_code == 403
    assert not playground.requests


def test_another_visitors_token_is_refused(visitor, playground):
    visitor.csrf = csrf.Visit("A" * 43, is_new=False).token

    assert visitor.post("/form").status_code == 403
    assert not playground.requests


def test_a_visitor_without_cookies_is_told_about_them(visitor, playground):
    visitor.cookies.clear()
    response = visitor.post("/form", {"name": "Ada"})

    assert response.status_code == 403
    assert heading(response) == "Your browser did not send our cookie"
    assert not playground.requests


@pytest.mark.parametrize(
    "origin",
    ["https://example.com", "null", "http://referrals.example.org", f"{OURS}.example.com"],
)
def test_a_form_from_another_origin_is_refused(visitor, playground, origin):
    response = visitor.post("/form", origin=origin)

    assert response.status_code == 403
    assert heading(response) == "Send that page again"
    assert not playground.requests


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_from_another_site_is_refused(visitor, playground, site):
    assert visitor.post("/form", sec_fetch_site=site).status_code == 403
    assert not playground.requests


def test_a_form_from_our_own_page_is_taken(visitor, playground):
    assert visitor.post("/form", origin=OURS, sec_fetch_site="same-origin").status_code == 303


def test_a_form_sent_again_by_hand_is_taken(visitor, playground):
    assert visitor.post("/form", sec_fetch_site="none").status_code == 303
