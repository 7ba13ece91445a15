"""Builds the style sheet, the scripts and the icon into ``chalicelib/_assets``.

``python -m infra.assets`` does it, or nothing when the sources are those of the last build. The
files stand in a folder named after their contents; ``manifest.json`` names the folder.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from infra import node

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "templates" / "assets"
BUILT = ROOT / "chalicelib" / "_assets"

_FRONTEND = Path("govuk-frontend") / "dist" / "govuk" / "govuk-frontend.min.js"
_COPIED = ("choices.js", "icon.svg", "service.js", "session.js", "transfer.js", "upload.js")


class BuildFailed(Exception):
    """A source does not compile; the message says where."""


def build(sources: Path = SOURCES, built: Path = BUILT) -> bool:
    """Build what changed. Returns whether there was anything to do."""
    digest = _digest(sources)
    manifest = built / "manifest.json"
    if manifest.exists() and json.loads(manifest.read_text())["sources"] == digest:
        return False
    node.install(sources)
    files = _files(sources, sources / "node_modules")
    fingerprint = _fingerprint(files)
    folder = built / fingerprint
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    content = {"fingerprint": fingerprint, "files": sorted(files), "sources": digest}
    manifest.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    _remove_older(built, keep=fingerprint)
    return True


def _files(sources: Path, modules: Path) -> dict[str, str]:
    copied = {name: (sources / name).read_text(encoding="utf-8") for name in _COPIED}
    frontend = (modules / _FRONTEND).read_text(encoding="utf-8")
    return {
        **copied,
        # Its last line points to a source map that is not served.
        _FRONTEND.name: frontend.split("//# sourceMappingURL")[0],
        "paper.css": _compiled(sources / "paper.scss", modules),
        "service.css": _compiled(sources / "service.scss", modules),
    }


def _compiled(source: Path, modules: Path) -> str:
    command: list[str | Path] = [
        *(node.NODE, modules / "sass" / "sass.js", source),
        *("--style=compressed", "--no-source-map", "--quiet-deps", f"--load-path={modules}"),
    ]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise BuildFailed(done.stderr)
    return done.stdout


def _digest(sources: Path) -> str:
    """Of everything that the build depends on: sources, versions of packages, and this module."""
    inputs = [Path(__file__), *sorted(path for path in sources.iterdir() if path.is_file())]
    return _fingerprint({path.name: path.read_text(encoding="utf-8") for path in inputs})


def _fingerprint(files: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{files[name]}\0".encode())
    return digest.hexdigest()[:12]


def _remove_older(built: Path, *, keep: str) -> None:
    for folder in built.iterdir():
        if folder.is_dir() and folder.name != keep:
            shutil.rmtree(folder)


if __name__ == "__main__":
    print("Assets built" if build() else "Assets unchanged")
