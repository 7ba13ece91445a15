"""The template as it is deployed, without the functions' zip: what rules and linters read.

Chalice, our own templates and the policies are merged as in a build. Only the packages that run
beside our code are left out, because they change nothing here and take half a minute to fetch.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.build import packaging, staging
from infra.build.templates import Template

STAGE = "rules"


def packaged() -> Template:
    """The packaged template. Takes some three seconds."""
    with TemporaryDirectory(prefix="rules-") as folder:
        work = Path(folder)
        app = staging.stage(work / "app", stage_name=STAGE, architecture="x86_64")
        (app / "requirements.txt").write_text("", encoding="utf-8")
        written = packaging.package(app, work / "packaged", stage_name=STAGE).template
        template: Template = json.loads(written.read_text(encoding="utf-8"))
    return template


def write(template: Template, file: Path) -> None:
    """Keep a template in a file, for linters."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(template, indent=1), encoding="utf-8")
