"""From a checkout to what is deployed: the functions' zip, the template and the list of parts.

``python -m infra.build STAGE`` writes them to ``build/STAGE``. Two builds of the same sources with
the same interpreter give the same bytes.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from infra.build import archive, bill, bytecode, packaging, staging, trimming
from infra.build.errors import BuildFailed

Architecture = Literal["x86_64", "arm64"]

OUTPUT = staging.ROOT / "build"
# The functions run on the Python that packages them, so there is one, and it is named here.
RUNTIME = (3, 11)
MOST_BYTES = 15_000_000


@dataclass(frozen=True)
class Built:
    """What a build wrote. ``digest`` is the zip's SHA-256, in hexadecimal."""

    zip: Path
    template: Path
    sbom: Path
    digest: str


def build(stage_name: str, *, architecture: Architecture = "x86_64", out: Path) -> Built:
    """Build a stage into the folder ``out``. Raises BuildFailed.

    The zip is the same for every stage; the template is the stage's own, and names the zip
    ``./deployment.zip``.
    """
    check_interpreter()
    with TemporaryDirectory(prefix="build-") as folder:
        work = Path(folder)
        app = staging.stage(work / "app", stage_name=stage_name, architecture=architecture)
        packaged = packaging.package(app, work / "packaged", stage_name=stage_name)
        contents = archive.unpack(packaged.zip, work / "contents")
        parts = bill.parts(contents)
        trimming.trim(contents)
        bytecode.write(contents)
        out.mkdir(parents=True, exist_ok=True)
        zipped = archive.pack(contents, out / packaged.zip.name)
        shutil.copyfile(packaged.template, out / "template.json")
    digest = hashlib.sha256(zipped.read_bytes()).hexdigest()
    _check_size(zipped)
    sbom = out / "sbom.json"
    sbom.write_text(bill.of_materials(parts, digest=digest), encoding="utf-8")
    return Built(zip=zipped, template=out / "template.json", sbom=sbom, digest=digest)


def check_interpreter(
    version: tuple[int, int] = (sys.version_info[0], sys.version_info[1]),
) -> None:
    """Raise BuildFailed where this is not the Python that the functions run on."""
    if version != RUNTIME:
        have, need = (".".join(map(str, each)) for each in (version, RUNTIME))
        raise BuildFailed(
            f"This is Python {have}, and the functions run on {need}: "
            f"make the environment anew with `make clean env PYTHON=python{need}`."
        )


def _check_size(zipped: Path) -> None:
    size = zipped.stat().st_size
    if size > MOST_BYTES:
        raise BuildFailed(
            f"The zip has {size:,} bytes, {MOST_BYTES:,} at most: "
            "look for a package that grew, or that no function needs."
        )


__all__ = ["MOST_BYTES", "OUTPUT", "RUNTIME", "Architecture", "BuildFailed", "Built", "build"]
