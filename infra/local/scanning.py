"""Plays the scanner of quarantine on this machine: ClamAV's daemon, or what knows EICAR alone.

Whichever it is, its word goes to the same job as GuardDuty's does in AWS, in the same event.
"""

from __future__ import annotations

import io
import socket
import struct
import uuid
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import boto3

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import ObjectVersionTypeDef

ACCOUNT = "000000000000"
PATIENCE_SECONDS = 60.0
CHUNK = 256 * 1024
LONGEST_REPLY = 4096
# In two halves, so that no scanner takes this file for the one that it stands in.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + rb"$H+H*"
MOST_UNPACKED = 64 * 1024 * 1024
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)


class Status(StrEnum):
    """What GuardDuty may say of an object."""

    CLEAN = "NO_THREATS_FOUND"
    INFECTED = "THREATS_FOUND"
    UNSUPPORTED = "UNSUPPORTED"
    FAILED = "FAILED"


class ScannerMissing(Exception):
    """A scanner is named that does not answer; the message says what to do."""


class Scanner(Protocol):
    """Says whether bytes hold a threat. Raises OSError where it cannot be asked just now."""

    @property
    def name(self) -> str: ...
    def scan(self, content: bytes) -> Status: ...


def chosen(environ: Mapping[str, str]) -> Scanner:
    """The scanner that ``CLAMD_SOCKET`` or ``CLAMD_ADDRESS`` names, or else the one for EICAR.

    Raises ScannerMissing where one is named and does not answer.
    """
    if path := environ.get("CLAMD_SOCKET"):
        return _answering(Clamd(Path(path)), "CLAMD_SOCKET")
    if address := environ.get("CLAMD_ADDRESS"):
        host, colon, port = address.rpartition(":")
        if not (colon and host and port.isascii() and port.isdigit()):
            raise ScannerMissing(f"CLAMD_ADDRESS must be a host and a port, not {address!r}.")
        return _answering(Clamd((host, int(port))), "CLAMD_ADDRESS")
    return EicarOnly()


def _answering(clamd: Clamd, setting: str) -> Clamd:
    try:
        if clamd.is_there():
            return clamd
    except OSError:
        pass
    raise ScannerMissing(
        f"{clamd.name} does not answer. Start ClamAV's daemon, or leave {setting} out:\n"
        f"then files are checked for the EICAR test file only."
    )


@dataclass(frozen=True)
class Clamd:
    """ClamAV's daemon, by its socket's path or by host and port."""

    where: Path | tuple[str, int]

    @property
    def name(self) -> str:
        where = self.where if isinstance(self.where, Path) else ":".join(map(str, self.where))
        return f"ClamAV at {where}"

    def is_there(self) -> bool:
        """Whether it answers as ClamAV does."""
        with closing(self._connected()) as talk:
            talk.sendall(b"zPING\0")
            return _reply(talk) == "PONG"

    def scan(self, content: bytes) -> Status:
        """Send the bytes in pieces, each after its length, and read the line that comes back."""
        with closing(self._connected()) as talk:
            try:
                talk.sendall(b"zINSTREAM\0")
                for at in range(0, len(content), CHUNK):
                    piece = content[at : at + CHUNK]
                    talk.sendall(struct.pack(">I", len(piece)) + piece)
                talk.sendall(struct.pack(">I", 0))
            except (BrokenPipeError, ConnectionResetError):
                # It hangs up on what is too large for it, once it has said so.
                return _status(_reply(talk))
            return _status(_reply(talk))

    def _connected(self) -> socket.socket:
        if isinstance(self.where, Path):
            talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            talk.settimeout(PATIENCE_SECONDS)
            try:
                talk.connect(str(self.where))
            except OSError:
                talk.close()
                raise
            return talk
        return socket.create_connection(self.where, PATIENCE_SECONDS)


def _reply(talk: socket.socket) -> str:
    found = b""
    while len(found) < LONGEST_REPLY and not found.endswith(b"\0"):
        piece = talk.recv(LONGEST_REPLY)
        if not piece:
            break
        found += piece
    return found.rstrip(b"\0\n").decode("utf-8", "replace")


def _status(reply: str) -> Status:
    """What GuardDuty would say for ``stream: OK``, ``stream: <name> FOUND``, ``<words> ERROR``."""
    words = reply.removeprefix("stream: ")
    if words == "OK":
        return Status.CLEAN
    if words.endswith(" FOUND"):
        # These say that it could not look inside, where its settings ask for that.
        could_not = words.startswith(("Heuristics.Encrypted.", "Heuristics.Limits.Exceeded"))
        return Status.UNSUPPORTED if could_not else Status.INFECTED
    return Status.UNSUPPORTED if "size limit exceeded" in words else Status.FAILED


@dataclass(frozen=True)
class EicarOnly:
    """Knows the EICAR test file and nothing else: enough to try things out, no protection."""

    name: str = "a stand-in that knows only the EICAR test file"

    def scan(self, content: bytes) -> Status:
        """Look for EICAR in the bytes, and where they are a zip, in each of its parts."""
        found = EICAR in content or any(EICAR in part for part in _unpacked(content))
        return Status.INFECTED if found else Status.CLEAN


def _unpacked(content: bytes) -> Iterator[bytes]:
    """The parts of a zip, as long as they are not too much to be looked through."""
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for part in package.infolist():
                with package.open(part) as opened:
                    unpacked = opened.read(left)
                yield unpacked
                left -= len(unpacked)
                if left <= 0:
                    return
    except UNREADABLE:
        return


class Quarantine:
    """The bucket of files that nobody checked yet, and the scanner that sees what comes in."""

    def __init__(self, bucket: str, scanner: Scanner, *, region: str) -> None:
        self._client: S3Client = boto3.client("s3")
        self._bucket = bucket
        self._scanner = scanner
        self._region = region
        self._told: set[tuple[str, str]] = set()

    def waiting(self) -> list[ObjectVersionTypeDef]:
        """What came in and was not told of yet."""
        found = self._client.list_object_versions(Bucket=self._bucket).get("Versions", [])
        return [version for version in found if _which(version) not in self._told]

    def told(self, version: ObjectVersionTypeDef) -> None:
        """Keep that a job has done with it."""
        self._told.add(_which(version))

    def event(self, version: ObjectVersionTypeDef) -> dict[str, Any]:
        """Scan it; the event that tells the result."""
        body = self._client.get_object(
            Bucket=self._bucket, Key=version["Key"], VersionId=version["VersionId"]
        )["Body"]
        return scan_event(
            self._scanner.scan(body.read()),
            bucket=self._bucket,
            key=version["Key"],
            version=version["VersionId"],
            region=self._region,
            now=datetime.now(UTC),
        )


def _which(version: ObjectVersionTypeDef) -> tuple[str, str]:
    return version["Key"], version["VersionId"]


def scan_event(
    status: Status, *, bucket: str, key: str, version: str, region: str, now: datetime
) -> dict[str, Any]:
    """What EventBridge brings when GuardDuty has scanned an object."""
    skipped = {Status.UNSUPPORTED: "SKIPPED", Status.FAILED: "FAILED"}
    threats = [{"name": "EICAR-Test-File"}] if status is Status.INFECTED else None
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "GuardDuty Malware Protection Object Scan Result",
        "source": "aws.guardduty",
        "account": ACCOUNT,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [f"arn:aws:guardduty:{region}:{ACCOUNT}:malware-protection-plan/local"],
        "detail": {
            "schemaVersion": "1.0",
            "scanStatus": skipped.get(status, "COMPLETED"),
            "resourceType": "S3_OBJECT",
            "s3ObjectDetails": {
                "bucketName": bucket,
                "objectKey": key,
                "eTag": "",
                "versionId": version,
                "s3Throttled": False,
            },
            "scanResultDetails": {"scanResultStatus": status.value, "threats": threats},
        },
    }
