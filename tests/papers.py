"""Small real files of every kind that is taken, and of some that are not, built by code.

Each is as little as its format allows and opens in what people open it with.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

# The test file that every virus scanner knows. In two halves, so that no scanner finds it here.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + rb"$H+H*"
PROGRAM = b"MZ" + bytes(58) + struct.pack("<I", 0x40) + b"PE\0\0" + bytes(200)

FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR, MINI, SMALL = 512, 64, 4096
OFFICE = "application/vnd.openxmlformats-officedocument"
WORD_MAIN = f"{OFFICE}.wordprocessingml.document.main+xml"
EXCEL_MAIN = f"{OFFICE}.spreadsheetml.sheet.main+xml"

Folder = Mapping[str, "bytes | Folder"]


def pdf(text: str = "Chronology", *, trailer: str = "") -> bytes:
    """A page with one line on it."""
    drawn = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode()
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += f"trailer << /Size 6 /Root 1 0 R {trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def padded(content: bytes, size: int) -> bytes:
    """A PDF made just so large, by a comment before its end."""
    comment = b"%" + b"x" * (size - len(content) - 2) + b"\n"
    head, end, tail = content.rpartition(b"startxref")
    return head + comment + end + tail


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def _package(main: str, path: str, body: str, more: Mapping[str, bytes], types: str = "") -> bytes:
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return zipped(
        {
            "[Content_Types].xml": (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                f'<Default Extension="rels" ContentType="{relations}"/>'
                f'<Override PartName="/{path}" ContentType="{main}"/>{types}</Types>'
            ).encode(),
            "_rels/.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                f'relationships/officeDocument" Target="{path}"/></Relationships>'
            ).encode(),
            path: body.encode(),
            **more,
        }
    )


def docx(
    text: str = "Chronology", more: Mapping[str, bytes] = {}, *, main: str = WORD_MAIN
) -> bytes:
    body = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
    )
    return _package(main, "word/document.xml", body, more)


def xlsx(more: Mapping[str, bytes] = {}, *, main: str = EXCEL_MAIN) -> bytes:
    body = (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<sheets/></workbook>"
    )
    return _package(main, "xl/workbook.xml", body, more)


def bomb(megabytes: int = 300) -> bytes:
    """A Word document of a few hundred kilobytes that unpacks to ``megabytes``."""
    return docx(more={"word/media/image1.bmp": bytes(megabytes * 1024 * 1024)})


def with_declared_size(content: bytes, name: str, size: int) -> bytes:
    """A zip whose directory says that a part is smaller or larger than it is."""
    at = content.rindex(name.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


def png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0\x0f\x4c\x4f")
    ends = chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + ends


def jpeg() -> bytes:
    header = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    return b"\xff\xd8" + header + b"\xff\xdb\0\x43\0" + bytes(range(1, 65)) + b"\xff\xd9"


def tiff(*, order: str = "<") -> bytes:
    entries = [(256, 4, 1, 1), (257, 4, 1, 1), (273, 4, 1, 8), (279, 4, 1, 1)]
    directory = struct.pack(f"{order}H", len(entries)) + b"".join(
        struct.pack(f"{order}HHII", *entry) for entry in entries
    )
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(f"{order}I", 10) + b"\0\0" + directory + bytes(4)


def heic(*brands: bytes) -> bytes:
    major, *others = brands or (b"heic", b"mif1", b"heic")
    body = b"ftyp" + major + bytes(4) + b"".join(others)
    return struct.pack(">I", len(body) + 4) + body + struct.pack(">I4s", 8, b"mdat")


def eml(*, attached: str = "", start: str = "") -> bytes:
    lines = [
        f"{start}From: Priya <priya@hospital.example.org>",
        "To: office@example.org",
        "Subject: What the school saw",
        "Date: Tue, 24 Nov 2026 09:00:00 +0000",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "The log is attached.",
        "--b",
        "Content-Type: application/octet-stream",
        f'Content-Disposition: attachment; filename="{attached or "log.pdf"}"',
        "Content-Transfer-Encoding: base64",
        "",
        "JVBERi0xLjQK",
        "--b--",
        "",
    ]
    return "\r\n".join(lines).encode()


def doc(more: Mapping[str, bytes | Folder] = {}, *, flags: int = 0) -> bytes:
    word = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0x0409, 0, flags) + bytes(1500)
    return compound({"WordDocument": word, "1Table": bytes(64)} | dict(more))


def record(kind: int, body: bytes) -> bytes:
    """A record of an older Excel workbook."""
    return struct.pack("<HH", kind, len(body)) + body


def xls(*records: bytes, more: Mapping[str, bytes | Folder] = {}, size: int = 5000) -> bytes:
    sheet = record(0x0085, struct.pack("<IBB", 0, 0, 0) + b"\x05\0Sheet")
    book = record(0x0809, struct.pack("<HH", 0x0600, 5)) + b"".join(records or (sheet,))
    return compound({"Workbook": book + bytes(max(0, size - len(book)))} | dict(more))


def msg(more: Mapping[str, bytes | Folder] = {}) -> bytes:
    message: dict[str, bytes | Folder] = {
        "__properties_version1.0": bytes(32),
        "__substg1.0_0037001F": "What the school saw".encode("utf-16-le"),
        "__nameid_version1.0": {"__substg1.0_00020102": b""},
    }
    return compound(message | dict(more))


def compound(folder: Folder) -> bytes:
    """A compound file that holds ``folder``."""
    return _Compound(folder).build()


class _Compound:
    """Lays a folder out in sectors: small streams in the mini stream, the others by themselves."""

    def __init__(self, folder: Folder) -> None:
        self._entries: list[tuple[str, int, int, int, int, int]] = [
            ("Root Entry", 5, FREE, 0, 0, 0)
        ]
        self._sectors: list[bytes] = []
        self._chains: dict[int, int] = {}
        self._mini = bytearray()
        self._mini_chains: list[int] = []
        self._child_of_root = self._place(folder)

    def build(self) -> bytes:
        mini_start = self._put(bytes(self._mini)) if self._mini else END
        self._entries[0] = ("Root Entry", 5, FREE, self._child_of_root, mini_start, len(self._mini))
        numbers = struct.pack(f"<{len(self._mini_chains)}I", *self._mini_chains)
        mini_fat = self._put(numbers, fill=b"\xff") if numbers else END
        directory = self._put(b"".join(_entry(*entry) for entry in self._entries))
        fat_sectors = next(n for n in range(1, 100) if (len(self._sectors) + n) * 4 <= n * SECTOR)
        first = len(self._sectors)
        fat = [self._chains.get(n, END) for n in range(first)] + [FAT_SECTOR] * fat_sectors
        fat += [FREE] * (fat_sectors * SECTOR // 4 - len(fat))
        header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
        header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
        header += struct.pack("<IIIII", 0, fat_sectors, directory, 0, SMALL)
        header += struct.pack("<IIII", mini_fat, 1 if numbers else 0, END, 0)
        table = [*range(first, first + fat_sectors)]
        header += struct.pack("<109I", *table, *[FREE] * (109 - len(table)))
        return header + b"".join(self._sectors) + struct.pack(f"<{len(fat)}I", *fat)

    def _place(self, folder: Folder) -> int:
        """Put a folder's members down, each leading to the next; the first one's number."""
        following = FREE
        for name, content in reversed(list(folder.items())):
            if isinstance(content, bytes):
                start = self._store(content)
                entry = (name, 2, following, FREE, start, len(content))
            else:
                entry = (name, 1, following, self._place(content), 0, 0)
            self._entries.append(entry)
            following = len(self._entries) - 1
        return following

    def _store(self, content: bytes) -> int:
        if len(content) >= SMALL:
            return self._put(content)
        if not content:
            return END
        first = len(self._mini) // MINI
        count = -(-len(content) // MINI)
        self._mini += content.ljust(count * MINI, b"\0")
        self._mini_chains += [*range(first + 1, first + count), END]
        return first

    def _put(self, content: bytes, fill: bytes = b"\0") -> int:
        first = len(self._sectors)
        for at in range(0, len(content), SECTOR):
            self._sectors.append(content[at : at + SECTOR].ljust(SECTOR, fill))
            self._chains[len(self._sectors) - 1] = len(self._sectors)
        self._chains[len(self._sectors) - 1] = END
        return first


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBB", len(encoded) + 2, kind, 1)
        + struct.pack("<III", FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


EACH = {
    "pdf": pdf(),
    "doc": doc(),
    "docx": docx(),
    "xls": xls(),
    "xlsx": xlsx(),
    "jpg": jpeg(),
    "jpeg": jpeg(),
    "png": png(),
    "tif": tiff(),
    "tiff": tiff(order=">"),
    "heic": heic(),
    "eml": eml(),
    "msg": msg(),
}
