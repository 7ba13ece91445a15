"""Everything answered so far."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import NotFound
from chalicelib.domain.forms.parsing import Invalid
from chalicelib.domain.referrals.answers import Answers
from chalicelib.domain.referrals.journey import PAGES, read_page
from chalicelib.domain.referrals.pages import agencies, child
from chalicelib.domain.referrals.pages.choices import YesNoUnknown
from tests.factories import TODAY, answers_from

NAME = PAGES["child/name"]
AGENCY = PAGES["agencies/agency"]
EMPTY = Answers.empty()


def agency(name: str) -> agencies.InvolvedAgency:
    return agencies.InvolvedAgency(agency=name, involved=YesNoUnknown.YES)


def names(answers: Answers) -> list[str]:
    return [entry.headline for entry in answers.many(AGENCY)]


def test_answers_come_back_from_their_json():
    answers = answers_from()
    again = Answers.from_json(answers.to_json())
    assert again == answers
    assert hash(again) == hash(answers)
    for page in PAGES.values():
        read = again.many(page) if page.many else again.one(page)
        assert read == (answers.many(page) if page.many else answers.one(page))


def test_the_same_answers_are_equal_in_whatever_order_they_were_given():
    name = child.Name(full_name="Zoë Sample")
    birth = child.Birth(birth=child.BirthKnown.AGE, age=7)
    one = EMPTY.with_one(NAME, name).with_one(PAGES["child/birth"], birth)
    other = EMPTY.with_one(PAGES["child/birth"], birth).with_one(NAME, name)
    assert (one, hash(one)) == (other, hash(other))
    assert "Zoë".encode() in one.to_json()


def test_what_was_left_blank_takes_no_room():
    answers = EMPTY.with_one(NAME, child.Name(full_name="Jordan Sample"))
    assert json.loads(answers.to_json()) == {"child/name": {"full_name": "Jordan Sample"}}


def test_a_change_leaves_the_earlier_answers_as_they_were():
    first = EMPTY.with_entry(AGENCY, None, agency("One"))
    second = first.with_entry(AGENCY, None, agency("Two")).with_entry(AGENCY, 0, agency("Uno"))
    assert (names(EMPTY), names(first), names(second)) == ([], ["One"], ["Uno", "Two"])
    assert names(second.without_entry(AGENCY, 0)) == ["Two"]
    assert names(second) == ["Uno", "Two"]


@pytest.mark.parametrize("index", [-1, 2, 99])
def test_an_entry_that_is_not_there_cannot_be_changed(index: int):
    answers = EMPTY.with_entry(AGENCY, None, agency("One"))
    with pytest.raises(NotFound):
        answers.with_entry(AGENCY, index, agency("Two"))
    with pytest.raises(NotFound):
        answers.without_entry(AGENCY, index)
    with pytest.raises(NotFound):
        answers.stamp(AGENCY, index)


def test_the_first_free_place_of_a_list_takes_one_entry_however_often_it_is_sent():
    one = EMPTY.with_entry(AGENCY, 0, agency("One"))
    two = one.with_entry(AGENCY, 1, agency("Two"))
    assert (names(one), names(two)) == (["One"], ["One", "Two"])
    assert EMPTY.stamp(AGENCY, 0) == one.stamp(AGENCY, 1) != two.stamp(AGENCY, 1)
    assert two.with_entry(AGENCY, 1, agency("Two")) == two
    with pytest.raises(NotFound):
        one.without_entry(AGENCY, 1)


def test_none_to_add_is_an_answer_and_keeps_what_is_there():
    none = EMPTY.with_none_to_add(AGENCY)
    assert (EMPTY.answered(AGENCY), none.answered(AGENCY), names(none)) == (False, True, [])
    one = EMPTY.with_entry(AGENCY, None, agency("One"))
    assert one.with_none_to_add(AGENCY) == one


def test_a_page_without_its_last_entry_is_to_be_answered_again():
    one = EMPTY.with_entry(AGENCY, None, agency("One"))
    assert one.without_entry(AGENCY, 0) == EMPTY


def test_answers_that_no_longer_hold_are_no_answers():
    saved = {"child/name": {"nickname": "Jo"}, "agencies/agency": [{"agency": "One"}]}
    answers = Answers.from_json(json.dumps(saved).encode())
    assert answers.one(NAME) is None
    assert answers.many(AGENCY) == ()
    assert not answers.answered(NAME)
    assert not answers.answered(AGENCY)
    assert answers.touched(NAME)


def test_a_list_is_no_answer_to_a_page_that_is_asked_once():
    saved = {"child/name": [{"full_name": "Jordan Sample"}], "agencies/agency": {"agency": "One"}}
    answers = Answers.from_json(json.dumps(saved).encode())
    assert answers.one(NAME) is None
    assert not answers.answered(NAME)
    assert not answers.answered(AGENCY)


@pytest.mark.parametrize("data", [b"[]", b"1", b"{", b"\xff"])
def test_other_json_is_not_read_as_answers(data: bytes):
    with pytest.raises(ValueError):  # noqa: PT011 - JSON, UTF-8 and shape each say it their way
        Answers.from_json(data)


def test_a_stamp_tells_whether_a_page_was_changed():
    one = EMPTY.with_one(NAME, child.Name(full_name="Jordan Sample"))
    other = EMPTY.with_one(NAME, child.Name(full_name="Jordan Example"))
    stamps = {EMPTY.stamp(NAME), one.stamp(NAME), other.stamp(NAME)}
    assert len(stamps) == 3
    assert Answers.from_json(one.to_json()).stamp(NAME) == one.stamp(NAME)
    assert one.with_none_to_add(AGENCY).stamp(NAME) == one.stamp(NAME)


def test_a_stamp_of_an_entry_knows_that_entry_only():
    two = EMPTY.with_entry(AGENCY, None, agency("One")).with_entry(AGENCY, None, agency("Two"))
    changed = two.with_entry(AGENCY, 1, agency("Zwei"))
    assert changed.stamp(AGENCY, 0) == two.stamp(AGENCY, 0)
    assert changed.stamp(AGENCY, 1) != two.stamp(AGENCY, 1)
    assert changed.stamp(AGENCY) != two.stamp(AGENCY)


HALF = {"full_name": [""], "other_names": ["Jo"]}


def test_what_was_typed_is_kept_beside_the_answers_and_is_none():
    answers = EMPTY.with_typed(NAME, None, HALF)
    assert answers.typed(NAME) == HALF
    assert answers.one(NAME) is None
    assert answers.touched(NAME)
    assert answers.is_unfinished(NAME)
    assert Answers.from_json(answers.to_json()) == answers


def test_saving_a_page_ends_what_was_typed_on_it_alone():
    answers = EMPTY.with_typed(NAME, None, HALF).with_typed(AGENCY, 0, {"agency": ["On"]})
    saved = answers.with_one(NAME, child.Name(full_name="Jordan Sample"))
    assert saved.typed(NAME) is None
    assert saved.typed(AGENCY, 0) == {"agency": ["On"]}
    assert saved.with_entry(AGENCY, 0, agency("One")).typed(AGENCY, 0) is None
    assert answers.without_typed(NAME).without_typed(AGENCY, 0) == EMPTY


def test_typed_words_follow_their_entry_when_another_is_removed():
    answers = EMPTY
    for number, name in enumerate(("One", "Two", "Three")):
        answers = answers.with_entry(AGENCY, number, agency(name))
    answers = answers.with_typed(AGENCY, 0, {"agency": ["Un"]})
    answers = answers.with_typed(AGENCY, 2, {"agency": ["Tr"]}).with_typed(NAME, None, HALF)
    assert answers.unfinished_entry(AGENCY) == 0
    fewer = answers.without_entry(AGENCY, 0)
    assert fewer.typed(AGENCY, 1) == {"agency": ["Tr"]}
    assert fewer.unfinished_entry(AGENCY) == 1
    assert fewer.typed(NAME) == HALF
    assert fewer.unfinished_entry(NAME) is None


def test_an_entry_that_was_only_typed_can_be_removed():
    answers = EMPTY.with_entry(AGENCY, 0, agency("One")).with_typed(AGENCY, 1, {"agency": ["T"]})
    assert answers.is_unfinished(AGENCY)
    assert not answers.without_entry(AGENCY, 1).is_unfinished(AGENCY)
    assert names(answers.without_entry(AGENCY, 1)) == ["One"]


def test_a_stamp_knows_what_was_typed():
    answers = EMPTY.with_one(NAME, child.Name(full_name="Jordan Sample"))
    typed = answers.with_typed(NAME, None, HALF)
    assert typed.stamp(NAME) != answers.stamp(NAME)
    assert typed.without_typed(NAME).stamp(NAME) == answers.stamp(NAME)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.text(min_size=1, max_size=40), max_size=4), st.text(max_size=100))
def test_any_answers_that_were_accepted_come_back_from_their_json(entries: list[str], name: str):
    answers = EMPTY
    for text in entries:
        fields = {"agency": [text or "x"], "involved": ["no"]}
        answers = _try(answers, "agencies/agency", fields)
    answers = _try(answers, "child/name", {"full_name": [name]})
    again = Answers.from_json(answers.to_json())
    assert again.one(NAME) == answers.one(NAME)
    assert again.many(AGENCY) == answers.many(AGENCY)
    assert again.answered(AGENCY) is bool(answers.many(AGENCY))


def _try(answers: Answers, path: str, fields: dict[str, list[str]]) -> Answers:
    page = PAGES[path]
    try:
        question = read_page(page, fields, answers, today=TODAY)
    except Invalid:
        return answers
    if page.many:
        return answers.with_entry(page, None, question)
    return answers.with_one(page, question)
