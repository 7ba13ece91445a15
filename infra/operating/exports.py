"""A case as one zip: what was said, decided and done, and a manifest with the digests of all.

The same case opened at the same moment gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

from pydantic_core import to_json

from chalicelib import templating
from chalicelib.domain.attachments import clean_name
from chalicelib.domain.referrals.summaries import rows
from chalicelib.services.attachments import Held
from chalicelib.services.cases import Opened
from chalicelib.settings import Settings
from infra.operating import mail, plain

MANIFEST = "manifest.json"
ATTACHMENTS = "attachments/"
TEMPLATE = "referrals/export.html"
# The oldest that a zip can hold, in place of moments that would differ each time.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_READABLE_BY_ITS_OWNER = 0o100600 << 16
_FOLDER = 0o040700 << 16


def files(
    opened: Opened,
    settings: Settings,
    *,
    contents: Mapping[str, bytes] = {},
    exported_at: datetime,
) -> dict[str, bytes]:
    """What the zip holds, by path; the manifest last. ``contents`` are the files', by their ids."""
    overview = opened.overview
    held = {
        **{path(each): contents[each.id] for each in opened.files if each.id in contents},
        "attachments.json": _json(attachments(opened)),
        "case.html": _printed(opened, settings, exported_at=exported_at),
        "case.json": _json(plain.case(overview.case)),
        "decisions.json": _json(decisions(opened)),
        "information.json": _json(information(opened)),
        "messages.json": _json([mail.plain(each) for each in overview.messages]),
        "referral.json": opened.referral.to_json(),
        "trail.json": _json(trail(opened)),
    }
    manifest = {
        "reference": overview.case.reference,
        "exported_at": exported_at,
        "files": [
            {"path": path, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for path, content in held.items()
        ],
    }
    return held | {MANIFEST: _json(manifest)}


def pack(held: Mapping[str, bytes]) -> bytes:
    """A zip of these files and the folder of attachments."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        _add(archive, ATTACHMENTS, b"", _FOLDER)
        for path in sorted(held):
            _add(archive, path, held[path], _READABLE_BY_ITS_OWNER)
    return target.getvalue()


def decisions(opened: Opened) -> list[dict[str, object]]:
    """What was concluded and asked for, with its words."""
    return [
        {
            "number": ruling.number,
            "outcome": ruling.outcome,
            "role": ruling.role,
            "at": ruling.at,
            **form.model_dump(mode="json", exclude={"outcome"}, exclude_none=True),
        }
        for ruling, form in opened.rulings
    ]


def information(opened: Opened) -> list[dict[str, object]]:
    """What the referrer supplied after sending, with its words."""
    return [
        {"number": each.number, "at": each.at, "answers": each.answers, "words": each.words}
        for each in opened.supplied
    ]


def attachments(opened: Opened) -> list[dict[str, object]]:
    """The files, with what became of them; only those that passed their checks have a path."""
    return [
        {
            "number": each.number,
            "name": each.name,
            "kind": each.kind,
            "size": each.size,
            "came_with": each.part,
            "added_at": each.added_at,
            "state": each.state,
            "path": path(each) if each.may_download else None,
        }
        for each in opened.files
    ]


def path(held: Held) -> str:
    """Where a file lies in the zip: its number, for no two to be one, and its cleaned name."""
    return f"{ATTACHMENTS}{held.number:02}-{clean_name(held.name)}"


def trail(opened: Opened) -> list[dict[str, object]]:
    """The trail, with operators' reasons."""
    return [
        plain.event(each) | {"reason": opened.reasons.get(each.number, "")}
        for each in opened.overview.trail
    ]


def _printed(opened: Opened, settings: Settings, *, exported_at: datetime) -> bytes:
    context = {
        "settings": settings,
        "case": opened.overview.case,
        "sections": opened.referral.summary(),
        "decisions": [(ruling, rows(form)) for ruling, form in opened.rulings],
        "supplied": opened.supplied,
        "attachments": attachments(opened),
        "trail": trail(opened),
        "exported_at": exported_at,
    }
    return templating.render(TEMPLATE, context).encode()


def _json(value: object) -> bytes:
    return to_json(value, indent=2) + b"\n"


def _add(archive: zipfile.ZipFile, path: str, content: bytes, mode: int) -> None:
    entry = zipfile.ZipInfo(path, date_time=ZIP_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = mode
    archive.writestr(entry, content)
