"""The local scanner: ClamAV's own daemon where it is installed, its protocol, and the stand-in."""

from __future__ import annotations

import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from chalice.app import CloudWatchEvent

from chalicelib import bootstrap, jobs
from chalicelib.adapters import scans
from chalicelib.domain.attachments import State, Verdict
from infra.local import scanning, waiting, worker
from infra.local.scanning import Clamd, EicarOnly, Quarantine, ScannerMissing, Status
from tests import papers, uploads
from tests.stage import NOON, Stage

CLAMD = shutil.which("clamd")
SETTINGS = """\
Foreground yes
DatabaseDirectory {folder}
LocalSocket {folder}/clamd.sock
TCPSocket {port}
TCPAddr 127.0.0.1
StreamMaxLength 26M
AlertEncrypted yes
ConcurrentDatabaseReload no
"""


class Daemon:
    """Answers one request after another as ClamAV's daemon would, and notes what it was sent."""

    def __init__(self, *replies: str, hangs_up_after: int = 0) -> None:
        self._replies = list(replies)
        self._hangs_up_after = hangs_up_after
        self.commands: list[bytes] = []
        self.contents: list[bytes] = []
        self._listening = socket.create_server((waiting.HOST, 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listening.close()
        self._thread.join(5)

    def _serve(self) -> None:
        for reply in self._replies:
            talk, _ = self._listening.accept()
            with talk, talk.makefile("rb") as sent:
                command = b""
                while not command.endswith(b"\0"):
                    command += sent.read(1)
                self.commands.append(command)
                if command == b"zINSTREAM\0":
                    self.contents.append(self._content(sent))
                talk.sendall(reply.encode() + b"\0")

    def _content(self, sent: object) -> bytes:
        found = b""
        while True:
            (length,) = struct.unpack(">I", sent.read(4))  # type: ignore[attr-defined]
            if not length:
                return found
            found += sent.read(length)  # type: ignore[attr-defined]
            if self._hangs_up_after and len(found) > self._hangs_up_after:
                return found


@pytest.mark.parametrize(
    "reply, status",
    [
        ("stream: OK", Status.CLEAN),
        ("stream: Eicar-Test-Signature FOUND", Status.INFECTED),
        ("stream: Heuristics.Encrypted.Zip FOUND", Status.UNSUPPORTED),
        ("stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND", Status.UNSUPPORTED),
        ("INSTREAM size limit exceeded. ERROR", Status.UNSUPPORTED),
        ("stream: Can't allocate memory ERROR", Status.FAILED),
        ("", Status.FAILED),
    ],
)
def test_what_clamav_answers_is_told_in_the_words_of_guardduty(reply: str, status: Status):
    daemon = Daemon(reply)
    content = bytes(range(256)) * 3000
    assert Clamd((waiting.HOST, daemon.port)).scan(content) is status
    daemon.close()
    assert daemon.contents == [content]


def test_clamav_may_hang_up_before_it_was_sent_everything():
    daemon = Daemon("INSTREAM size limit exceeded. ERROR", hangs_up_after=1000)
    status = Clamd((waiting.HOST, daemon.port)).scan(bytes(8 * 1024 * 1024))
    assert status is Status.UNSUPPORTED
    daemon.close()


def test_the_scanner_is_the_one_that_is_named():
    daemon = Daemon("PONG", "who?")
    address = f"{waiting.HOST}:{daemon.port}"
    scanner = scanning.chosen({"CLAMD_ADDRESS": address})
    assert scanner.name == f"ClamAV at {address}"
    assert daemon.commands == [b"zPING\0"]
    with pytest.raises(ScannerMissing, match="does not answer"):
        scanning.chosen({"CLAMD_ADDRESS": address})
    daemon.close()


@pytest.mark.parametrize(
    "environ, words",
    [
        ({"CLAMD_SOCKET": "/nowhere/clamd.sock"}, "ClamAV at /nowhere/clamd.sock does not answer"),
        ({"CLAMD_ADDRESS": "127.0.0.1:1"}, "leave CLAMD_ADDRESS out"),
        ({"CLAMD_ADDRESS": "3310"}, "must be a host and a port, not '3310'"),
        ({"CLAMD_ADDRESS": "host:port"}, "must be a host and a port"),
    ],
)
def test_a_scanner_that_is_not_there_is_said_to_be_missing(environ: dict[str, str], words: str):
    with pytest.raises(ScannerMissing, match=words):
        scanning.chosen(environ)


@pytest.mark.parametrize(
    "content, status",
    [
        (papers.EICAR, Status.INFECTED),
        (b"before" + papers.EICAR + b"after", Status.INFECTED),
        (papers.docx(more={"word/media/image1.png": papers.EICAR}), Status.INFECTED),
        (papers.pdf(), Status.CLEAN),
        (papers.docx(), Status.CLEAN),
        (papers.docx()[:-10], Status.CLEAN),
        (b"", Status.CLEAN),
    ],
)
def test_the_stand_in_knows_the_test_file_and_looks_into_zips(content: bytes, status: Status):
    scanner = scanning.chosen({})
    assert isinstance(scanner, EicarOnly)
    assert "only the EICAR test file" in scanner.name
    assert scanner.scan(content) is status


def test_the_stand_in_gives_up_on_a_bomb(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scanning, "MOST_UNPACKED", 1000)
    more = {"a": bytes(2000), "word/media/image1.png": papers.EICAR}
    assert EicarOnly().scan(papers.docx(more=more)) is Status.CLEAN


@pytest.mark.parametrize("status", Status)
def test_a_scan_event_is_one_that_chalice_and_the_service_read(status: Status):
    key = f"quarantine/{'0' * 32}/{'1' * 32}"
    event = scanning.scan_event(
        status, bucket="b", key=key, version="v", region="eu-west-2", now=NOON
    )
    read = CloudWatchEvent(event, None)
    assert read.source == "aws.guardduty"
    assert read.detail_type == "GuardDuty Malware Protection Object Scan Result"
    result = scans.result(read.detail, bucket="b")
    wanted = {
        Status.CLEAN: Verdict.CLEAN,
        Status.INFECTED: Verdict.INFECTED,
        Status.UNSUPPORTED: Verdict.UNSUPPORTED,
        Status.FAILED: Verdict.FAILED,
    }
    assert result is not None
    assert (result.version, result.verdict) == ("v", wanted[status])


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """ClamAV's daemon that knows one signature, by its socket and its port."""
    if CLAMD is None:
        pytest.skip("clamd is not installed")
    port = waiting.free_port()
    (tmp_path / "eicar.ndb").write_text(f"Eicar-Test-Signature:0:*:{papers.EICAR.hex()}\n")
    conf = tmp_path / "clamd.conf"
    conf.write_text(SETTINGS.format(folder=tmp_path, port=port))
    with (tmp_path / "clamd.log").open("wb") as log:
        child = subprocess.Popen([CLAMD, "-c", str(conf)], stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "clamd.sock").exists():
            assert child.poll() is None, (tmp_path / "clamd.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield tmp_path / "clamd.sock", port
    finally:
        child.terminate()
        child.wait(20)


def test_clamavs_own_daemon_finds_what_it_knows(clamd: tuple[Path, int]):
    path, port = clamd
    for scanner in (
        scanning.chosen({"CLAMD_SOCKET": str(path)}),
        scanning.chosen({"CLAMD_ADDRESS": f"127.0.0.1:{port}"}),
    ):
        assert scanner.scan(papers.EICAR) is Status.INFECTED
        assert scanner.scan(papers.docx(more={"word/a.bin": papers.EICAR})) is Status.INFECTED
        assert scanner.scan(papers.pdf()) is Status.CLEAN
        assert scanner.scan(b"") is Status.CLEAN
        assert scanner.scan(bytes(27 * 1024 * 1024)) is Status.UNSUPPORTED


@pytest.fixture
def live(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name, value in stage.environ.items():
        monkeypatch.setenv(name, value)
    bootstrap.services.cache_clear()
    yield stage
    bootstrap.services.cache_clear()


@pytest.mark.aws
def test_what_comes_into_quarantine_is_scanned_by_the_job(live: Stage):
    draft = live.draft()
    key = draft.open_key()
    for name, content in {"a.pdf": papers.pdf(), "b.pdf": papers.EICAR}.items():
        allowed = live.services.attachments.allow(
            draft.case_id,
            draft.case_id,
            key,
            part="referral",
            name=name,
            size=len(content),
            return_to="",
            network="",
            now=live.clock(),
        )
        uploads.send(allowed, content)
    quarantine = Quarantine(live.environ["QUARANTINE_BUCKET"], EicarOnly(), region="eu-west-2")
    stream = worker.Stream(live.environ["TABLE_NAME"])
    _, (_, scan), _ = worker.tasks(stream, quarantine, region="eu-west-2")
    scan()
    held = live.services.attachments.held(draft.case_id, key)
    assert [(each.name, each.state) for each in held] == [
        ("a.pdf", State.CLEAN),
        ("b.pdf", State.INFECTED),
    ]
    assert quarantine.waiting() == []


@pytest.mark.aws
def test_a_file_whose_job_fails_is_tried_again_and_holds_up_no_other(
    live: Stage, monkeypatch: pytest.MonkeyPatch
):
    bucket = live.environ["QUARANTINE_BUCKET"]
    for name in ("a", "b"):
        live.services.clients.s3.put_object(Bucket=bucket, Key=f"quarantine/{name}", Body=b"x")
    asked: list[str] = []

    def job(event: dict[str, dict[str, dict[str, str]]], context: object) -> None:
        key = event["detail"]["s3ObjectDetails"]["objectKey"]
        asked.append(key)
        if asked == ["quarantine/a"]:
            raise jobs.JobFailed("Unavailable")

    monkeypatch.setattr(jobs, "scan_result", job)
    quarantine = Quarantine(bucket, EicarOnly(), region="eu-west-2")
    stream = worker.Stream(live.environ["TABLE_NAME"])
    _, (_, scan), _ = worker.tasks(stream, quarantine, region="eu-west-2")
    scan()
    scan()
    scan()
    assert asked == ["quarantine/a", "quarantine/b", "quarantine/a"]


def test_a_task_that_fails_comes_again_and_holds_up_no_other():
    stopping = threading.Event()
    done: list[str] = []

    def fail() -> None:
        done.append("fails")
        raise jobs.JobFailed("Unavailable")

    def work() -> None:
        done.append("works")
        if done.count("works") == 2:
            stopping.set()

    worker.work([(0.0, fail), (0.0, work)], stopping)
    assert done == ["fails", "works"] * 2
