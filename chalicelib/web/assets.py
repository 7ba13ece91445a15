"""The built style sheet, script and icon, served under an address that names their contents.

``python -m infra.assets`` writes them to ``chalicelib/_assets``. The partnership's accent colour is
a setting, so it is put in front of the style sheet here and is part of the address.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chalicelib.domain.errors import NotFound

BUILT = Path(__file__).parent.parent / "_assets"
PAPER = "paper.css"

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}

log = logging.getLogger(__name__)


def prefix(accent_colour: str) -> str:
    """The address under which this build's files are, for this colour."""
    return f"/assets/{_fingerprint(accent_colour)}"


def read(fingerprint: str, name: str, *, accent_colour: str) -> str:
    """The text of a file. Raises NotFound for another build's address or an unknown name."""
    built = _built()
    if fingerprint != _fingerprint(accent_colour) or name not in built.files:
        raise NotFound("no such asset")
    return style(name, accent_colour=accent_colour) if name.endswith(".css") else built.files[name]


def style(name: str, *, accent_colour: str) -> str:
    """A style sheet in the partnership's colour; empty where nothing was built."""
    return f":root{{--accent:{accent_colour}}}\n{_built().files.get(name, '')}"


@dataclass(frozen=True)
class _Built:
    """One build: its fingerprint and the text of its files by name."""

    fingerprint: str
    files: Mapping[str, str]


@cache
def _built() -> _Built:
    try:
        manifest = json.loads((BUILT / "manifest.json").read_text())
    except FileNotFoundError:
        # Pages are complete without style and script, so a checkout that has not built them works.
        log.warning("assets are not built")
        return _Built("none", {})
    folder = BUILT / manifest["fingerprint"]
    files = {name: (folder / name).read_text() for name in manifest["files"]}
    return _Built(manifest["fingerprint"], files)


def _fingerprint(accent_colour: str) -> str:
    return f"{_built().fingerprint}-{accent_colour.lstrip('#')}"
