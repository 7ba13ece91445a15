"""``python -m infra.rules FILE`` writes the packaged template to a file, for linters."""

from __future__ import annotations

import sys
from pathlib import Path

from infra import rules

if __name__ == "__main__":
    rules.write(rules.packaged(), Path(sys.argv[1]))
