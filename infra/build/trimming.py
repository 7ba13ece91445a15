"""Takes out of an unpacked zip what no function reads, most of it other services' descriptions."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

# The services that an adapter makes a client of.
SERVICES = frozenset({"dynamodb", "kms", "s3", "sesv2"})
# What botocore reads whatever the service.
COMMON = frozenset(
    {"_retry.json", "endpoints.json", "partitions.json", "sdk-default-configuration.json"}
)
UNREAD_FOLDERS = ("*.dist-info", "*.data", "__pycache__", "tests", "bin")
UNREAD_FILES = ("*.pyi", "py.typed", "*.c", "*.h", "examples-1.json")


def trim(contents: Path) -> None:
    """Remove what is not read, and open what is read in a compressed form."""
    for pattern in UNREAD_FOLDERS:
        for folder in sorted(contents.rglob(pattern)):
            shutil.rmtree(folder)
    for pattern in UNREAD_FILES:
        for file in sorted(contents.rglob(pattern)):
            file.unlink()
    _trim_services(contents / "botocore" / "data")


def _trim_services(data: Path) -> None:
    for entry in sorted(data.iterdir()):
        if entry.is_dir() and entry.name not in SERVICES:
            shutil.rmtree(entry)
        elif entry.is_file() and entry.name not in COMMON:
            entry.unlink()
    for service in sorted(SERVICES):
        *older, _ = sorted(data.joinpath(service).iterdir())
        for version in older:
            shutil.rmtree(version)
    for packed in sorted(data.rglob("*.json.gz")):
        packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
