"""The operator's commands: ``python -m infra <command>``."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

# Each command is a module with ``main(arguments) -> exit status``, imported only when it is asked
# for, so that one command never waits for what another needs.
COMMANDS = {
    "run": ("infra.local.run", "serve the whole service on this machine"),
    "seed": ("infra.seed", "fill the running service with invented cases"),
}


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in COMMANDS:
        print("Usage: python -m infra <command>\n")
        for name, (_, purpose) in COMMANDS.items():
            print(f"  {name:<8} {purpose}")
        return 0 if arguments and arguments[0] in {"-h", "--help"} else 2
    module = importlib.import_module(COMMANDS[arguments[0]][0])
    status: int = module.main(arguments[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
