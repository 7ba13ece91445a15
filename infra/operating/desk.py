"""An operator at work on a stage: who they are, and what the service's refusals mean to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import boto3

from chalicelib.bootstrap import Services
from chalicelib.domain import errors
from chalicelib.domain.references import is_reference
from infra.cli.console import BadUsage, CommandError, Failed, Refused
from infra.cli.stages import OpenStage, open_stage

DIGEST_LENGTH = 16

# The nearest class in the error's ladder counts.
REFUSALS: dict[type[errors.ServiceError], tuple[type[CommandError], str, str]] = {
    errors.CaseNotFound: (
        BadUsage,
        "No case of this stage has this reference.",
        "List the cases with: python -m infra case list STAGE",
    ),
    errors.CaseErased: (
        Refused,
        "This case was erased. Its trail is all that is left of it.",
        "Read it with: python -m infra case show STAGE REFERENCE",
    ),
    errors.AlreadyDecided: (Refused, "The case is decided, so that nobody needs a link.", ""),
    errors.AlreadyWithdrawn: (
        Refused,
        "The referrer withdrew this referral, so that nobody needs a link.",
        "Their reason: python -m infra case show STAGE REFERENCE --unseal --reason ...",
    ),
    errors.NobodyToTell: (
        Refused,
        "Nobody who could decide on this case is named in the stage's settings.",
        "Name a deputy (people add), deploy, and use: link resend --to deputy",
    ),
    errors.LinkUnknown: (Refused, "This case has no link that could be withdrawn.", ""),
    errors.LinkSpent: (Refused, "The link has done its work already.", ""),
    errors.LinkRevoked: (Refused, "The link was withdrawn before.", ""),
    errors.LinkExpired: (Refused, "The link is past its date already.", ""),
    errors.MessageNotFound: (
        BadUsage,
        "The case has no message of this id.",
        "List its messages with: python -m infra message list STAGE REFERENCE",
    ),
    errors.MessageLapsed: (
        Refused,
        "This message would say what is no longer true, so it is not sent again.",
        "A link that was lost is replaced with: python -m infra link resend STAGE REFERENCE",
    ),
    errors.Undecided: (Refused, "This case is still open, so it cannot be erased.", ""),
    errors.OnHold: (
        Refused,
        "A legal hold keeps this case.",
        "Only when the hold has ended: python -m infra case release STAGE REFERENCE --reason ...",
    ),
    errors.NotOnHold: (Refused, "There is no legal hold on this case.", ""),
    errors.Tampered: (
        Failed,
        "A seal of this case does not open: something was altered or moved.",
        "See the runbook, Suspected leak or tampering; then: python -m infra audit verify STAGE",
    ),
}


@dataclass(frozen=True)
class Desk:
    """A stage that is open, and the operator by a digest of their AWS identity."""

    stage: OpenStage
    operator: str

    @property
    def services(self) -> Services:
        return self.stage.services

    def now(self) -> datetime:
        return self.stage.services.clock()


@contextmanager
def at(stage_name: str, *references: str) -> Iterator[Desk]:
    """Open a stage for an operator. Refusals of the service come out in an operator's words.

    Raises BadUsage before anything is asked of AWS where a reference cannot be one.
    """
    for reference in references:
        if not is_reference(reference):
            raise BadUsage(
                f"{reference} is not a reference: it is mistyped.",
                next_step="A reference looks like PR-23456789; its last character checks the rest.",
            )
    stage = open_stage(stage_name)
    try:
        yield Desk(stage, operator_of(stage.session))
    except errors.ServiceError as error:
        raise _explained(error) from error


def operator_of(session: boto3.Session) -> str:
    """A short digest of the caller's ARN: the same for the same person, and not their name."""
    arn = session.client("sts").get_caller_identity()["Arn"]
    return hashlib.sha256(arn.encode()).hexdigest()[:DIGEST_LENGTH]


def _explained(error: errors.ServiceError) -> Exception:
    for kind in type(error).__mro__:
        if kind in REFUSALS:
            refusal, message, next_step = REFUSALS[kind]
            return refusal(message, next_step=next_step)
    return error
