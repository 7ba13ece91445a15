"""``python -m infra.rules FOLDER`` writes both stacks' templates into a folder, for linters."""

from __future__ import annotations

import sys
from pathlib import Path

from infra import rules
from infra.build import templates

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    rules.write(templates.merged(templates.DATA), folder / "data.json")
    rules.write(rules.packaged(), folder / "app.json")
