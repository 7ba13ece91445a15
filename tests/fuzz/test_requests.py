"""Requests that no browser makes: paths, queries, cookies, headers and methods of any kind."""

from __future__ import annotations

from urllib.parse import quote, quote_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.strategies import TEXTS, bounded, encoded
from tests.fuzz.world import DraftWorld as World
from tests.fuzz.world import saved

pytestmark = pytest.mark.aws

PLACES = (
    "/",
    "/refer",
    "/refer/tasks",
    "/refer/check",
    "/refer/sent",
    "/refer/child/name",
    "/refer/family/person/1",
    "/refer/family/person/1/remove",
    "/decisions/unknown",
    "/decisions/unknown/code",
    "/assets/0/main.css",
    "/health",
)
TYPES = (
    "",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; boundary=\x00",
    "multipart/form-data; boundary=x",
    "application/json",
    "text/html;charset=;;;",
    "APPLICATION/X-WWW-FORM-URLENCODED",
)
COOKIES = ("__Host-draft", "draft", "__Host-visit", "visit", "__Host-session-x", "", "a b")
# A header travels as Latin-1 without control characters: the gateway refuses whatever else.
HEADERS = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=40)
SEGMENTS = st.one_of(
    st.sampled_from(["refer", "decisions", "child", "name", "..", "%00", "%ff", "%", "{section}"]),
    TEXTS.map(lambda text: quote(text.encode("utf-8", "replace"), safe="")),
    st.binary(max_size=8).map(quote_from_bytes),
)


@bounded(150)
@given(st.sampled_from(["GET", "HEAD", "POST"]), st.lists(SEGMENTS, max_size=6))
def test_no_address_fails(world: World, method: str, segments: list[str]):
    world.restore()
    path = "/" + "/".join(each for each in segments if each)
    answer = world.send(method, path)
    assert answer.status_code in (200, 303, 400, 403, 404, 405)
    assert saved(world.referrer.answers) == saved(world.before)


@bounded(80)
@given(st.sampled_from(PLACES), st.dictionaries(TEXTS, TEXTS, max_size=3), st.binary(max_size=8))
def test_no_query_fails(world: World, path: str, query: dict[str, str], rest: bytes):
    world.restore()
    named = encoded({name: [value] for name, value in query.items()}).decode()
    for method in ("GET", "POST"):
        world.send(method, f"{path}?{named}&{quote_from_bytes(rest)}")
    assert saved(world.referrer.answers) == saved(world.before)


@bounded(80)
@given(st.sampled_from(PLACES), st.lists(st.tuples(st.sampled_from(COOKIES), HEADERS), max_size=4))
def test_no_cookie_fails_or_opens_a_draft(world: World, path: str, cookies: list[tuple[str, str]]):
    world.restore()
    world.visitor.cookies = {}
    garbage = "; ".join(f"{name}={value}" for name, value in cookies)
    answer = world.send("GET", path, cookie=garbage)
    assert b"Jordan" not in answer.body
    assert world.send("POST", path, b"csrf=1", cookie=garbage).status_code >= 400


@bounded(60)
@given(st.sampled_from(PLACES), st.one_of(st.sampled_from(TYPES), HEADERS), HEADERS, HEADERS)
def test_no_header_fails(world: World, path: str, content_type: str, origin: str, site: str):
    world.restore()
    sent = {"content-type": content_type, "origin": origin, "sec-fetch-site": site}
    body = encoded({"csrf": [world.visitor.token], "full_name": ["Another"]})
    assert world.send("POST", path, body, **sent).status_code >= 400
    world.send("GET", path, b"", **sent)
    assert saved(world.referrer.answers) == saved(world.before)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_a_method_of_no_page_is_refused(world: World, method: str):
    world.restore()
    for path in PLACES:
        assert world.send(method, path).status_code in (403, 404, 405)
