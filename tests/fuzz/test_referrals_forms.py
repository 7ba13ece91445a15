"""Every page's form with anything at all in it.

None fails, none loses what was saved, and what a page takes is what it keeps.
"""

from __future__ import annotations

import pytest
from chalice.test import HTTPResponse
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import calendar
from chalicelib.domain.errors import BadRequest, UnknownFields
from chalicelib.domain.forms.parsing import Invalid
from chalicelib.domain.forms.questions import Kind, input_names
from chalicelib.domain.forms.texts import tidy
from chalicelib.domain.referrals import journey
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import PAGES
from chalicelib.web import forms
from tests.factories import full_answers
from tests.fuzz.shown import Shown
from tests.fuzz.strategies import TEXTS, Form, bounded, encoded, fields, written
from tests.fuzz.world import DraftWorld as World
from tests.fuzz.world import saved
from tests.web.visitor import FORM

pytestmark = pytest.mark.aws

BASES = full_answers()
VERSIONS = (*["right"] * 6, "wrong", "missing", "doubled")
ACTIONS = ([], [], [""], ["tasks"], ["later"], ["later"], ["clear"], ["other"], ["later", "later"])
TYPED = (Kind.TEXT, Kind.TEXTAREA, Kind.EMAIL, Kind.TEL, Kind.POSTCODE, Kind.NUMBER, Kind.DATE)


def base_of(path: str) -> Form:
    return BASES[path][0] if path in BASES else {}


def address_of(path: str, entry: int | None) -> str:
    return f"/refer/{path}" if entry is None else f"/refer/{path}/{entry + 1}"


def entries_of(path: str) -> st.SearchStrategy[int | None]:
    """Which entry of a page that has several: an old one, or a new one after the last."""
    count = len(BASES.get(path, []))
    return st.integers(0, count) if PAGES[path].many else st.none()


def versions(stamp: str) -> st.SearchStrategy[list[str]]:
    by_name = {"right": [stamp], "wrong": ["0" * 16], "missing": [], "doubled": [stamp, stamp]}
    return st.sampled_from(VERSIONS).map(by_name.__getitem__)


def typed_in(body: bytes) -> dict[str, list[str]]:
    """What a person typed, as the page reads it. Raises BadRequest where it cannot be read."""
    sent = forms.parse(body, content_type=FORM)
    return {name: values for name, values in sent.items() if name not in ("version", "action")}


def expected(world: World, path: str, entry: int | None, body: bytes, action: str) -> Answers:
    """What should be saved of a form that its page took."""
    page, typed = PAGES[path], typed_in(body)
    if action == "clear":
        return world.before
    today = calendar.london_date(world.stage.clock())
    try:
        question = journey.read_page(page, typed, world.before, today=today)
    except Invalid:
        assert action == "later"
        assert input_names(page.model).issuperset(typed)
        is_blank = not any(value.strip() for values in typed.values() for value in values)
        if is_blank and not is_answered(world, path, entry):
            return world.before
        return world.before.with_typed(page, entry, typed)
    if entry is None:
        return world.before.with_one(page, question)
    return world.before.with_entry(page, entry, question)


def is_answered(world: World, path: str, entry: int | None) -> bool:
    page = PAGES[path]
    if entry is None:
        return world.before.answered(page)
    return entry < len(world.before.many(page))


def is_right(world: World, path: str, body: bytes) -> bool:
    """Whether the page's own rules have nothing against a form."""
    try:
        typed = typed_in(body)
        today = calendar.london_date(world.stage.clock())
        journey.read_page(PAGES[path], typed, world.before, today=today)
    except (BadRequest, UnknownFields, Invalid):
        return False
    return True


@pytest.mark.parametrize("path", PAGES)
def test_no_form_fails_and_only_a_right_one_changes_what_is_saved(world: World, path: str):
    page = PAGES[path]

    @bounded(12)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        world.restore()
        entry = data.draw(entries_of(path))
        stamp = world.before.stamp(page, entry)
        form = data.draw(fields(page.fields, base_of(path)))
        version, action = data.draw(versions(stamp)), data.draw(st.sampled_from(ACTIONS))
        sent = {**form, "version": version, "action": action}
        answer = world.post(address_of(path, entry), sent)

        after, body = world.referrer.answers, encoded(sent)
        if answer.status_code == 303:
            (chosen,) = action or [""]
            assert saved(after) == saved(expected(world, path, entry, body, chosen))
            if after.typed(page, entry) is not None and page.visible(after):
                assert_shown(world.send("GET", address_of(path, entry)), form, path)
            return
        assert saved(after) == saved(world.before)
        is_whole = version == [stamp] and action in ([], [""], ["tasks"], ["later"])
        assert not (is_whole and is_right(world, path, body))
        if answer.status_code in (409, 413, 422):
            assert_shown(answer, form, path)

    holds()


def assert_shown(answer: HTTPResponse, form: Form, path: str) -> None:
    """A page that is shown again holds all that was typed, and leads to what must be put right."""
    shown = Shown(answer.body.decode())
    for anchor in (link[1:] for link in shown.links if link.startswith("#")):
        assert anchor in shown.ids, anchor
    for field in PAGES[path].fields:
        for name in field.names:
            typed = form.get(name) or [""]
            if field.kind in TYPED:
                assert tidy(shown.fields[name][0]) == tidy(forms.clean(typed[0])), name
            else:
                known = {option.value for option in field.options}
                kept = [value for value in shown.fields.get(name, []) if value]
                assert set(kept) == known.intersection(typed), name


@pytest.mark.parametrize("path", [path for path in PAGES if base_of(path)])
def test_what_a_page_takes_it_shows_and_takes_again_unchanged(world: World, path: str):
    page, entry = PAGES[path], 0 if PAGES[path].many else None
    address = address_of(path, entry)

    @bounded(5)
    @given(written(page.fields, base_of(path)))
    def holds(form: Form) -> None:
        world.restore()
        version = world.before.stamp(page, entry)
        if world.post(address, {**form, "version": [version]}).status_code != 303:
            return
        after = world.referrer.answers
        shown = Shown(world.send("GET", address).body.decode()).fields
        for name, values in form.items():
            assert [" ".join(each.split()) for each in shown[name]] or values
            if name in free_texts(path):
                assert " ".join(tidy(shown[name][0]).split()) == " ".join(tidy(values[0]).split())
        again = {name: values for name, values in shown.items() if name not in ("csrf", "action")}
        assert world.post(address, again).status_code == 303
        assert saved(world.referrer.answers) == saved(after)

    holds()


def free_texts(path: str) -> set[str]:
    return {each.name for each in PAGES[path].fields if each.kind in (Kind.TEXT, Kind.TEXTAREA)}


@bounded(120)
@given(st.sampled_from(sorted(PAGES)), st.sampled_from(["", "/1", "/1/remove"]), st.binary())
def test_no_body_of_any_bytes_fails_or_changes_what_is_saved(world: World, path, more, body):
    world.restore()
    token = world.visitor.token.encode()
    answer = world.send("POST", f"/refer/{path}{more}", b"csrf=" + token + b"&" + body)
    assert answer.status_code in (303, 400, 404, 422)
    assert saved(world.referrer.answers) == saved(world.before)


@bounded(60)
@given(st.sampled_from(sorted(PAGES)), st.lists(TEXTS, max_size=2), st.binary(max_size=20))
def test_no_form_without_our_token_changes_what_is_saved(world: World, path, tokens, rest):
    world.restore()
    body = encoded({"csrf": tokens, **base_of(path)}) + b"&" + rest
    assert world.send("POST", f"/refer/{path}", body).status_code in (400, 403)
    assert saved(world.referrer.answers) == saved(world.before)
