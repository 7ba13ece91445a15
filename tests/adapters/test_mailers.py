"""E-mails as a mail server gets them, and what its answers mean."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from chalicelib.adapters.mail import to_mime
from chalicelib.adapters.ses import SesMailer
from chalicelib.adapters.smtp import SmtpMailer
from chalicelib.domain import errors
from chalicelib.ports import Email
from chalicelib.settings import Settings
from infra.local import waiting
from tests import stage as stages
from tests.stage import Clock, Stage

EMAIL = Email(
    to_name="Zoë O’Example",
    to_email="zoe@example.org",
    subject="PR-22222222: a referral waits for your decision",
    text="Read it: https://referrals.example.org/decisions/" + "x" * 60 + "\n",
    html="<!DOCTYPE html><html lang='en'><title>t</title><p>Café</p></html>",
    message_id="<m@example.org>",
    tag="PR-22222222_m",
)


class Server:
    """Takes mail, or answers as it is told to."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.answer = "250 OK"
        self.on_recipient = "250 OK"

    async def handle_RCPT(self, _s: Any, _i: Any, envelope: Any, address: str, _o: Any) -> str:
        if self.on_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.on_recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.taken.append(envelope.content)
        return self.answer


@pytest.fixture
def server() -> Iterator[tuple[Server, int]]:
    handler, port = Server(), waiting.free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def settings_for(port: int, **changes: str) -> Settings:
    smtp = {
        "MAIL_TRANSPORT": "smtp",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_TLS": "false",
    }
    aws = dict.fromkeys(stages.AWS_NAMES, "x")
    return Settings.from_environ(stages.environment(aws) | smtp | changes)


def mailer(port: int, **changes: str) -> SmtpMailer:
    return SmtpMailer(settings=settings_for(port, **changes), clock=Clock())


def test_both_parts_arrive_as_they_were_written(server: tuple[Server, int]):
    handler, port = server
    assert mailer(port).send(EMAIL) == EMAIL.message_id
    got = message_from_bytes(handler.taken[0], policy=policy.default)
    assert got["Subject"] == EMAIL.subject
    assert got["Message-ID"] == EMAIL.message_id
    assert got["From"] == (
        "Newham Safeguarding Children Partnership <practice-reviews@example.org>"
    )
    assert "zoe@example.org" in got["To"]
    assert got["Auto-Submitted"] == "auto-generated"
    text, html = got.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == EMAIL.text
    assert "Café" in html.get_content()


@pytest.mark.parametrize(
    "answer, error",
    [
        ("550 No such mailbox", errors.MailRefused),
        ("554 Rejected", errors.MailRefused),
        ("421 Busy", errors.MailUnavailable),
        ("451 Try later", errors.MailUnavailable),
    ],
)
@pytest.mark.parametrize("step", ["answer", "on_recipient"])
def test_an_answer_says_whether_to_try_again(
    server: tuple[Server, int], step: str, answer: str, error: type[Exception]
):
    handler, port = server
    setattr(handler, step, answer)
    with pytest.raises(error):
        mailer(port).send(EMAIL)
    assert handler.taken == []


def test_a_server_out_of_reach_is_tried_again_later():
    with pytest.raises(errors.MailUnavailable):
        mailer(waiting.free_port()).send(EMAIL)


def test_a_server_without_tls_gets_nothing_unless_the_settings_allow_it(
    server: tuple[Server, int],
):
    handler, port = server
    with pytest.raises(errors.MailUnavailable):
        mailer(port, SMTP_TLS="true").send(EMAIL)
    assert handler.taken == []


@pytest.mark.parametrize("field", ["to_name", "subject"])
def test_a_line_break_cannot_add_a_header(field: str):
    from dataclasses import replace

    attack = replace(EMAIL, **{field: "x\r\nBcc: thief@example.org"})
    with pytest.raises(ValueError, match=r"linefeed|newline|CR or LF"):
        to_mime(attack, settings=settings_for(25), clock=Clock())


@pytest.mark.aws
def test_ses_takes_the_message_as_it_was_written(stage: Stage):
    ses = stage.services.clients.ses
    ses.create_email_identity(EmailIdentity=stage.services.settings.mail_from)
    sender = SesMailer(stage.services.clients, settings=stage.services.settings, clock=stage.clock)
    assert sender.send(EMAIL)


@pytest.mark.aws
def test_ses_refuses_a_sender_it_does_not_know_for_good(stage: Stage):
    sender = SesMailer(stage.services.clients, settings=stage.services.settings, clock=stage.clock)
    with pytest.raises(errors.MailRefused):
        sender.send(EMAIL)
