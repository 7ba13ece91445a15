"""``python -m infra.build STAGE [--architecture arm64] [--out FOLDER]``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.build import OUTPUT, BuildFailed, build


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.build", description=__doc__)
    parser.add_argument("stage")
    parser.add_argument("--architecture", choices=("x86_64", "arm64"), default="x86_64")
    parser.add_argument("--out", type=Path, help="instead of build/STAGE")
    options = parser.parse_args(arguments)
    out = options.out or OUTPUT / options.stage
    try:
        built = build(options.stage, architecture=options.architecture, out=out)
    except BuildFailed as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{built.zip}: {built.zip.stat().st_size:,} bytes, sha256 {built.digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
