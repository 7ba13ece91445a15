"""The operator's commands: ``python -m infra <command>``."""

from __future__ import annotations

from infra.cli.app import build

if __name__ == "__main__":
    build()()
