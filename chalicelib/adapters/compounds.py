"""Compound files: the folder-in-a-file of older Word, Excel and Outlook, read just far enough.

The format is Microsoft's [MS-CFB]: sectors chained by a table, and a directory of named streams.
Every chain is followed for as many steps as the file has sectors and no further, so that a file
that leads in a circle costs no more than an honest one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.domain.attachments import Family, Flaw, Look

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTRY_BYTES = 128
ROOT = 5
LAST_SECTOR = 0xFFFFFFFA
IN_HEADER = 109
MINI_SHIFT = 6
MINI_BELOW = 4096

FAMILIES = {
    "worddocument": Family.WORD_97,
    "workbook": Family.EXCEL_97,
    "book": Family.EXCEL_97,
    "__properties_version1.0": Family.OUTLOOK,
}
LOCKED = frozenset({"encryptedpackage", "encryptioninfo"})
MACROS = frozenset({"macros", "vba", "_vba_project", "_vba_project_cur"})

WORD_FLAGS_AT = 10
WORD_ENCRYPTED = 0x0100
RECORD_HEADER = struct.Struct("<HH")
SHEET, PASSWORD = 0x0085, 0x002F
SHEET_TYPE_AT = 5
MACRO_SHEET = 1


class Broken(ValueError):
    """The file breaks off, or its parts do not fit together."""


@dataclass(frozen=True)
class Entry:
    """A line of the directory. ``left`` and ``right`` lead to others of the same folder."""

    name: str
    type: int
    left: int
    right: int
    child: int
    start: int
    size: int


def look(content: bytes) -> Look:
    """What a compound file is, and what is wrong with it."""
    try:
        return _look(Compound(content))
    except (Broken, struct.error):
        return Look(None, Flaw.BROKEN)


def has_executable(content: bytes) -> bool:
    """Whether a Windows program stands anywhere in it, unpacked."""
    at = content.find(b"MZ")
    while at >= 0:
        if at + 0x40 <= len(content):
            (offset,) = struct.unpack_from("<I", content, at + 0x3C)
            if content[at + offset : at + offset + 4] == b"PE\0\0":
                return True
        at = content.find(b"MZ", at + 2)
    return False


def _look(compound: Compound) -> Look:
    top = {entry.name.lower(): entry for entry in compound.top()}
    if LOCKED & top.keys():
        return Look(None, Flaw.LOCKED)
    found = [(name, family) for name, family in FAMILIES.items() if name in top]
    if not found:
        return Look(None)
    name, family = found[0]
    everywhere = {entry.name.lower() for entry in compound.entries}
    if MACROS & everywhere or has_executable(compound.content):
        return Look(family, Flaw.PROGRAM)
    if family is Family.WORD_97:
        (flags,) = struct.unpack_from("<H", compound.stream(top[name]), WORD_FLAGS_AT)
        return Look(family, Flaw.LOCKED if flags & WORD_ENCRYPTED else None)
    if family is Family.EXCEL_97:
        return Look(family, _flaw_of_book(compound.stream(top[name])))
    return Look(family)


def _flaw_of_book(book: bytes) -> Flaw | None:
    """A password stands first in a workbook, a sheet of old macros in its list of sheets."""
    for kind, body in _records(book):
        if kind == PASSWORD:
            return Flaw.LOCKED
        if kind == SHEET and body[SHEET_TYPE_AT : SHEET_TYPE_AT + 1] == bytes([MACRO_SHEET]):
            return Flaw.PROGRAM
    return None


def _records(book: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + RECORD_HEADER.size <= len(book):
        kind, size = RECORD_HEADER.unpack_from(book, at)
        at += RECORD_HEADER.size
        yield kind, book[at : at + size]
        at += size


class Compound:
    """A compound file's directory and streams. Raises Broken where they cannot be read."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        if len(content) < 512:
            raise Broken
        (shift,) = struct.unpack_from("<H", content, 0x1E)
        if shift not in (9, 12):
            raise Broken
        self._sector = 1 << shift
        self._most = len(content) // self._sector + 1
        first_directory, _, _, first_mini, _, first_more, _ = struct.unpack_from(
            "<7I", content, 0x30
        )
        self._fat = self._table(self._fat_sectors(first_more))
        directory = self._chained(first_directory)
        self.entries = tuple(_entries(directory))
        self._mini_fat = self._table(self._chain(first_mini)) if first_mini < LAST_SECTOR else ()

    def top(self) -> Iterator[Entry]:
        """What lies in the outermost folder; what a part of it holds is not among it."""
        waiting, seen = [self._root().child], set[int]()
        while waiting:
            at = waiting.pop()
            if at < len(self.entries) and at not in seen:
                seen.add(at)
                entry = self.entries[at]
                waiting += [entry.left, entry.right]
                yield entry

    def stream(self, entry: Entry) -> bytes:
        """The bytes of a stream."""
        small = entry.size < MINI_BELOW
        found = self._mini(entry) if small else self._chained(entry.start)
        return found[: entry.size]

    def _fat_sectors(self, first_more: int) -> list[int]:
        """Where the table of chains lies: so far in the header, further in sectors of their own."""
        found = list(struct.unpack_from(f"<{IN_HEADER}I", self.content, 0x4C))
        at = first_more
        for _ in range(self._most):
            if at >= LAST_SECTOR:
                break
            *some, at = self._numbers(at)
            found += some
        return [sector for sector in found if sector < LAST_SECTOR]

    def _table(self, sectors: list[int]) -> tuple[int, ...]:
        if len(sectors) > self._most:
            raise Broken
        return tuple(number for sector in sectors for number in self._numbers(sector))

    def _numbers(self, sector: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self._sector // 4}I", self._read(sector))

    def _read(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        found = self.content[start : start + self._sector]
        if len(found) != self._sector:
            raise Broken
        return found

    def _chain(self, start: int) -> list[int]:
        return _follow(start, self._fat, most=self._most)

    def _chained(self, start: int) -> bytes:
        chain = self._chain(start)
        # The last sector of a file may be cut short where nothing of it is in use.
        return b"".join(
            self.content[(n + 1) * self._sector : (n + 2) * self._sector] for n in chain
        )

    def _root(self) -> Entry:
        if not self.entries or self.entries[0].type != ROOT:
            raise Broken
        return self.entries[0]

    def _mini(self, entry: Entry) -> bytes:
        whole = self._chained(self._root().start)
        chain = _follow(entry.start, self._mini_fat, most=len(self._mini_fat))
        return b"".join(whole[n << MINI_SHIFT : (n + 1) << MINI_SHIFT] for n in chain)


def _follow(start: int, table: tuple[int, ...], *, most: int) -> list[int]:
    found: list[int] = []
    at = start
    while at < LAST_SECTOR:
        if at >= len(table) or len(found) > most:
            raise Broken
        found.append(at)
        at = table[at]
    return found


def _entries(directory: bytes) -> Iterator[Entry]:
    for at in range(0, len(directory) - ENTRY_BYTES + 1, ENTRY_BYTES):
        length, kind = struct.unpack_from("<HB", directory, at + 0x40)
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        left, right, child = struct.unpack_from("<3I", directory, at + 0x44)
        start, size = struct.unpack_from("<II", directory, at + 0x74)
        yield Entry(name, kind, left, right, child, start, size)
