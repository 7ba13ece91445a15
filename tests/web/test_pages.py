"""What every page has in common: headers, cookies, HEAD, addresses, redirects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.domain.errors import NotFound
from chalicelib.web import cookies, pages
from chalicelib.web.cookies import Cookie
from chalicelib.web.headers import Opening
from chalicelib.web.pages import Access, Download, Html, Redirect, Text
from tests.stage import NOON
from tests.web.playground import Playground
from tests.web.visitor import Visitor, heading, page, services


@pytest.fixture
def playground() -> Iterator[Playground]:
    with pages.serving(services):
        yield Playground()


@pytest.fixture
def visitor(playground: Playground) -> Visitor:
    return Visitor(playground.app)


def test_every_page_has_closed_headers(visitor):
    headers = visitor.get("/form").headers

    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert headers["cache-control"] == "no-store"
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize(
    "opening, connect, form",
    [
        (Opening(form_action="https://files.example.org"), "", " https://files.example.org"),
        (Opening(connect_src="http://127.0.0.1:4566"), " http://127.0.0.1:4566", ""),
    ],
)
def test_a_page_is_opened_to_one_origin_and_stays_closed_otherwise(
    visitor, playground, opening, connect, form
):
    visitor.get("/form")
    playground.reply = Html("errors/not_found.html", opening=opening)

    assert visitor.post("/form").headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        f"connect-src 'self'{connect}; form-action 'self'{form}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https:",
        "https://*.example.org",
        "https://example.org/path",
        "https://a.example.org https://b.example.org",
        "https://example.org; script-src *",
        "'unsafe-inline'",
    ],
)
def test_an_opening_is_one_origin(origin):
    with pytest.raises(ValueError, match="one origin"):
        Opening(form_action=origin)
    with pytest.raises(ValueError, match="one origin"):
        Opening(connect_src=origin)


def test_a_download_goes_on_to_the_storage(visitor, playground):
    visitor.get("/form")
    playground.reply = Download("https://files.example.org/a?b=c", "https://files.example.org")
    response = visitor.post("/form")

    assert response.status_code == 303
    assert response.headers["location"] == "https://files.example.org/a?b=c"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "to, origin",
    [
        ("https://files.example.org.elsewhere.example/a", "https://files.example.org"),
        ("https://elsewhere.example/a", "https://files.example.org"),
        ("//elsewhere.example/a", ""),
    ],
)
def test_a_download_cannot_leave_the_storage(to, origin):
    with pytest.raises(ValueError, match="leaves the storage"):
        Download(to, origin)


def test_without_tls_the_browser_is_not_told_to_insist_on_it(playground):
    with pages.serving(lambda: services(BASE_URL="http://127.0.0.1:8000")):
        response = Visitor(playground.app).get("/form")

    assert "strict-transport-security" not in response.headers
    assert (
        response.headers["set-cookie"][0] == "draft=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"
    )


def test_cookies_are_bound_to_the_host_under_tls(visitor):
    draft, visit = visitor.get("/form").headers["set-cookie"]

    assert draft == "__Host-draft=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure"
    assert visit.startswith("__Host-visit=")
    assert visit.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")


def test_a_visit_keeps_its_cookie(visitor):
    visitor.get("/form")
    first = visitor.cookies["__Host-visit"]

    assert len(visitor.get("/form").headers["set-cookie"]) == 1
    assert visitor.cookies["__Host-visit"] == first


def test_a_visit_cookie_that_we_did_not_make_is_replaced(visitor):
    visitor.cookies["__Host-visit"] = "chosen-by-somebody-else"
    visitor.get("/form")

    assert visitor.cookies["__Host-visit"] != "chosen-by-somebody-else"


def test_a_cookie_without_the_prefix_is_not_believed_under_tls(visitor, playground):
    visitor.cookies = {"draft": "planted", "__Host-draft": "ours"}
    visitor.get("/form")

    assert playground.request.cookies["draft"] == "ours"


def test_of_two_cookies_with_one_name_the_first_counts():
    assert cookies.read("draft=ours; draft=planted; other", secure=False) == {"draft": "ours"}


@pytest.mark.parametrize("value", ['"quoted"', "a b", "a,b", "é"])
def test_a_cookie_that_we_could_not_have_set_is_ignored(value):
    assert cookies.read(f"draft={value}", secure=False) == {}


def test_head_answers_like_get_without_a_body(visitor, playground):
    got = visitor.get("/form")
    head = visitor.get("/form", method="HEAD")

    assert head.body == b""
    assert head.status_code == got.status_code
    assert set(head.headers) == set(got.headers)
    assert {request.method for request in playground.requests} == {"GET"}


def test_parameters_of_the_path_are_decoded(visitor, playground):
    visitor.get("/things/a%20caf%C3%A9")

    assert playground.request.params == {"name": "a café"}
    assert playground.request.path == "/things/a%20caf%C3%A9"


@pytest.mark.parametrize("name", ["%FF", "a%00b", "a%1Bb"])
def test_an_address_that_is_not_text_is_not_found(visitor, playground, name):
    response = visitor.get(f"/things/{name}")

    assert response.status_code == 404
    assert heading(response) == "Page not found"
    assert not playground.requests


def test_the_query_is_read_by_name(visitor, playground):
    visitor.get("/form?from=check&page=2")

    assert playground.request.query == {"from": "check", "page": "2"}


def test_a_query_with_control_characters_is_refused(visitor, playground):
    assert visitor.get("/form?from=%00").status_code == 400
    assert not playground.requests


def test_the_handler_gets_the_time_of_the_clock(visitor, playground):
    visitor.get("/form")

    assert playground.request.now == NOON


def test_a_redirect_is_followed_with_get(visitor, playground):
    visitor.get("/form")
    response = visitor.post("/form")

    assert response.status_code == 303
    assert response.headers["location"] == "/form"
    assert response.headers["cache-control"] == "no-store"
    assert response.body == b""


@pytest.mark.parametrize("to", ["https://example.com/", "//example.com", "/\\example.com", "form"])
def test_a_redirect_cannot_leave_the_service(to):
    with pytest.raises(ValueError, match="leaves the service"):
        Redirect(to)


@pytest.mark.parametrize("end", ["\r\nSet-Cookie: a=b", "\nX: y", "\rX: y", "\x00", "é"])
def test_a_header_cannot_start_another_one(visitor, playground, end):
    visitor.get("/form")
    playground.reply = Redirect(f"/form{end}")
    response = visitor.post("/form")

    assert response.status_code == 500
    assert "location" not in response.headers
    assert heading(response) == "Sorry, there is a problem with the service"


def test_the_type_of_a_text_cannot_start_another_header(visitor, playground):
    visitor.get("/form")
    playground.reply = Text("body", "text/plain\r\nSet-Cookie: a=b")

    assert visitor.post("/form").status_code == 500


@pytest.mark.parametrize("value", ["a;b", "a b", "a\r\nb", 'a"b', "é"])
def test_a_cookie_holds_only_what_cookies_may(value):
    with pytest.raises(ValueError, match="cookie"):
        Cookie("draft", value)


def test_a_method_that_a_page_does_not_take_is_answered_with_a_page(visitor):
    response = visitor.get("/form", method="DELETE")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST, HEAD"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert heading(response) == "That cannot be done at this address"


def test_every_route_knows_its_access_rule(playground):
    found = pages.routes(playground.app)

    assert {pattern: route.access for pattern, route in found.items()} == {
        "/form": Access.PUBLIC,
        "/things/{name}": Access.LINK,
    }


def test_a_page_escapes_what_it_shows(visitor):
    with pages.serving(lambda: services(AREA="<script>alert(1)</script>")):
        shown = page(visitor.get("/form"))

    assert "<script>alert" not in shown


def test_without_services_there_are_still_words(playground):
    def broken():
        raise NotFound("no settings")

    with pages.serving(broken):
        response = Visitor(playground.app).get("/form")

    assert response.status_code == 500
    assert heading(response) == "Sorry, there is a problem with the service"
