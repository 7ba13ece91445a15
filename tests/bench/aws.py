"""A local AWS for the benchmarks: started on a free port, ended with them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local import emulator, waiting


@contextmanager
def local_aws() -> Iterator[dict[str, str]]:
    """The variables that lead to an empty data stack, also set for this process."""
    with TemporaryDirectory(prefix="bench-") as folder:
        port = waiting.free_port()
        child = emulator.launch(port, log=Path(folder) / "aws.log")
        try:
            waiting.until_ready(child, port, path=emulator.HEALTH)
            server = emulator.client_environment(port)
            aws = server | emulator.provision(server)
            os.environ |= aws
            yield aws
        finally:
            child.stop()
