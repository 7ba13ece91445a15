"""Runs ``chalice package`` on the staged copy, with our templates merged into its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.build import templates
from infra.build.errors import BuildFailed

CHALICE = "import sys; from chalice.cli import main; sys.exit(main())"


@dataclass(frozen=True)
class Packaged:
    """What Chalice wrote."""

    zip: Path
    template: Path


def package(app: Path, out: Path, *, stage_name: str) -> Packaged:
    """Package the staged ``app`` into ``out``. Raises BuildFailed with what Chalice said."""
    merged = app / ".chalice" / "merge.json"
    merged.write_text(
        json.dumps(templates.merged(templates.MERGED)),
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            *(sys.executable, "-c", CHALICE, "package"),
            *("--stage", stage_name, "--merge-template", str(merged), str(out)),
        ],
        cwd=app,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildFailed(f"Chalice could not package the service:\n{done.stdout}{done.stderr}")
    return Packaged(zip=out / "deployment.zip", template=out / "sam.json")


def _environment() -> dict[str, str]:
    """Without an account of AWS: a template is written the same whoever is signed in."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PYTHON"))}
    return kept | {
        # Chalice asks for a region and writes none.
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
