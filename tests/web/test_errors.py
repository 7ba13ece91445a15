"""Every error has a page of its own that is honest about what was kept."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from chalice.app import BadRequestError, ChaliceUnhandledError

from chalicelib import logs
from chalicelib.domain import errors
from chalicelib.templating import environment
from chalicelib.web import pages
from chalicelib.web.csrf import CookieMissing
from chalicelib.web.errors import PAGES, page_for, page_for_status
from tests.web.playground import Playground
from tests.web.visitor import Visitor, heading, page, services

CANARY = "Ada Canary was seen at 1 Canary Street"

ANSWERS = [
    (errors.BadRequest(), 400, "Sorry, we could not read that"),
    (errors.UnknownFields(), 400, "Sorry, we could not read that"),
    (errors.TooLarge(), 413, "That is too much to send at once"),
    (errors.WrongContentType(), 415, "Sorry, we could not read that"),
    (errors.Forged(), 403, "Send that page again"),
    (CookieMissing(), 403, "Your browser did not send our cookie"),
    (errors.NotFound(), 404, "Page not found"),
    (errors.CaseNotFound(), 404, "Page not found"),
    (errors.DraftNotFound(), 404, "We could not find your referral"),
    (errors.Gone(), 410, "This page has ended"),
    (errors.DraftExpired(), 410, "Your referral has expired"),
    (errors.StaleVersion(), 409, "Someone changed this before you"),
    (errors.ReferralTooLarge(), 413, "Your referral has become too long"),
    (errors.ReferralIncomplete(()), 409, "Some answers are missing"),
    (errors.Tampered(), 500, "Sorry, there is a problem with this record"),
    (errors.Unavailable(), 503, "Sorry, the service is unavailable"),
    (errors.MailUnavailable(), 503, "Sorry, the service is unavailable"),
    (errors.ServiceError(), 500, "Sorry, there is a problem with the service"),
]


@pytest.fixture
def playground() -> Iterator[Playground]:
    with pages.serving(services):
        yield Playground()


@pytest.fixture
def visitor(playground: Playground) -> Visitor:
    return Visitor(playground.app)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the service writes to its log."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize(
    "error, status, title", ANSWERS, ids=[type(each[0]).__name__ for each in ANSWERS]
)
def test_an_error_is_answered_with_its_page(visitor, playground, error, status, title):
    playground.fails = error
    response = visitor.get("/form")

    assert response.status_code == status
    assert heading(response) == title
    assert response.headers["cache-control"] == "no-store"
    assert f"<title>{title} – " in page(response)


@pytest.mark.parametrize("listed", PAGES.values(), ids=[kind.__name__ for kind in PAGES])
def test_every_page_of_the_table_exists_and_is_an_error(listed):
    assert environment().get_template(listed.template).name == listed.template
    assert 400 <= listed.status < 600


def test_the_nearest_class_of_the_ladder_decides():
    class Strange(errors.DraftExpired):
        pass

    assert page_for(Strange()).template == "errors/draft_expired.html"


def test_a_page_gets_the_error_it_is_about():
    error = errors.AlreadySubmitted("PR-ABCD2345")

    assert page_for(error).context["error"] is error


@pytest.mark.parametrize(
    "status, template",
    [
        (400, "errors/bad_request.html"),
        (403, "errors/bad_request.html"),
        (404, "errors/not_found.html"),
        (405, "errors/not_allowed.html"),
        (413, "errors/too_large.html"),
        (415, "errors/wrong_content_type.html"),
        (500, "errors/failed.html"),
        (502, "errors/failed.html"),
    ],
)
def test_chalices_own_errors_have_pages_too(status, template):
    reply = page_for_status(status)

    assert (reply.template, reply.status) == (template, status)


@pytest.mark.parametrize(
    "bug",
    [
        ValueError(CANARY),
        KeyError(CANARY),
        RecursionError(CANARY),
        BadRequestError(CANARY),
        ChaliceUnhandledError(CANARY),
    ],
    ids=lambda bug: type(bug).__name__,
)
def test_a_bug_shows_a_page_and_tells_nothing(visitor, playground, bug, written):
    playground.fails = bug
    response = visitor.get("/form")

    assert response.status_code == 500
    assert heading(response) == "Sorry, there is a problem with the service"
    assert "Canary" not in page(response)
    assert "Canary" not in written.getvalue()


def test_a_bug_is_logged_by_type_and_place(visitor, playground, written):
    playground.fails = ValueError(CANARY)
    visitor.get("/form")
    failed, answered = [json.loads(line) for line in written.getvalue().splitlines()]

    assert failed["message"] == "request failed"
    assert failed["level"] == "ERROR"
    assert failed["error"] == ["ValueError"]
    assert any(frame.startswith("web/playground.py:") for frame in failed["frames"])
    assert answered["message"] == "request answered"
    assert answered["status"] == 500


def test_an_unavailable_service_is_an_error_in_the_log(visitor, playground, written):
    playground.fails = errors.Unavailable(CANARY)
    visitor.get("/form")
    refused = json.loads(written.getvalue().splitlines()[0])

    assert refused["level"] == "ERROR"
    assert refused["error"] == ["Unavailable"]
    assert refused["status"] == 503
    assert "Canary" not in written.getvalue()


def test_what_a_person_got_wrong_is_no_error_in_the_log(visitor, playground, written):
    playground.fails = errors.StaleVersion()
    visitor.get("/form")

    assert json.loads(written.getvalue().splitlines()[0])["level"] == "INFO"


def test_the_request_log_names_the_route_and_not_the_address(visitor, written):
    visitor.get("/things/a-secret-token?code=123456")
    line = json.loads(written.getvalue())

    assert line["route"] == "/things/{name}"
    assert line["method"] == "GET"
    assert line["status"] == 200
    assert line["duration_ms"] >= 0
    assert "secret" not in written.getvalue()
    assert "123456" not in written.getvalue()
