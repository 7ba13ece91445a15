"""What a file is, told by its bytes: one of each kind, and each way in which one is not it."""

from __future__ import annotations

import io
import zipfile

import puremagic
import pytest

from chalicelib.adapters import packages
from chalicelib.adapters.contents import inspect
from chalicelib.domain.attachments import KINDS, MEGABYTE, Family, Flaw, Look, State, agree
from tests import papers

OLD_MACRO_SHEET = papers.record(0x0085, b"\0\0\0\0\0\x01\x05\0Macro")
PASSWORD = papers.record(0x002F, b"\x01\0" + bytes(52))
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize("extension", KINDS)
def test_a_real_file_is_what_its_name_says(extension: str):
    look = inspect(papers.EACH[extension])
    assert look == Look(KINDS[extension].family)
    assert agree(extension, look) is State.CLEAN


@pytest.mark.parametrize("extension", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_file_under_the_name_of_another_kind_is_refused(extension: str, other: str):
    is_same = KINDS[extension].family is KINDS[other].family
    state = agree(other, inspect(papers.EACH[extension]))
    assert state is (State.CLEAN if is_same else State.WRONG_TYPE)


@pytest.mark.parametrize("extension", sorted(set(KINDS) - {"msg"}))
def test_a_second_opinion_says_the_same_of_a_real_file(extension: str):
    family = {f".{each}" for each in KINDS if KINDS[each].family is KINDS[extension].family}
    said = {match.extension for match in puremagic.magic_string(papers.EACH[extension])}
    # Its list has HEIC under the name of what HEIC is a kind of.
    assert said & (family | ({".heif"} if extension == "heic" else set()))


@pytest.mark.parametrize(
    "content",
    [
        b"MZ" + bytes(500),
        papers.PROGRAM,
        b"\x7fELF" + bytes(500),
        b"#!/bin/sh\necho\n",
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"Just a note.\n\nWithout headers.",
        b"Dear colleague:\n\nSubject: there is only one header here",
        b"GIF89a" + bytes(50),
        b"\0\0\0\x18ftypavif" + bytes(4) + b"mif1avif",
        b"\0" * 1000,
        b" " + papers.pdf(),
        papers.PROGRAM + papers.zipped({"a": b"b"}),
        papers.zipped({"readme.txt": b"x"}),
        papers.zipped({"META-INF/MANIFEST.MF": b"x", "A.class": b"x"}),
        papers.docx(main=papers.WORD_MAIN.replace("document.main", "template.main")),
        papers.compound({"PowerPoint Document": bytes(100)}),
        b"F",
    ],
)
def test_what_is_of_no_kind_that_is_taken_is_of_none(content: bytes):
    look = inspect(content)
    assert look == Look(None)
    assert {agree(extension, look) for extension in KINDS} == {State.WRONG_TYPE}


def test_nothing_is_empty():
    assert inspect(b"") == Look(None, Flaw.EMPTY)


@pytest.mark.parametrize(
    "content, family",
    [
        (papers.pdf(trailer="/Encrypt 7 0 R "), Family.PDF),
        (papers.pdf(trailer="/Encrypt << /Filter /Standard >> "), Family.PDF),
        (papers.doc(flags=0x0100), Family.WORD_97),
        (papers.xls(PASSWORD), Family.EXCEL_97),
        (papers.compound({"EncryptionInfo": b"x", "EncryptedPackage": bytes(5000)}), None),
    ],
)
def test_a_file_with_a_password_is_called_locked(content: bytes, family: Family | None):
    look = inspect(content)
    assert look == Look(family, Flaw.LOCKED)
    assert agree("pdf", look) is State.UNSCANNABLE


def test_a_zip_with_a_password_is_called_locked():
    content = bytearray(papers.docx())
    at = content.rindex(b"PK\x01\x02")
    content[at + 8] |= 1
    assert inspect(bytes(content)).flaw is Flaw.LOCKED


@pytest.mark.parametrize(
    "content",
    [
        papers.docx(more={"word/vbaProject.bin": b"x"}),
        papers.docx(more={"word/VBAPROJECT.BIN": b"x"}),
        papers.docx(main=MACRO_WORD),
        papers.xlsx(more={"xl/macrosheets/sheet1.xml": b"x"}),
        papers.docx(more={"word/embeddings/run.exe": b"x"}),
        papers.docx(more={"word/embeddings/oleObject1.bin": bytes(999) + papers.PROGRAM}),
        papers.docx(more={"word/media/image1.png": papers.PROGRAM}),
        papers.docx(more={"word/embeddings/inner.docm": b"x"}),
        papers.doc({"Macros": {"VBA": {"dir": b"x"}}}),
        papers.xls(more={"_VBA_PROJECT_CUR": {"VBA": {}}}),
        papers.xls(OLD_MACRO_SHEET),
        papers.doc({"ObjectPool": {"_1": {"\x01Ole10Native": bytes(4500) + papers.PROGRAM}}}),
        papers.msg({"__attach_version1.0_#00000000": {"__substg1.0_37010102": papers.PROGRAM}}),
        papers.eml(attached="invoice.pdf.exe"),
        papers.eml(attached="macro.docm"),
        papers.pdf(trailer="/OpenAction << /S /Launch /F (cmd.exe) >> "),
    ],
)
def test_a_program_inside_is_found(content: bytes):
    look = inspect(content)
    assert look.flaw is Flaw.PROGRAM
    assert {agree(extension, look) for extension in KINDS} == {State.WRONG_TYPE}


def test_a_message_with_a_document_in_it_stays_a_message():
    embedded = {"__substg1.0_3701000D": {"WordDocument": bytes(600)}}
    content = papers.msg({"__attach_version1.0_#00000000": embedded})
    assert inspect(content) == Look(Family.OUTLOOK)


def test_a_bomb_is_given_up_before_it_goes_off():
    content = papers.bomb()
    assert len(content) < 500_000
    look = inspect(content)
    assert look == Look(None, Flaw.TOO_LARGE_INSIDE)
    assert agree("docx", look) is State.UNSCANNABLE


@pytest.mark.parametrize("declared", [10, 2**31])
def test_a_bomb_that_lies_about_its_size_does_not_pass(
    declared: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(packages, "MOST_UNPACKED", 2 * MEGABYTE)
    content = papers.with_declared_size(papers.bomb(3), "word/media/image1.bmp", declared)
    assert inspect(content).flaw in (Flaw.BROKEN, Flaw.TOO_LARGE_INSIDE)


def test_what_is_embedded_is_not_kept_in_memory_without_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(packages, "MOST_EMBEDDED", 1000)
    embedded = papers.docx(more={"word/embeddings/oleObject1.bin": bytes(1001)})
    assert inspect(embedded).flaw is Flaw.TOO_LARGE_INSIDE
    assert inspect(papers.docx(more={"word/media/image1.png": bytes(1001)})) == Look(Family.WORD)


def test_a_large_list_of_types_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(packages, "LARGEST_TYPES", 100)
    assert inspect(papers.docx()).flaw is Flaw.TOO_LARGE_INSIDE


def test_two_parts_of_one_name_are_refused():
    with pytest.warns(UserWarning, match="Duplicate"):
        content = _with_part_twice()
    assert inspect(content).flaw is Flaw.BROKEN


def _with_part_twice() -> bytes:
    out = io.BytesIO(papers.docx())
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("word/document.xml", b"other")
    return out.getvalue()


@pytest.mark.parametrize("extension", KINDS)
def test_a_file_that_breaks_off_is_never_an_error(extension: str):
    whole = papers.EACH[extension]
    for length in range(0, len(whole), max(1, len(whole) // 150)):
        look = inspect(whole[:length])
        assert look.flaw or look.family in (None, KINDS[extension].family)


@pytest.mark.parametrize("extension", ["doc", "xls", "msg", "docx", "xlsx"])
def test_a_file_with_any_byte_damaged_is_never_an_error(extension: str):
    whole = papers.EACH[extension]
    for at in [*range(600), *range(600, len(whole), 37)]:
        damaged = whole[: at % len(whole)] + b"\xff" + whole[at % len(whole) + 1 :]
        inspect(damaged)


def test_a_compound_file_that_leads_in_a_circle_comes_to_an_end():
    content = bytearray(papers.xls())
    fat = int.from_bytes(content[0x4C:0x50], "little")
    at = (fat + 1) * 512
    content[at : at + 4] = (0).to_bytes(4, "little")
    assert inspect(bytes(content)).flaw is Flaw.BROKEN


@pytest.mark.parametrize(
    "content",
    [
        papers.pdf()[:-30],
        papers.png()[:40],
        papers.jpeg()[:-2],
        b"II*\0\xff\xff\xff\xff" + bytes(9),
    ],
)
def test_a_file_cut_short_is_called_broken(content: bytes):
    assert inspect(content).flaw is Flaw.BROKEN


@pytest.mark.parametrize(
    "start",
    ["\ufeff", "Received: from mail.example.org;\r\n Tue, 24 Nov 2026\r\n", "X-Spam: no\r\n"],
)
def test_an_email_may_begin_in_several_ways(start: str):
    assert inspect(papers.eml(start=start)) == Look(Family.EMAIL)


def test_a_picture_from_a_newer_phone_is_heic():
    assert inspect(papers.heic(b"mif1", b"mif1", b"heic", b"miaf")).family is Family.HEIC
