"""Mail through an SMTP server: a council's own relay, or the mailbox page on one's own machine."""

from __future__ import annotations

import smtplib
import ssl

from chalicelib.adapters.mail import to_mime
from chalicelib.domain.errors import MailRefused, MailUnavailable
from chalicelib.ports import Clock, Email
from chalicelib.settings import Settings

TIMEOUT_SECONDS = 10


class SmtpMailer:
    """Hands e-mails to an SMTP server, over TLS unless the settings say otherwise."""

    def __init__(self, *, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def send(self, email: Email) -> str:
        """Send; returns the Message-ID. Raises MailRefused for a 5xx, else MailUnavailable."""
        mime = to_mime(email, settings=self._settings, clock=self._clock)
        host, port = self._settings.smtp_host, self._settings.smtp_port
        try:
            with smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS) as server:
                if self._settings.smtp_tls:
                    server.starttls(context=ssl.create_default_context())
                server.send_message(mime, self._settings.mail_from, [email.to_email])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _told(min(codes, default=0)) from error
        except smtplib.SMTPResponseException as error:
            raise _told(error.smtp_code) from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable(type(error).__name__) from error
        return email.message_id


def _told(code: int) -> MailRefused | MailUnavailable:
    answer = f"SMTP {code}"
    return MailRefused(answer) if 500 <= code < 600 else MailUnavailable(answer)
