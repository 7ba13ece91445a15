"""The composition root: the only place that chooses adapters. Built on first use."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from chalicelib.adapters.cases import TableCases
from chalicelib.adapters.clients import Clients
from chalicelib.adapters.links import TableLinks
from chalicelib.adapters.mail import TemplateComposer
from chalicelib.adapters.messages import TableOutbox
from chalicelib.adapters.referrals import BucketDocuments, TableDrafts
from chalicelib.adapters.table import Table
from chalicelib.adapters.vault import KmsVault
from chalicelib.metrics import LogMeter
from chalicelib.ports import Clock, Mailer
from chalicelib.services.cases import CaseService
from chalicelib.services.decisions import DecisionService
from chalicelib.services.links import LinkService
from chalicelib.services.messages import Messages
from chalicelib.services.referrals import ReferralService
from chalicelib.settings import Settings


@dataclass(frozen=True)
class Services:
    """The use cases, wired."""

    settings: Settings
    clock: Clock
    clients: Clients
    referrals: ReferralService
    links: LinkService
    decisions: DecisionService
    cases: CaseService
    messages: Messages
    meter: LogMeter


@cache
def services() -> Services:
    """The services of this process, from its environment."""
    return build(os.environ)


def build(environ: Mapping[str, str], *, clock: Clock | None = None) -> Services:
    """The services that ``environ`` describes. Connects to nothing yet."""
    settings = Settings.from_environ(environ)
    now = clock or _utc_now
    clients = Clients()
    table = Table(clients, settings.table_name)
    vault = KmsVault(clients, settings.data_key_id)
    cases = TableCases(table)
    documents = BucketDocuments(
        clients, bucket=settings.referrals_bucket, key_id=settings.storage_key_id
    )
    meter = LogMeter(settings.stage)
    links = LinkService(settings, cases, TableLinks(table), vault, meter)
    return Services(
        settings=settings,
        clock=now,
        clients=clients,
        referrals=ReferralService(settings, TableDrafts(table), documents, cases, vault, meter),
        links=links,
        decisions=DecisionService(settings, cases, documents, vault, links, meter),
        cases=CaseService(cases, documents, vault),
        messages=Messages(
            settings,
            cases,
            TableOutbox(table),
            vault,
            _mailer(settings, clients, now),
            TemplateComposer(settings),
            meter,
        ),
        meter=meter,
    )


def _mailer(settings: Settings, clients: Clients, clock: Clock) -> Mailer:
    # Imported where chosen: a page sends no mail, and a stage has one transport.
    if settings.mail_transport == "smtp":
        from chalicelib.adapters.smtp import SmtpMailer

        return SmtpMailer(settings=settings, clock=clock)
    from chalicelib.adapters.ses import SesMailer

    return SesMailer(clients, settings=settings, clock=clock)


def _utc_now() -> datetime:
    return datetime.now(UTC)
