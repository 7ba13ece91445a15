"""Every route with its access rule. A route that is not listed here fails."""

from __future__ import annotations

import pytest
from chalice.test import HTTPResponse

from app import app
from chalicelib.web import pages
from chalicelib.web.pages import Access
from tests.stage import BASE_URL, Stage
from tests.web.visitor import Visitor

GET, POST, BOTH = ("GET", "HEAD"), ("POST",), ("GET", "POST", "HEAD")

LISTED = {
    "/": (Access.PUBLIC, GET),
    "/accessibility": (Access.PUBLIC, GET),
    "/privacy": (Access.PUBLIC, GET),
    "/cookies": (Access.PUBLIC, GET),
    "/health": (Access.PUBLIC, GET),
    "/assets/{fingerprint}/{name}": (Access.PUBLIC, GET),
    "/{a}": (Access.PUBLIC, BOTH),
    "/{a}/{b}": (Access.PUBLIC, BOTH),
    "/{a}/{b}/{c}": (Access.PUBLIC, BOTH),
    "/{a}/{b}/{c}/{d}": (Access.PUBLIC, BOTH),
    "/{a}/{b}/{c}/{d}/{e}": (Access.PUBLIC, BOTH),
    "/{a}/{b}/{c}/{d}/{e}/{f}": (Access.PUBLIC, BOTH),
    "/refer": (Access.PUBLIC, BOTH),
    "/refer/form": (Access.PUBLIC, GET),
    "/refer/form/download": (Access.PUBLIC, GET),
    "/refer/guidance": (Access.PUBLIC, GET),
    "/refer/tasks": (Access.DRAFT, GET),
    "/refer/check": (Access.DRAFT, BOTH),
    "/refer/sent": (Access.DRAFT, GET),
    "/refer/extend": (Access.DRAFT, POST),
    "/refer/saved": (Access.DRAFT, BOTH),
    "/refer/confirm": (Access.DRAFT, BOTH),
    "/refer/confirm/code": (Access.DRAFT, BOTH),
    "/refer/reopen": (Access.DRAFT, BOTH),
    "/refer/sign-out": (Access.DRAFT, POST),
    "/refer/signed-out": (Access.PUBLIC, GET),
    "/refer/delete": (Access.DRAFT, BOTH),
    "/refer/deleted": (Access.PUBLIC, GET),
    "/refer/resume/{token}": (Access.LINK, GET),
    "/refer/resume/{token}/code": (Access.LINK, BOTH),
    "/refer/lost-link": (Access.PUBLIC, BOTH),
    "/refer/lost-link/sent": (Access.PUBLIC, GET),
    "/refer/attachments": (Access.DRAFT, GET),
    "/refer/attachments/allow": (Access.DRAFT, BOTH),
    "/refer/attachments/{id}": (Access.DRAFT, GET),
    "/refer/attachments/{id}/remove": (Access.DRAFT, BOTH),
    "/refer/{section}/{page}": (Access.DRAFT, BOTH),
    "/refer/{section}/{page}/{entry}": (Access.DRAFT, BOTH),
    "/refer/{section}/{page}/{entry}/remove": (Access.DRAFT, BOTH),
    "/decisions/{token}": (Access.LINK, GET),
    "/decisions/{token}/code": (Access.LINK, BOTH),
    "/decisions/{token}/renew": (Access.LINK, POST),
    "/decisions/{token}/case": (Access.SESSION, GET),
    "/decisions/{token}/interest": (Access.SESSION, BOTH),
    "/decisions/{token}/step-aside": (Access.SESSION, BOTH),
    "/decisions/{token}/outcome": (Access.SESSION, BOTH),
    "/decisions/{token}/check": (Access.SESSION, BOTH),
    "/decisions/{token}/extend": (Access.SESSION, POST),
    "/decisions/{token}/attachments/{id}": (Access.SESSION, POST),
    "/decisions/{token}/done": (Access.SESSION, GET),
    "/referral": (Access.PUBLIC, BOTH),
    "/referral/{reference}/code": (Access.LINK, BOTH),
    "/referral/{reference}": (Access.SESSION, GET),
    "/referral/{reference}/copy": (Access.SESSION, GET),
    "/referral/{reference}/copy/download": (Access.SESSION, GET),
    "/referral/{reference}/information": (Access.SESSION, BOTH),
    "/referral/{reference}/information/files": (Access.SESSION, GET),
    "/referral/{reference}/information/files/allow": (Access.SESSION, BOTH),
    "/referral/{reference}/information/files/{id}": (Access.SESSION, GET),
    "/referral/{reference}/information/files/{id}/remove": (Access.SESSION, BOTH),
    "/referral/{reference}/withdraw": (Access.SESSION, BOTH),
    "/referral/{reference}/done": (Access.SESSION, GET),
    "/referral/{reference}/extend": (Access.SESSION, POST),
    "/referral/{reference}/leave": (Access.SESSION, POST),
}
PARAMS = {"{section}": "child", "{page}": "name", "{entry}": "1", "{id}": "none"}


def of(access: Access) -> list[tuple[str, str]]:
    return [
        (method, pattern)
        for pattern, (rule, methods) in LISTED.items()
        for method in methods
        if rule is access
    ]


def test_every_route_is_listed_with_its_access_rule():
    registered = pages.routes(app)
    assert set(app.routes) == set(registered) == set(LISTED)
    for pattern, route in registered.items():
        rule, methods = LISTED[pattern]
        assert route.access is rule, pattern
        assert sorted(route.methods) == sorted(methods) == sorted(app.routes[pattern]), pattern


def ask(stage: Stage, method: str, pattern: str, token: str) -> HTTPResponse:
    path = pattern.replace("{token}", token)
    for name, value in PARAMS.items():
        path = path.replace(name, value)
    visitor = Visitor(app)
    with pages.serving(lambda: stage.services):
        visitor.get("/")
        if method == "POST":
            return visitor.post(path, origin=BASE_URL)
        return visitor.get(path, method)


@pytest.mark.aws
def test_pages_of_a_draft_open_for_no_browser_without_one(stage: Stage):
    for method, pattern in of(Access.DRAFT):
        expected = (400, 404) if method == "POST" else (404,)
        assert ask(stage, method, pattern, "").status_code in expected, (method, pattern)


@pytest.mark.aws
def test_pages_of_a_case_open_for_no_browser_without_a_session(stage: Stage):
    reference = stage.submit().reference
    stage.deliver()
    for method, pattern in of(Access.SESSION):
        path = pattern.replace("{reference}", reference)
        answer = ask(stage, method, path, stage.link())
        assert answer.status_code in (303, 400, 401, 403, 440), (method, pattern)
        assert b"Jordan" not in answer.body


@pytest.mark.aws
def test_pages_of_a_link_say_nothing_of_an_unknown_one(stage: Stage):
    for method, pattern in of(Access.LINK) + of(Access.SESSION):
        if "{token}" in pattern:
            status = ask(stage, method, pattern, "x" * 32).status_code
            assert status in (400, 404), (method, pattern)


@pytest.mark.aws
def test_pages_of_a_reference_are_alike_whether_there_is_such_a_case(stage: Stage):
    known = stage.submit().reference
    for method, pattern in of(Access.LINK) + of(Access.SESSION):
        if "{reference}" in pattern:
            seen = []
            for reference in (known, "PR-22222222"):
                answer = ask(stage, method, pattern.replace("{reference}", reference), "")
                leads = str(answer.headers.get("location", "")).replace(reference, "REF")
                seen.append((answer.status_code, leads))
            assert seen[0] == seen[1], (method, pattern)
            assert seen[0][0] in (303, 400, 403), (method, pattern)
