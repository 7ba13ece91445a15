"""Names, limits and states of files."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import errors
from chalicelib.domain.attachments import (
    ACCEPT,
    DEVICES,
    KINDS,
    LONGEST_NAME,
    MAX_FILE,
    MAX_FILES,
    MAX_TOTAL,
    UNPRINTABLE,
    Attachment,
    Flaw,
    State,
    clean_name,
    ensure_room,
    extension_of,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def file(state: State = State.CLEAN, *, size: int = 1, **more: object) -> Attachment:
    facts = {
        "case_id": "c",
        "attachment_id": "a",
        "owner": "c",
        "part": "referral",
        "number": 3,
        "added_at": NOW,
        "form_ends_at": NOW + timedelta(minutes=15),
        "extension": "pdf",
    }
    return Attachment(**(facts | {"state": state, "size": size} | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "raw, cleaned",
    [
        ("Chronology.pdf", "Chronology.pdf"),
        ("../../x", "x"),
        (r"C:\Users\priya\log.docx", "log.docx"),
        ("/etc/passwd", "passwd"),
        ("..", "file"),
        ("", "file"),
        ("folder/", "file"),
        (".htaccess", "htaccess"),
        ("a\0b\r\nc.pdf", "abc.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("zero\u200bwidth.pdf", "zerowidth.pdf"),
        ("line\u2028end.pdf", "lineend.pdf"),
        ('what?<is>:"it"|*.pdf', "what--is---it---.pdf"),
        ("con.pdf", "file-con.pdf"),
        ("LPT1", "file-LPT1"),
        ("console.pdf", "console.pdf"),
        ("trailing.pdf. . ", "trailing.pdf"),
        ("  two   spaces .pdf", "two spaces .pdf"),
        ("Zo\u0065\u0308.pdf", "Zoë.pdf"),
        ("Ałła i Żółw.pdf", "Ałła i Żółw.pdf"),
        ("%2e%2e%2fx.pdf", "%2e%2e%2fx.pdf"),
        ("lone\ud800.pdf", "lone.pdf"),
        ("x" * 300 + ".pdf", "x" * (LONGEST_NAME - 4) + ".pdf"),
        ("x" * 300, "x" * LONGEST_NAME),
    ],
)
def test_a_name_is_cleaned(raw: str, cleaned: str):
    assert clean_name(raw) == cleaned


@given(st.text())
def test_a_cleaned_name_can_be_shown_and_saved_anywhere(raw: str):
    name = clean_name(raw)
    assert 0 < len(name) <= LONGEST_NAME
    assert not set(name) & set('/\\<>:"|?*')
    assert not {unicodedata.category(letter) for letter in name} & UNPRINTABLE
    assert name.partition(".")[0].lower() not in DEVICES
    assert not name.startswith(".")
    assert not name.endswith((".", " "))
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "name, extension",
    [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("a", ""), ("pdf", ""), (".pdf", ""), ("a.", "")],
)
def test_an_extension_is_what_follows_the_last_dot(name: str, extension: str):
    assert extension_of(name) == extension


def test_a_file_input_offers_the_kinds_that_are_taken():
    assert ACCEPT.split(",") == [f".{extension}" for extension in KINDS]


def test_there_is_room_up_to_the_limits():
    assert ensure_room([], extension="pdf", size=MAX_FILE, now=NOW) == MAX_FILE
    nearly = [file(size=MAX_TOTAL - 10)]
    assert ensure_room(nearly, extension="pdf", size=10, now=NOW) == 10
    assert ensure_room(nearly, extension=None, size=0, now=NOW) == 10
    many = [file()] * (MAX_FILES - 1)
    assert ensure_room(many, extension="pdf", size=1, now=NOW) == MAX_FILE


@pytest.mark.parametrize(
    "held, extension, size, error",
    [
        ([], "exe", 1, errors.WrongKind),
        ([], "", 1, errors.WrongKind),
        ([], "pdf", MAX_FILE + 1, errors.FileTooLarge),
        ([file()] * MAX_FILES, "pdf", 1, errors.TooManyFiles),
        ([file(size=MAX_TOTAL)], "pdf", 1, errors.FilesTooLarge),
        ([file(size=MAX_TOTAL)], None, 0, errors.FilesTooLarge),
        ([file(size=MAX_TOTAL - 10)], "pdf", 11, errors.FilesTooLarge),
    ],
)
def test_past_a_limit_a_file_is_refused(
    held: list[Attachment], extension: str | None, size: int, error: type[Exception]
):
    with pytest.raises(error):
        ensure_room(held, extension=extension, size=size, now=NOW)


@pytest.mark.parametrize(
    "other",
    [
        file(State.INFECTED),
        file(State.EMPTY),
        file(removed_at=NOW),
        file(State.EXPECTED, form_ends_at=NOW),
    ],
)
def test_what_is_not_kept_takes_no_room(other: Attachment):
    held = [other] * MAX_FILES
    assert ensure_room(held, extension="pdf", size=MAX_FILE, now=NOW) == MAX_FILE


def test_only_a_clean_file_may_be_downloaded():
    assert [state for state in State if file(state).may_download] == [State.CLEAN]
    assert not file(removed_at=NOW).may_download


def test_a_refused_file_has_a_problem_in_words_and_no_other_has():
    refused = set(State) - {State.EXPECTED, State.CHECKING, State.CLEAN}
    assert {state for state in State if file(state).problem} == refused
    said = {file(State.UNSCANNABLE, flaw=flaw).problem for flaw in Flaw}
    assert len(said) == len(Flaw)


def test_a_settled_file_does_not_arrive_again():
    clean = file(State.CLEAN)
    assert clean.arrived(size=5, at=NOW) is clean


def test_a_file_is_saved_under_its_number_and_never_its_name():
    assert file().saved_as == "3.pdf"
