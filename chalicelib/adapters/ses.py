"""Mail through Amazon SES, API version 2.

SES writes a Message-ID of its own in place of ours. Ours stays in ``X-Entity-Ref-ID``, and as the
tag by which delivery events name the message.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from chalicelib.adapters.clients import Clients, call
from chalicelib.adapters.events import TAG
from chalicelib.adapters.mail import to_mime
from chalicelib.domain.errors import MailRefused, MailUnavailable, Unavailable
from chalicelib.ports import Clock, Email
from chalicelib.settings import Settings

# What no second try can mend. Everything else is tried again.
REFUSED = frozenset({"MessageRejected", "BadRequestException", "NotFoundException"})


class SesMailer:
    """Hands e-mails to SES."""

    def __init__(self, clients: Clients, *, settings: Settings, clock: Clock) -> None:
        self._clients = clients
        self._settings = settings
        self._clock = clock

    def send(self, email: Email) -> str:
        """Send; returns SES's message id. Raises MailRefused or MailUnavailable."""
        mime = to_mime(email, settings=self._settings, clock=self._clock)
        request: dict[str, Any] = {
            "FromEmailAddress": self._settings.mail_from,
            "Destination": {"ToAddresses": [email.to_email]},
            "Content": {"Raw": {"Data": mime.as_bytes()}},
            "EmailTags": [{"Name": TAG, "Value": email.tag}],
        }
        if self._settings.ses_configuration_set:
            request["ConfigurationSetName"] = self._settings.ses_configuration_set
        try:
            answer = call(self._clients.ses.send_email, **request)
        except Unavailable as error:
            cause = error.__cause__
            code = cause.response["Error"]["Code"] if isinstance(cause, ClientError) else ""
            if code in REFUSED:
                raise MailRefused(code) from error
            raise MailUnavailable(str(error)) from error
        provider_id: str = answer["MessageId"]
        return provider_id
