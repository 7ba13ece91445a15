"""The composition root: the only place that chooses adapters. Built on first use."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING

from chalicelib.adapters.cases import TableCases
from chalicelib.adapters.clients import Clients
from chalicelib.adapters.drafts import TableDrafts
from chalicelib.adapters.links import TableLinks
from chalicelib.adapters.referrals import BucketDocuments
from chalicelib.adapters.table import Table
from chalicelib.adapters.vault import KmsVault
from chalicelib.metrics import LogMeter
from chalicelib.ports import Asks, Clock, Limits, Mailer, Owners, Pseudonyms
from chalicelib.services.drafts import DraftService
from chalicelib.services.links import LinkService
from chalicelib.services.referrals import ReferralService
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.domain.attachments import Look
    from chalicelib.services.attachments import AttachmentService
    from chalicelib.services.cases import CaseService
    from chalicelib.services.decisions import DecisionService
    from chalicelib.services.messages import Messages
    from chalicelib.services.updates import UpdateService


class Services:
    """The use cases of one process. Connects to nothing until one of them is used.

    Each is wired when it is first asked for. Those that a page of the form does not use are
    imported only then, so that a cold start does not wait for them.
    """

    def __init__(self, settings: Settings, *, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.clients = Clients()
        self.meter = LogMeter(settings.stage)
        self._table = Table(self.clients, settings.table_name)
        self._vault = KmsVault(self.clients, settings.data_key_id)
        self._cases = TableCases(self._table)
        self._documents = BucketDocuments(
            self.clients, bucket=settings.referrals_bucket, key_id=settings.storage_key_id
        )

    @cached_property
    def drafts(self) -> DraftService:
        return DraftService(
            settings=self.settings,
            drafts=TableDrafts(self._table),
            vault=self._vault,
            limits=self.limits,
            meter=self.meter,
            destroy_files=lambda case_id: self.attachments.destroy(case_id),
            links=self.links,
            asks=self.asks,
            pseudonyms=self.pseudonyms,
        )

    @cached_property
    def referrals(self) -> ReferralService:
        return ReferralService(self.settings, self.drafts, self._documents, self._cases, self.meter)

    @cached_property
    def owners(self) -> Owners:
        from chalicelib.adapters.owners import TableOwners

        return TableOwners(self._table, self._cases)

    @cached_property
    def asks(self) -> Asks:
        from chalicelib.adapters.asks import TableAsks

        return TableAsks(self._table)

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        from chalicelib.adapters.pseudonyms import KmsPseudonyms

        return KmsPseudonyms(self.clients, self.settings.lookup_key_id)

    @cached_property
    def limits(self) -> Limits:
        from chalicelib.adapters.limits import TableLimits

        allowance = self.settings.network_allowance
        return TableLimits(self._table, self.pseudonyms, self.meter, network_allowance=allowance)

    @cached_property
    def links(self) -> LinkService:
        return LinkService(
            settings=self.settings,
            cases=self._cases,
            links=TableLinks(self._table),
            owners=self.owners,
            asks=self.asks,
            limits=self.limits,
            vault=self._vault,
            meter=self.meter,
        )

    @cached_property
    def decisions(self) -> DecisionService:
        from chalicelib.services.decisions import DecisionService

        return DecisionService(
            self.settings, self._cases, self._documents, self._vault, self.links, self.meter
        )

    @cached_property
    def updates(self) -> UpdateService:
        from chalicelib.services.updates import UpdateService

        return UpdateService(
            self.settings, self._cases, self._documents, self._vault, self.links, self.meter
        )

    @cached_property
    def cases(self) -> CaseService:
        from chalicelib.services.cases import CaseService

        return CaseService(self._cases, self._documents, self._vault, self.attachments)

    @cached_property
    def attachments(self) -> AttachmentService:
        from chalicelib.adapters.attachments import TableAttachments
        from chalicelib.adapters.files import BucketFiles
        from chalicelib.services.attachments import AttachmentService

        files = BucketFiles(
            self.clients,
            quarantine=self.settings.quarantine_bucket,
            attachments=self.settings.attachments_bucket,
            key_id=self.settings.storage_key_id,
        )
        return AttachmentService(
            TableAttachments(self._table),
            files,
            _inspect,
            self.owners,
            self._cases,
            self._vault,
            self.meter,
            self.limits,
        )

    @cached_property
    def messages(self) -> Messages:
        from chalicelib.adapters.mail import TemplateComposer
        from chalicelib.adapters.messages import TableOutbox
        from chalicelib.services.messages import Messages

        return Messages(
            self.settings,
            self.owners,
            TableOutbox(self._table),
            self._vault,
            _mailer(self.settings, self.clients, self.clock),
            TemplateComposer(self.settings),
            self.meter,
        )


@cache
def services() -> Services:
    """The services of this process, from its environment."""
    return build(os.environ)


def build(environ: Mapping[str, str], *, clock: Clock | None = None) -> Services:
    """The services that ``environ`` describes."""
    return Services(Settings.from_environ(environ), clock=clock or _utc_now)


def _inspect(content: bytes) -> Look:
    # Only the job that checks files needs to know what files look like.
    from chalicelib.adapters.contents import inspect

    return inspect(content)


def _mailer(settings: Settings, clients: Clients, clock: Clock) -> Mailer:
    # A stage has one transport, and the other need not be imported.
    if settings.mail_transport == "smtp":
        from chalicelib.adapters.smtp import SmtpMailer

        return SmtpMailer(settings=settings, clock=clock)
    from chalicelib.adapters.ses import SesMailer

    return SesMailer(clients, settings=settings, clock=clock)


def _utc_now() -> datetime:
    return datetime.now(UTC)
