"""Packages: newer Word and Excel files, which are zips of parts.

Every part is unpacked once, a piece at a time and thrown away, so that what a package says of its
own size is never believed, and what it does unpack to is known up to a limit.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from chalicelib.adapters.compounds import has_executable
from chalicelib.domain.attachments import MEGABYTE, Family, Flaw, Look

SIGNATURE = b"PK\x03\x04"
MOST_UNPACKED = 256 * MEGABYTE
MOST_PARTS = 10_000
# What is embedded is looked through whole, and so must fit into memory.
MOST_EMBEDDED = 32 * MEGABYTE
PIECE = 64 * 1024
ENCRYPTED = 0x1
PACKINGS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})

TYPES = "[content_types].xml"
LARGEST_TYPES = MEGABYTE
FAMILIES = {
    b"wordprocessingml.document.main+xml": Family.WORD,
    b"spreadsheetml.sheet.main+xml": Family.EXCEL,
}
# Files that Windows or Office would run. Outside a package they are not taken at all.
PROGRAMS = frozenset(
    {
        "bat",
        "chm",
        "cmd",
        "com",
        "cpl",
        "dll",
        "exe",
        "hta",
        "iso",
        "jar",
        "js",
        "jse",
        "lnk",
        "msi",
    }
    | {"pif", "ps1", "reg", "scr", "sct", "url", "vbe", "vbs", "wsf"}
    | {"docm", "dotm", "ppam", "pptm", "xlam", "xlm", "xlsb", "xlsm", "xltm"}
)
MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
MACRO_FOLDERS = ("/macrosheets/", "/activex/")
MACRO_TYPES = (b"vbaproject", b"macroenabled")
EMBEDDED = "/embeddings/"
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
)


class _TooLarge(Exception):
    """What was unpacked so far is more than is looked at."""


def look(content: bytes) -> Look:
    """What a package is, and what is wrong with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return _look(package)
    except _TooLarge:
        return Look(None, Flaw.TOO_LARGE_INSIDE)
    except BROKEN:
        return Look(None, Flaw.BROKEN)


def _look(package: zipfile.ZipFile) -> Look:
    parts = {part.filename.lower(): part for part in package.infolist()}
    if len(parts) > MOST_PARTS:
        return Look(None, Flaw.TOO_LARGE_INSIDE)
    if any(part.flag_bits & ENCRYPTED for part in parts.values()):
        return Look(None, Flaw.LOCKED)
    # Of two parts with one name, Word may open the one that was not looked at.
    is_plain = all(part.compress_type in PACKINGS for part in parts.values())
    if not is_plain or len(parts) < len(package.infolist()):
        return Look(None, Flaw.BROKEN)
    if TYPES not in parts:
        return Look(None)
    types = b"".join(_pieces(package, parts[TYPES], most=LARGEST_TYPES)).lower()
    found = [family for type_, family in FAMILIES.items() if type_ in types]
    has_macros = any(type_ in types for type_ in MACRO_TYPES)
    if len(found) != 1 and not has_macros:
        return Look(None)
    is_program = _holds_program(package, parts) or any(map(_is_program, parts)) or has_macros
    return Look(found[0] if found else None, Flaw.PROGRAM if is_program else None)


def _is_program(name: str) -> bool:
    is_macro = name.endswith(MACRO_PARTS) or any(f in f"/{name}" for f in MACRO_FOLDERS)
    return is_macro or name.rpartition(".")[2] in PROGRAMS


def _holds_program(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> bool:
    """Unpack every part to its end, and see whether one is a program. Raises _TooLarge."""
    left = MOST_UNPACKED
    found = False
    for name, part in parts.items():
        is_embedded = EMBEDDED in f"/{name}"
        kept = bytearray()
        most = min(left, MOST_EMBEDDED) if is_embedded else left
        for piece in _pieces(package, part, most=most):
            left -= len(piece)
            if is_embedded or not kept:
                kept += piece
        found = found or kept.startswith(b"MZ") or (is_embedded and has_executable(bytes(kept)))
    return found


def _pieces(package: zipfile.ZipFile, part: zipfile.ZipInfo, *, most: int) -> Iterator[bytes]:
    """A part, unpacked piece by piece. Raises _TooLarge where it goes on for longer."""
    with package.open(part) as unpacked:
        while piece := unpacked.read(PIECE):
            most -= len(piece)
            if most < 0:
                raise _TooLarge
            yield piece
