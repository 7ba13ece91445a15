"""Each kind of email, rendered: what it says, what it never says, and that both parts agree."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib import templating
from chalicelib.adapters.mail import TemplateComposer, to_mime
from chalicelib.domain.cases import Outcome
from chalicelib.domain.messages import (
    CONTENTS,
    AttachmentRefused,
    CodeContent,
    ConflictDeclared,
    Content,
    DecisionRecorded,
    DecisionRequest,
    DecisionWaiting,
    DraftExpiring,
    DraftSaved,
    InformationNeeded,
    InformationSupplied,
    Kind,
    NotDelivered,
    OutcomeContent,
    Receipt,
    ReferralReceived,
    ReferralWithdrawn,
    UpdateReceived,
)
from chalicelib.ports import Email
from chalicelib.settings import Settings

REFERENCE = "PR-4F7K9MXD"
URL = "https://referrals.example.org/decisions/" + "Zx9_-aB3" * 4
RESUME_URL = "https://referrals.example.org/refer/resume/" + "Zx9_-aB3" * 4
RECEIVED = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
LATER = datetime(2026, 12, 22, 9, 0, tzinfo=UTC)
DUE = date(2026, 12, 22)
LONGEST_LINE = 72

SETTINGS = Settings(
    stage="test",
    base_url="https://referrals.example.org",
    table_name="table",
    referrals_bucket="bucket",
    quarantine_bucket="quarantine",
    attachments_bucket="attachments",
    data_key_id="key",
    storage_key_id="key",
    lookup_key_id="key",
    mail_from="referrals@example.org",
    partnership_name="Newham Safeguarding Children Partnership",
    partnership_short="NSCP",
    area="Newham",
    urgent_phone="020 7946 0100",
    urgent_phone_out_of_hours="020 7946 0101",
    office_phone="020 7946 0102",
    office_email="office@example.org",
    decision_maker_name="Amara Quill",
    decision_maker_email="amara.quill@example.org",
    deputy_name="Tobias Fenn",
    deputy_email="tobias.fenn@example.org",
)
NO_DEPUTY = SETTINGS.model_copy(update={"deputy_name": "", "deputy_email": ""})


def _request(*, is_deputy: bool = False) -> DecisionRequest:
    return DecisionRequest(
        reference=REFERENCE,
        agency="School or college",
        received_at=RECEIVED,
        decision_due=DUE,
        url=URL,
        expires_at=LATER,
        is_deputy=is_deputy,
    )


def _recorded(outcome: Outcome) -> DecisionRecorded:
    return DecisionRecorded(
        reference=REFERENCE, outcome=outcome, decided_at=LATER, decided_by="Independent Chair"
    )


def _draft() -> dict[str, Any]:
    return {"reference": "", "url": RESUME_URL, "started_at": RECEIVED, "expires_at": LATER}


def _supplied(*, asked: bool) -> InformationSupplied:
    return InformationSupplied(reference=REFERENCE, asked=asked, decision_due=DUE, url=URL)


def _not_delivered(kind: Kind, recipient: str) -> NotDelivered:
    return NotDelivered(reference=REFERENCE, kind=kind, recipient=recipient, has_deputy=True)


EXAMPLES: list[tuple[Kind, Content]] = [
    (Kind.RECEIPT, Receipt(reference=REFERENCE, received_at=RECEIVED, decision_due=DUE)),
    (
        Kind.REFERRAL_RECEIVED,
        ReferralReceived(
            reference=REFERENCE, received_at=RECEIVED, decision_due=DUE, agency="Health"
        ),
    ),
    (Kind.DECISION_REQUEST, _request()),
    (Kind.DECISION_REQUEST, _request(is_deputy=True)),
    (Kind.CODE, CodeContent(reference=REFERENCE, code="048213", expires_at=RECEIVED)),
    (Kind.CODE, CodeContent(reference="", code="048213", expires_at=RECEIVED)),
    (Kind.DRAFT_SAVED, DraftSaved(**_draft())),
    (Kind.DRAFT_EXPIRING, DraftExpiring(**_draft())),
    (
        Kind.DECISION_WAITING,
        DecisionWaiting(
            reference=REFERENCE,
            received_at=RECEIVED,
            decision_due=DUE,
            decider="Independent Chair",
        ),
    ),
    *((Kind.DECISION_RECORDED, _recorded(outcome)) for outcome in Outcome),
    *(
        (Kind.OUTCOME, OutcomeContent(reference=REFERENCE, outcome=outcome))
        for outcome in Outcome
        if outcome is not Outcome.MORE_INFORMATION
    ),
    (Kind.INFORMATION_NEEDED, InformationNeeded(reference=REFERENCE)),
    (Kind.ATTACHMENT_REFUSED, AttachmentRefused(reference=REFERENCE)),
    *((Kind.INFORMATION_SUPPLIED, _supplied(asked=asked)) for asked in (True, False)),
    *(
        (Kind.UPDATE_RECEIVED, UpdateReceived(reference=REFERENCE, asked=asked, told=told))
        for asked in (True, False)
        for told in ("Independent Chair", "")
    ),
    *(
        (
            Kind.REFERRAL_WITHDRAWN,
            ReferralWithdrawn(reference=REFERENCE, withdrawn_at=LATER, had_link=had_link),
        )
        for had_link in (True, False)
    ),
    (
        Kind.CONFLICT_DECLARED,
        ConflictDeclared(
            reference=REFERENCE, declared_by="Independent Chair", passed_to="Deputy chair"
        ),
    ),
    (
        Kind.CONFLICT_DECLARED,
        ConflictDeclared(reference=REFERENCE, declared_by="Deputy chair", passed_to=""),
    ),
    *((Kind.NOT_DELIVERED, _not_delivered(kind, "Independent Chair")) for kind in Kind),
    (Kind.NOT_DELIVERED, _not_delivered(Kind.OUTCOME, "referrer")),
]

TO_DECIDERS = {Kind.DECISION_REQUEST, Kind.INFORMATION_SUPPLIED}
TO_REFERRERS = {Kind.ATTACHMENT_REFUSED, Kind.RECEIPT, Kind.INFORMATION_NEEDED, Kind.OUTCOME}
TO_DRAFTS = {Kind.DRAFT_SAVED, Kind.DRAFT_EXPIRING}
WITH_A_LINK = TO_DECIDERS | TO_REFERRERS | TO_DRAFTS

each_email = pytest.mark.parametrize(
    "kind, content", EXAMPLES, ids=[f"{kind}-{n}" for n, (kind, _) in enumerate(EXAMPLES)]
)


class _Words(HTMLParser):
    """The words that a reader of an HTML body sees, and the links among them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("br", "meta"):
            self._open.append(tag)
        if tag == "a":
            self.links.append((dict(attrs)["href"] or "", ""))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "head" in self._open:
            return
        self.seen += data.split()
        if "a" in self._open:
            self.links[-1] = (self.links[-1][0], data)


def _compose(kind: Kind, content: Content, settings: Settings = SETTINGS) -> tuple[str, str, str]:
    return TemplateComposer(settings)(kind, content)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_three_files_a_content_model_and_an_example(kind):
    folder = templating.SOURCES / "email" / kind
    assert sorted(file.name for file in folder.iterdir()) == [
        "body.html",
        "body.txt",
        "subject.txt",
    ]
    assert any(kind is example and type(content) is CONTENTS[kind] for example, content in EXAMPLES)


def test_no_folder_is_left_without_a_kind():
    folders = {path.name for path in (templating.SOURCES / "email").iterdir() if path.is_dir()}
    assert folders == {kind.value for kind in Kind}


@each_email
def test_both_parts_say_the_same_words(kind, content):
    _, text, html = _compose(kind, content)
    in_text = [word for word in text.split() if word != "-"]
    assert _Words(html).seen == in_text


@each_email
def test_the_subject_is_one_short_line_with_the_reference(kind, content):
    subject, _, _ = _compose(kind, content)
    assert subject.startswith(f"{REFERENCE}: " if content.reference else "Your ")
    assert subject.isprintable()
    assert len(subject) <= 78


@each_email
def test_lines_of_text_are_short_but_for_addresses(kind, content):
    _, text, _ = _compose(kind, content)
    long = [line for line in text.splitlines() if len(line) > LONGEST_LINE]
    assert [line for line in long if line not in (URL, RESUME_URL)] == []
    assert "\n\n\n\n" not in text


@each_email
def test_no_email_names_a_person_or_gives_their_address(kind, content):
    whole = " ".join(_compose(kind, content))
    for personal in (
        SETTINGS.decision_maker_name,
        SETTINGS.decision_maker_email,
        SETTINGS.deputy_name,
        SETTINGS.deputy_email,
    ):
        assert personal not in whole


@each_email
def test_the_html_fetches_nothing_and_links_only_to_what_it_shows(kind, content):
    _, _, html = _compose(kind, content)
    words = _Words(html)
    assert set(words.tags).isdisjoint({"img", "link", "script", "iframe", "form", "input"})
    assert "url(" not in html
    assert "@import" not in html
    assert "style=" not in html
    assert all(href == shown for href, shown in words.links)
    assert len(words.links) == (1 if kind in WITH_A_LINK else 0)


@each_email
def test_the_html_has_a_language_a_title_and_one_heading(kind, content):
    _, _, html = _compose(kind, content)
    assert html.startswith("<!DOCTYPE html>\n<html lang=")
    assert re.search(r"<title>[^<]+</title>", html)
    assert _Words(html).tags.count("h1") == 1


@each_email
def test_every_email_says_how_to_get_help(kind, content):
    _, text, _ = _compose(kind, content)
    assert f"Phone: {SETTINGS.office_phone}" in text
    assert f"Email: {SETTINGS.office_email}" in text


def test_the_decision_request_gives_its_address_in_full_on_a_line_of_its_own():
    _, text, html = _compose(Kind.DECISION_REQUEST, _request())
    assert URL in text.splitlines()
    assert f'<a href="{URL}">{URL}</a>' in html


@pytest.mark.parametrize("kind", TO_REFERRERS)
def test_an_email_to_a_referrer_says_where_to_follow_the_case_and_not_which(kind):
    content = next(content for example, content in EXAMPLES if example is kind)
    _, text, html = _compose(kind, content)
    assert f"{SETTINGS.base_url}/referral" in text.splitlines()
    assert "Type the reference there." in _flat(text)
    assert f"/referral/{REFERENCE}" not in text + html


def test_only_a_deputy_is_told_that_they_stand_in():
    assert "in place of" not in _compose(Kind.DECISION_REQUEST, _request())[1]
    assert "in place of" in _compose(Kind.DECISION_REQUEST, _request(is_deputy=True))[1]


def test_the_code_stands_grouped_in_the_bodies_and_never_in_the_subject():
    content = CodeContent(reference=REFERENCE, code="048213", expires_at=RECEIVED)
    subject, text, html = _compose(Kind.CODE, content)
    assert "048 213" in text
    assert "048 213" in html
    assert "048" not in subject


def test_each_outcome_has_its_own_words_and_none_gives_the_label_of_a_reason():
    texts = {
        _compose(Kind.OUTCOME, OutcomeContent(reference=REFERENCE, outcome=outcome))[1]
        for outcome in Outcome
        if outcome is not Outcome.MORE_INFORMATION
    }
    assert len(texts) == len(Outcome) - 1
    assert all(text.count("What happens next") == 1 for text in texts)


def test_a_request_for_information_is_not_called_a_decision():
    subject, text, _ = _compose(Kind.DECISION_RECORDED, _recorded(Outcome.MORE_INFORMATION))
    assert subject == f"{REFERENCE}: more information was asked for"
    assert "A decision was recorded" not in text


def test_the_deputy_is_offered_only_where_there_is_one():
    waiting = DecisionWaiting(
        reference=REFERENCE, received_at=RECEIVED, decision_due=DUE, decider="Independent Chair"
    )
    assert "Deputy chair can decide" in _flat(_compose(Kind.DECISION_WAITING, waiting)[1])
    alone = _compose(Kind.DECISION_WAITING, waiting, NO_DEPUTY)[1]
    assert "Deputy chair" not in alone
    lost = _not_delivered(Kind.DECISION_REQUEST, "Independent Chair")
    assert "Deputy chair can decide" in _flat(_compose(Kind.NOT_DELIVERED, lost)[1])
    lost = lost.model_copy(update={"has_deputy": False})
    assert "Deputy chair" not in _compose(Kind.NOT_DELIVERED, lost)[1]


def test_an_unreachable_referrer_is_phoned_and_not_looked_up_in_the_settings():
    _, text, _ = _compose(Kind.NOT_DELIVERED, _not_delivered(Kind.OUTCOME, "referrer"))
    assert "Phone the referrer" in text
    assert "settings" not in text


def test_a_line_end_in_a_setting_cannot_start_another_header():
    hostile = SETTINGS.model_copy(update={"partnership_short": "X\r\nBcc: somebody@example.org"})
    content = Receipt(
        reference=f"{REFERENCE}\r\nBcc: somebody@example.org",
        received_at=RECEIVED,
        decision_due=DUE,
    )
    subject, text, html = _compose(Kind.RECEIPT, content, hostile)
    mime = _mime(subject, text, html)
    assert mime["Bcc"] is None
    assert "\n" not in subject


def test_markup_in_a_value_is_shown_and_not_obeyed():
    content = ConflictDeclared(
        reference=REFERENCE, declared_by="<b>Chair</b>", passed_to="Deputy chair"
    )
    _, text, html = _compose(Kind.CONFLICT_DECLARED, content)
    assert "<b>Chair</b>" in text
    assert "&lt;b&gt;Chair&lt;/b&gt;" in html


@each_email
def test_both_parts_survive_the_way_through_mime(kind, content):
    subject, text, html = _compose(kind, content)
    mime = _mime(subject, text, html)
    assert mime["Subject"] == subject
    plain, rich = mime.iter_parts()
    assert isinstance(plain, EmailMessage)
    assert isinstance(rich, EmailMessage)
    assert plain.get_content() == text
    assert rich.get_content().split() == html.split()


def _mime(subject: str, text: str, html: str) -> EmailMessage:
    email = Email(
        to_name="Somebody",
        to_email="somebody@example.org",
        subject=subject,
        text=text,
        html=html,
        message_id="<1@example.org>",
        tag="tag",
    )
    return to_mime(email, settings=SETTINGS, clock=lambda: RECEIVED)


def _flat(text: str) -> str:
    return " ".join(text.split())
