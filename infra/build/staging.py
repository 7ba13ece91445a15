"""A copy of what is shipped, made ready: templates compiled, assets built, Chalice configured."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from chalicelib import templating
from infra import assets

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "infra" / "policies"
COMPILED = "_templates"


def stage(app: Path, *, stage_name: str, architecture: str) -> Path:
    """Make the folder ``app`` as ``chalice package`` wants it, with nothing of older builds."""
    assets.build()
    shutil.copytree(
        ROOT / "chalicelib",
        app / "chalicelib",
        ignore=shutil.ignore_patterns("__pycache__", COMPILED),
    )
    for name in ("app.py", "requirements.txt"):
        shutil.copyfile(ROOT / name, app / name)
    compile_templates(app / "chalicelib" / COMPILED)
    _configure(app / ".chalice", stage_name=stage_name, architecture=architecture)
    return app


def compile_templates(folder: Path) -> None:
    """Write every template of pages and e-mails to ``folder`` as a module."""
    templating.environment().compile_templates(folder, filter_func=_is_template, zip=None)


def _is_template(name: str) -> bool:
    return name.endswith((".html", ".txt")) and not name.startswith("assets/")


def _configure(folder: Path, *, stage_name: str, architecture: str) -> None:
    """Chalice's settings for this one stage, with a policy of its own for every function."""
    folder.mkdir()
    settings: dict[str, Any] = json.loads((ROOT / ".chalice" / "config.json").read_text())
    functions: dict[str, Any] = settings.setdefault("lambda_functions", {})
    for policy in sorted(POLICIES.glob("*.json")):
        shutil.copyfile(policy, folder / policy.name)
        functions.setdefault(_snake(policy.stem), {})["iam_policy_file"] = policy.name
    known = settings.get("stages", {}).get(stage_name, {})
    settings |= {"lambda_architecture": architecture, "stages": {stage_name: known}}
    (folder / "config.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")


def _snake(name: str) -> str:
    """A function's name for Chalice: ``TableStream`` and ``table_stream`` are one function."""
    if name == "APIHandler":
        return "api_handler"
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower().replace("-", "_")
