"""Zips that say nothing of when, where and by whom they were made."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The earliest moment that a zip can name.
EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE_FILE = 0o100644
UNIX = 3


def unpack(zipped: Path, folder: Path) -> Path:
    """The zip's contents in a new folder."""
    with ZipFile(zipped) as archive:
        archive.extractall(folder)
    return folder


def pack(folder: Path, zipped: Path) -> Path:
    """Zip the files of ``folder``: the same files give the same bytes."""
    names = sorted(path.relative_to(folder).as_posix() for path in files(folder))
    with ZipFile(zipped, "w") as archive:
        for name in names:
            archive.writestr(_entry(name), (folder / name).read_bytes(), ZIP_DEFLATED, 9)
    return zipped


def files(folder: Path) -> list[Path]:
    """Every file below ``folder``."""
    return [path for path in folder.rglob("*") if path.is_file()]


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, EPOCH)
    entry.create_system = UNIX
    entry.external_attr = READABLE_FILE << 16
    return entry
