"""E-mails as the mail system wants them: two parts, no tracking, the same id each time."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from chalicelib import templating
from chalicelib.domain.messages import Content, Kind
from chalicelib.ports import Clock, Email
from chalicelib.settings import Settings


class TemplateComposer:
    """Writes an e-mail from the folder of its kind, ``templates/email/<kind>/``."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, kind: Kind, content: Content) -> tuple[str, str, str]:
        """Subject, text and HTML. Raises jinja2.UndefinedError for a variable that is missing."""
        context = {"settings": self._settings, "content": content}
        subject, text, html = (
            templating.render(f"email/{kind.value}/{part}", context)
            for part in ("subject.txt", "body.txt", "body.html")
        )
        return " ".join(subject.split()), text.strip() + "\n", html


def to_mime(email: Email, *, settings: Settings, clock: Clock) -> EmailMessage:
    """The e-mail with its headers, as MIME."""
    mime = EmailMessage(policy=SMTP)
    mime["From"] = formataddr((settings.partnership_name, settings.mail_from))
    mime["To"] = formataddr((email.to_name, email.to_email))
    mime["Subject"] = email.subject
    mime["Date"] = format_datetime(clock())
    mime["Message-ID"] = email.message_id
    mime["Auto-Submitted"] = "auto-generated"
    mime["X-Entity-Ref-ID"] = email.tag
    mime.set_content(email.text, cte="quoted-printable")
    mime.add_alternative(email.html, subtype="html", cte="quoted-printable")
    return mime
