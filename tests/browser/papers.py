"""Files to add to a referral, good and bad, made as they are needed."""

from __future__ import annotations

import zipfile
from pathlib import Path

from chalicelib.domain.attachments import MAX_FILE

START = b"%PDF-1.7\n1 0 obj << >> endobj\n"
END = b"\ntrailer << >>\nstartxref\n9\n%%EOF\n"
# What every scanner takes for a virus. In one piece, scanners would take this module for one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
BOMB_BYTES = 300 * 1024 * 1024
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = f'<Types><Override ContentType="{WORD}"/></Types>'
CHUNK = bytes(1024 * 1024)


class Papers:
    """A folder of files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pdf(self, name: str = "letter.pdf", size: int = 0) -> Path:
        """A PDF, of this size if one is given."""
        filling = b"%" * (size - len(START) - len(END))
        return self.file(name, START + filling + END)

    def largest(self, name: str = "largest.pdf") -> Path:
        """A PDF of exactly the size that is still taken."""
        return self.pdf(name, MAX_FILE)

    def too_large(self) -> Path:
        return self.pdf("too-large.pdf", MAX_FILE + 1)

    def program(self, name: str = "invoice.pdf") -> Path:
        """A program under the name of a document."""
        return self.file(name, b"MZ\x90\x00" + bytes(512))

    def virus(self, name: str = "virus.pdf") -> Path:
        return self.file(name, EICAR)

    def bomb(self) -> Path:
        """A Word document that unpacks to far more than its size."""
        path = self._folder / "bomb.docx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
            package.writestr("[Content_Types].xml", TYPES)
            with package.open("word/document.xml", "w") as document:
                for _ in range(BOMB_BYTES // len(CHUNK)):
                    document.write(CHUNK)
        return path

    def file(self, name: str, content: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(content)
        return path
