"""Every sentence that people read is short, plain and calm."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.project import wording

MOST_WORDS = 25

# The name of a law or a body counts as one word: it cannot be written any shorter.
NAMES = (
    "Public Sector Bodies (Websites and Mobile Applications) (No. 2) "
    "Accessibility Regulations 2018",
    "Child Safeguarding Practice Review and Relevant Agency (England) Regulations 2018",
    "Child Safeguarding Practice Review Panel",
    "Children Act 2004, section 16C(1)",
    "Data Protection Act 2018",
    "Equality Advisory and Support Service",
    "Equality and Human Rights Commission",
    "Web Content Accessibility Guidelines version 2.2",
)

UNKIND_OR_LONG = (
    "additionally",
    "aforementioned",
    "amongst",
    "ascertain",
    "assistance",
    "at this time",
    "click here",
    "commence",
    "deemed",
    "due to the fact",
    "e-mail",
    "empower",
    "endeavour",
    "ensure",
    "facilitate",
    "going forward",
    "hereby",
    "herein",
    "hereafter",
    "impact",
    "in lieu",
    "in order to",
    "in respect of",
    "in the event",
    "initiate",
    "invalid",
    "leverage",
    "liaise",
    "log in",
    "log out",
    "login",
    "methodology",
    "notwithstanding",
    "oops",
    "overarching",
    "per annum",
    "please",
    "prior to",
    "pursuant",
    "regarding",
    "robust",
    "streamline",
    "subsequent",
    "subsequently",
    "terminate",
    "thereof",
    "upon",
    "utilise",
    "whilst",
    "with regard to",
)
BANNED = re.compile(rf"\b(?:{'|'.join(UNKIND_OR_LONG)})(?:s|d|es|ed|ing)?\b", re.IGNORECASE)
LATIN = re.compile(r"\b(?:e\.?g|i\.?e|etc|viz|n\.?b)\b\.?", re.IGNORECASE)
SHOUTED = re.compile(r"\b[A-Z]{6,}\b|\b[A-Z]{2,} [A-Z]{2,} [A-Z]{2,}\b")
SENTENCE_END = re.compile(r"(?<=[.?!])[”’)]*\s+(?=[A-Z“…])")

TEXTS = sorted(set(wording.everything()))


def sentences(text: str) -> list[str]:
    for name in NAMES:
        text = text.replace(name, "Name")
    return SENTENCE_END.split(text)


def length(sentence: str) -> int:
    return len([word for word in sentence.split() if re.search(r"[\w…]", word)])


def complaints(check: Callable[[str], object]) -> list[str]:
    return [f"{path}: {text}" for path, text in TEXTS if check(text)]


def test_there_are_texts_of_every_kind():
    paths = {path for path, _ in TEXTS}
    assert {"templates/site/home.html", "templates/email/receipt/body.txt"} <= paths
    assert "chalicelib/domain/referrals/pages/child.py" in paths
    assert len(TEXTS) > 1_000


def test_no_sentence_is_longer_than_twenty_five_words():
    found = [
        f"{path}: {length(sentence)} words: {sentence}"
        for path, text in TEXTS
        for sentence in sentences(text)
        if length(sentence) > MOST_WORDS
    ]
    assert found == []


def test_no_word_stands_there_for_which_there_is_a_plainer_one():
    assert complaints(BANNED.search) == []


def test_no_latin_is_shortened():
    assert complaints(LATIN.search) == []


def test_nothing_is_shouted():
    assert complaints(SHOUTED.search) == []
    assert complaints(lambda text: "!" in text) == []


def test_the_button_that_leads_on_says_continue():
    assert complaints(re.compile(r"^(?:Next|Proceed|Submit)\b(?! of)").search) == []


@pytest.mark.parametrize(
    "text, finds",
    [
        ("Please wait", BANNED),
        ("We utilised it", BANNED),
        ("Bring papers, e.g. a letter", LATIN),
        ("Letters, notes etc.", LATIN),
        ("A DANGER", SHOUTED),
    ],
)
def test_the_checks_find_what_they_look_for(text, finds):
    assert finds.search(text)


def test_a_long_sentence_is_found_within_a_text():
    found = sentences("One two. Three four five? Six (seven) – eight. The Children Act 2004.")
    assert [length(each) for each in found] == [2, 3, 3, 4]
