"""What a file really is, told by its bytes and never by its name.

A signature at the first byte says what to look for; what is inside says whether that is so. So a
file that is one thing at its start and another at its end is taken for neither. Nothing is run,
shown or fetched, and every look ends: sizes are limited, and no pattern goes back on itself.
"""

from __future__ import annotations

import re
import struct

from chalicelib.adapters import compounds, packages
from chalicelib.domain.attachments import Family, Flaw, Look

PDF = b"%PDF-"
PDF_ENDS = (b"startxref", b"%%EOF")
PDF_LOCKED = re.compile(rb"/Encrypt[\s\x00]{1,8}(?:\d{1,10}[\s\x00]{1,8}\d{1,5}[\s\x00]{1,8}R|<<)")
PDF_STARTS_PROGRAM = re.compile(rb"/S[\s\x00]{0,8}/Launch\b")

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
TIFFS = (b"II*\0", b"MM\0*")
BOX_TYPE = slice(4, 8)
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
LARGEST_BRANDS_BOX = 256

HEADERS_END = re.compile(rb"\r?\n\r?\n")
LONGEST_HEADERS = 256 * 1024
HEADER = re.compile(rb"^([!-9;-~]{1,76}):", re.MULTILINE)
SENT = frozenset({b"from", b"received", b"date", b"subject", b"to", b"message-id", b"return-path"})
ATTACHED_NAME = re.compile(
    rb""";\s{0,80}(?:file)?name\*?\d?\*?=["']?([^"'\r\n;]{1,255})""", re.IGNORECASE
)


def inspect(content: bytes) -> Look:
    """What a file is and what is wrong with it; of no family where it is none that is taken."""
    if not content:
        return Look(None, Flaw.EMPTY)
    if content.startswith(PDF):
        return _pdf(content)
    if content.startswith(compounds.SIGNATURE):
        return compounds.look(content)
    if content.startswith(packages.SIGNATURE):
        return packages.look(content)
    return _picture(content) or _email(content) or Look(None)


def _pdf(content: bytes) -> Look:
    if not all(end in content for end in PDF_ENDS):
        return Look(Family.PDF, Flaw.BROKEN)
    if PDF_LOCKED.search(content):
        return Look(Family.PDF, Flaw.LOCKED)
    return Look(Family.PDF, Flaw.PROGRAM if PDF_STARTS_PROGRAM.search(content) else None)


def _picture(content: bytes) -> Look | None:
    if content.startswith(PNG):
        whole = content[12:16] == b"IHDR" and b"IEND" in content
        return Look(Family.PNG, None if whole else Flaw.BROKEN)
    if content.startswith(JPEG):
        return Look(Family.JPEG, None if b"\xff\xd9" in content else Flaw.BROKEN)
    if content.startswith(TIFFS):
        return Look(Family.TIFF, None if _is_tiff(content) else Flaw.BROKEN)
    return Look(Family.HEIC) if _is_heic(content) else None


def _is_tiff(content: bytes) -> bool:
    """Whether it leads to a directory of its pictures inside itself."""
    order = "<" if content.startswith(b"II") else ">"
    if len(content) < 8:
        return False
    (at,) = struct.unpack_from(f"{order}I", content, 4)
    return bool(8 <= at <= len(content) - 2)


def _is_heic(content: bytes) -> bool:
    """Whether its first box says that it is one of the brands of HEIC."""
    if content[BOX_TYPE] != b"ftyp":
        return False
    size = min(int.from_bytes(content[:4], "big"), LARGEST_BRANDS_BOX)
    brands = {content[at : at + 4] for at in (8, *range(16, size, 4))}
    return bool(brands & HEIC_BRANDS)


def _email(content: bytes) -> Look | None:
    """An e-mail is text that begins with headers, those that every e-mail has among them."""
    start = content.removeprefix(b"\xef\xbb\xbf")[:LONGEST_HEADERS]
    headers = HEADERS_END.split(start, maxsplit=1)[0]
    first = HEADER.match(headers)
    names = {name.lower() for name in HEADER.findall(headers)}
    if first is None or b"\0" in start or len(names & SENT) < 2:
        return None
    is_program = any(map(_is_program, ATTACHED_NAME.findall(content)))
    return Look(Family.EMAIL, Flaw.PROGRAM if is_program else None)


def _is_program(name: bytes) -> bool:
    _, dot, extension = name.strip().lower().rpartition(b".")
    return bool(dot) and extension.decode("latin-1") in packages.PROGRAMS
