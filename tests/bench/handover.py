"""From queued to handed to the mailer: real submits, the local jobs, and a mail server that waits.

A message counts from the moment that its transaction names, to the end of its SMTP conversation's
data. The jobs run as ``make run`` runs them: their own process, reading the table's stream.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib import bootstrap
from infra.local import processes, waiting
from infra.local.processes import Child
from tests import factories, stage
from tests.bench.results import Measure
from tests.bench.sink import Sink, listening
from tests.bench.timing import percentile

SUBMITS = 17
MESSAGES_A_SUBMIT = 3
PAUSE_SECONDS = 0.15
PATIENCE_SECONDS = 20.0
BUDGET_SECONDS = 2.0


def measure(aws: dict[str, str]) -> Iterator[Measure]:
    """The median and the 95th percentile."""
    waits = _waits(aws)
    about = f"queued to handed over, {len(waits)} messages"
    yield Measure(f"{about}, p50", "s", ours=percentile(waits, 50))
    yield Measure(f"{about}, p95", "s", ours=percentile(waits, 95), budget=BUDGET_SECONDS)


def _waits(aws: dict[str, str]) -> list[float]:
    with listening() as sink, TemporaryDirectory(prefix="bench-") as folder:
        environ = stage.environment(
            aws,
            MAIL_TRANSPORT="smtp",
            SMTP_HOST=waiting.HOST,
            SMTP_PORT=str(sink.port),
            SMTP_TLS="false",
        )
        command = [sys.executable, "-m", "infra.local.worker"]
        log = Path(folder) / "worker.log"
        worker = processes.start("the jobs", command, environment=os.environ | environ, log=log)
        try:
            services = bootstrap.build(environ)
            # The first one waits for the jobs to start, and is not counted.
            _submit(services)
            _until(sink, MESSAGES_A_SUBMIT, worker)
            references = [_submit(services) for _ in range(SUBMITS)]
            _until(sink, MESSAGES_A_SUBMIT * (1 + SUBMITS), worker)
        finally:
            worker.stop()
        return [
            (sink.handed_over[message.message_id] - message.queued_at).total_seconds()
            for reference in references
            for message in services.cases.cases.messages(reference)
            if message.not_before == message.queued_at
        ]


def _submit(services: bootstrap.Services) -> str:
    """Send a referral, and leave the jobs the time that people leave them."""
    time.sleep(PAUSE_SECONDS)
    now = services.clock()
    answers = factories.answers_from(today=now.date())
    draft = services.drafts.start(now=now)
    services.drafts.mark_as_test(draft.token)  # So that no code must be typed before.
    filled = services.drafts._store(services.drafts.open(draft.token, now=now), answers, now=now)
    sent = services.referrals.submit(filled, seen=filled.version, now=services.clock())
    return sent.reference


def _until(sink: Sink, messages: int, worker: Child) -> None:
    """Wait until so many were handed over. Raises NotReady with what the jobs wrote."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(sink.handed_over) < messages:
        if worker.has_ended or time.monotonic() > deadline:
            raise waiting.NotReady(f"messages were not handed over\n{worker.tail()}")
        time.sleep(0.02)
