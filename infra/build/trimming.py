"""Takes out of an unpacked zip what no function reads, most of it other services' descriptions."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

# The services that an adapter makes a client of, by botocore's name.
SERVICES = frozenset({"dynamodb", "kms", "s3", "sesv2"})
# The names under which their endpoints are listed.
ENDPOINT_NAMES = frozenset({"dynamodb", "email", "kms", "s3"})
ENDPOINTS = "endpoints.json"
# What botocore reads whatever the service.
COMMON = frozenset({"_retry.json", ENDPOINTS, "partitions.json", "sdk-default-configuration.json"})
UNREAD_FOLDERS = ("*.dist-info", "*.data", "__pycache__", "tests", "bin", "pydantic/v1")
UNREAD_FILES = ("*.pyi", "py.typed", "*.c", "*.h", "examples-1.json")


def trim(contents: Path) -> None:
    """Remove what is not read, and make what is read quick to read."""
    for pattern in UNREAD_FOLDERS:
        for folder in sorted(contents.rglob(pattern)):
            shutil.rmtree(folder)
    for pattern in UNREAD_FILES:
        for file in sorted(contents.rglob(pattern)):
            file.unlink()
    data = contents / "botocore" / "data"
    _remove_other_services(data)
    _shorten(data)


def _remove_other_services(data: Path) -> None:
    """Leave our services, each in the one version that botocore chooses."""
    for entry in sorted(data.iterdir()):
        if entry.is_dir() and entry.name not in SERVICES:
            shutil.rmtree(entry)
        elif entry.is_file() and entry.name not in COMMON:
            entry.unlink()
    for service in sorted(SERVICES):
        *older, _ = sorted(data.joinpath(service).iterdir())
        for version in older:
            shutil.rmtree(version)


def _shorten(data: Path) -> None:
    """Leave out documentation and the endpoints of every service in the world.

    Reading those would take half of the time in which a client is made.
    """
    for packed in sorted(data.rglob("*.json.gz")):
        packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
    for description in sorted(data.rglob("*.json")):
        content = json.loads(description.read_bytes())
        if description.name == ENDPOINTS:
            content = _our_endpoints(content)
        terse = json.dumps(_undocumented(content), separators=(",", ":"))
        description.write_text(terse, encoding="utf-8")


def _our_endpoints(content: dict[str, Any]) -> dict[str, Any]:
    partitions = [
        partition
        | {"services": {k: v for k, v in partition["services"].items() if k in ENDPOINT_NAMES}}
        for partition in content["partitions"]
    ]
    return content | {"partitions": partitions}


def _undocumented(node: Any) -> Any:
    """With empty texts of documentation: botocore asks S3's description for some of them.

    A member of that name is not a text, and stays.
    """
    if isinstance(node, dict):
        return {
            key: "" if key == "documentation" and isinstance(value, str) else _undocumented(value)
            for key, value in node.items()
        }
    return [_undocumented(each) for each in node] if isinstance(node, list) else node
