"""The service's own pages, its assets, its health, and addresses that nobody has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app import app
from chalicelib.domain import drafts, links
from chalicelib.web import assets, pages
from chalicelib.web.pages import routes
from tests.web.visitor import Visitor, heading, page, services

SITE = ("/", "/accessibility", "/privacy", "/cookies")


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    with pages.serving(services):
        yield Visitor(app)


@pytest.mark.parametrize("path", SITE)
def test_a_page_about_the_service_has_one_heading_and_a_title(visitor, path):
    response = visitor.get(path)

    assert response.status_code == 200
    assert heading(response)
    assert re.search(
        r"<title>[A-Z].+ – Refer a case for a safeguarding practice review – ESCP</title>",
        page(response),
    )


@pytest.mark.parametrize("path", SITE)
def test_a_page_about_the_service_runs_nothing_inline(visitor, path):
    shown = page(visitor.get(path))

    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", shown)
    assert not re.search(r"<script(?![^>]+src=)", shown)


@pytest.mark.parametrize("path", SITE)
def test_links_within_a_page_of_the_service_lead_somewhere(visitor, path):
    shown = page(visitor.get(path))
    for link in set(re.findall(r'href="(/[^"]*)"', shown)):
        there = visitor.get(link).status_code == 200 if "/assets/" in link else link in routes(app)
        assert there, link


def test_the_home_page_says_who_to_phone_before_where_to_start(visitor):
    shown = page(visitor.get("/"))

    assert 'href="tel:999"' in shown
    assert shown.index("020 7946 0101") < shown.index('href="/refer"')
    assert "020 7946 0102" in shown


def test_the_pages_name_the_partnership_of_the_settings(visitor):
    assert "Exampleton Safeguarding Children Partnership" in page(visitor.get("/"))
    assert "https://referrals.example.org" in page(visitor.get("/accessibility"))
    assert "Article 6(1)(e)" in page(visitor.get("/privacy"))


def test_the_cookies_page_names_the_cookies_as_they_are_set(visitor):
    response = visitor.get("/cookies")

    for name in visitor.cookies:
        assert name in page(response)
    assert "__Host-visit" in visitor.cookies


@pytest.mark.parametrize("name", ["visit", "draft", "session-…", "follow-…"])
def test_the_cookies_page_says_what_each_cookie_does_and_how_long_it_lasts(visitor, name):
    shown = page(visitor.get("/cookies"))
    card = shown[shown.index(f">__Host-{name}</h2>") :].partition("</dl>")[0]

    assert "What it does" in card
    assert "How long it lasts" in card


def minutes(span: timedelta) -> str:
    return f"{span // timedelta(minutes=1)} minutes"


def hours(span: timedelta) -> str:
    return f"{span // timedelta(hours=1)} hours"


def test_the_pages_name_the_times_after_which_something_ends():
    cookies, statement = shown_with("/cookies"), shown_with("/accessibility")
    draft, link, follow = (
        cookies[cookies.index(f"__Host-{name}") :] for name in ("draft", "session", "follow")
    )
    assert (
        f"after {minutes(drafts.IDLE)} without activity, or after {hours(drafts.LONGEST)}"
        in (draft.partition("__Host-session")[0])
    )
    assert f"after {minutes(links.SESSION_IDLE)} without activity" in link
    assert f"or after {hours(links.SESSION_LONGEST)}" in link.partition("__Host-follow")[0]
    assert f"after {hours(links.FOLLOW_LIFE)}" in follow
    assert f"works for {minutes(links.CODE_LIFE)}" in statement
    assert f"after {minutes(drafts.IDLE)} without activity" in statement
    assert f"after {hours(drafts.LONGEST)}" in statement


def shown_with(path: str, **changes: str) -> str:
    """The text of a page on a stage with these settings, its tags left out."""
    with pages.serving(lambda: services(**changes)):
        found = page(Visitor(app).get(path))
    return " ".join(re.sub("<[^>]+>", "", found[found.index("<main") :]).split())


def test_the_accessibility_statement_claims_no_test_that_was_not_made():
    assert "Nobody from outside the team" in shown_with("/accessibility")

    tested = shown_with("/accessibility", ACCESSIBILITY_TESTED_BY="Example Ltd in March 2027")
    assert "The service was tested by Example Ltd in March 2027." in tested
    assert "Nobody from outside" not in tested


def test_the_accessibility_statement_lists_the_problems_that_are_known():
    assert "We know of no part that fails" in shown_with("/accessibility")

    known = shown_with("/accessibility", ACCESSIBILITY_PROBLEMS="A is wrong, here. | B is too.")
    assert "A is wrong, here." in known
    assert "B is too." in known
    assert "because of the problems listed above" in known
    assert "We know of no" not in known


def test_the_accessibility_statement_has_its_dates_and_its_promise():
    shown = shown_with(
        "/accessibility",
        STATEMENT_PREPARED="2027-01-04",
        STATEMENT_REVIEWED="2027-02-01",
        REPLY_WORKING_DAYS="7",
    )
    assert "prepared on 4 January 2027. It was last reviewed on 1 February 2027." in shown
    assert "within 7 working days" in shown


def test_the_privacy_notice_names_whoever_answers_for_the_information():
    assert "Exampleton Safeguarding Children Partnership is the data controller" in shown_with(
        "/privacy"
    )
    assert "data protection officer" not in shown_with("/privacy")

    named = shown_with(
        "/privacy",
        DATA_CONTROLLER="Exampleton Council",
        DATA_PROTECTION_NAME="Marta Officer",
        DATA_PROTECTION_EMAIL="marta@example.org",
        DATA_PROTECTION_ADDRESS="1 Civic Square, Exampleton",
        RETENTION="We keep them for 35 years.",
        REGULATOR_NAME="Information Commission",
    )
    for words in (
        "Exampleton Council is the data controller",
        "Marta Officer",
        "marta@example.org",
        "1 Civic Square, Exampleton",
        "part of the partnership’s records. We keep them for 35 years.",
        "complain to the Information Commission.",
    ):
        assert words in named


@pytest.mark.parametrize(
    "told",
    [
        "code to confirm that your work email address is yours",
        "checked for malicious software",
        "kept for 30 days after you last saved it",
        "You can delete it yourself",
        "from which they cannot be read",
        "you can follow the case",
    ],
)
def test_the_privacy_notice_covers_what_the_service_does(told):
    assert told in shown_with("/privacy")


def test_health_says_the_version_to_anybody(visitor):
    response = visitor.get("/health")

    assert response.headers["content-type"] == "application/json"
    assert json.loads(response.body) == {"status": "ok", "version": services().settings.version}
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("path", ["/nope", "/a/b", "/a/b/c", "/a/b/c/d", "/a/b/c/d/e/f", "/a//b"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_unknown_address_is_a_page_that_says_so(visitor, path, method):
    response = visitor.get(path, method=method)

    assert response.status_code == 404
    assert page(response) == "" if method == "HEAD" else heading(response) == "Page not found"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_form_sent_to_an_unknown_address_is_not_found(visitor):
    visitor.get("/")

    assert visitor.post("/nope").status_code == 404


def test_an_address_with_a_slash_at_its_end_is_the_same_page(visitor):
    assert visitor.get("/privacy/").status_code == 200


def linked(visitor: Visitor, name: str) -> str:
    """The address under which the pages ask for an asset."""
    (path,) = re.findall(rf'"(/assets/[^"]+/{re.escape(name)})"', page(visitor.get("/")))
    return str(path)


@pytest.mark.parametrize(
    "name, content_type",
    [
        ("service.css", "text/css; charset=utf-8"),
        ("service.js", "text/javascript; charset=utf-8"),
        ("govuk-frontend.min.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml; charset=utf-8"),
    ],
)
def test_an_asset_may_be_kept_for_a_year(visitor, name, content_type):
    response = visitor.get(linked(visitor, name))

    assert response.status_code == 200
    assert response.headers["content-type"] == content_type
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "set-cookie" not in response.headers


def test_the_accent_colour_is_part_of_the_style_sheet_and_of_its_address(visitor):
    with pages.serving(lambda: services(ACCENT_COLOUR="#123456")):
        path = linked(visitor, "service.css")
        css = visitor.get(path).body.decode()

    assert css.startswith(":root{--accent:#123456}\n")
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("name", ["manifest.json", "nope.css", "..", "service.css%00", "%2E%2E"])
def test_an_asset_that_was_not_built_is_not_found(visitor, name):
    prefix = assets.prefix(services().settings.accent_colour)

    assert visitor.get(f"{prefix}/{name}").status_code == 404


def test_an_asset_of_another_build_is_not_found(visitor):
    assert visitor.get("/assets/000000000000-0f4c4f/service.css").status_code == 404


def test_the_style_sheet_asks_for_no_font_and_no_image(visitor):
    css = visitor.get(linked(visitor, "service.css")).body.decode()

    assert "@font-face" not in css
    assert "url(" not in css


def test_white_on_the_accent_colour_can_be_read():
    assert contrast_with_white(services().settings.accent_colour) >= 7


def contrast_with_white(colour: str) -> float:
    """WCAG's contrast ratio."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
