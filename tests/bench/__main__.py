"""``python -m tests.bench [--full] [--json]``: measure every budget, and say which are kept."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence

from infra.local import emulator
from tests.bench import calls, canned, cold, growth, handover, results, warm
from tests.bench.aws import local_aws
from tests.bench.results import Measure

WARM_ROUNDS = 200
COLD_ROUNDS = 11


def main(arguments: Sequence[str]) -> int:
    """Print the measures. The status is 1 where a count is over its budget."""
    options = _options(arguments)
    _forget_aws()
    measures = list(_measure(growth.FULL if options.full else growth.SIZES))
    if options.json:
        print(json.dumps([measure.to_dict() for measure in measures], indent=2))
    else:
        print(results.table(measures))
    return results.exit_status(measures)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="lists of up to 100,000 cases too")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser.parse_args(arguments)


def _forget_aws() -> None:
    """Let nothing that the shell says lead to a real AWS; the local one is set when it runs."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= emulator.plain_environment() | canned.ENVIRONMENT


def _measure(sizes: tuple[int, ...]) -> Iterator[Measure]:
    _say("Timing warm pages against the peer")
    yield from warm.measure(rounds=WARM_ROUNDS)
    _say("Timing fresh processes")
    yield from cold.measure(rounds=COLD_ROUNDS)
    # The pages' logs would stand between the lines of the report.
    logging.getLogger().setLevel(logging.ERROR)
    _say("Starting the local AWS")
    with local_aws() as aws:
        _say("Timing messages")
        yield from handover.measure(aws)
    with local_aws() as aws:
        _say("Counting calls")
        yield from calls.measure(aws)
    with local_aws() as aws:
        _say(f"Filling lists of up to {max(sizes):,} cases")
        yield from growth.measure(aws, sizes=sizes)


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
