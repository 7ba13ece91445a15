"""What a list and a case cost to read as the number of cases grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from botocore.config import Config
from botocore.session import Session

from chalicelib.adapters import keys
from tests import stage
from tests.bench.results import Measure
from tests.stage import Stage

BUDGET = 1.1
FIRST = 10**2
SIZES = (10**3, 10**4)
FULL = (*SIZES, 10**5)
BATCH = 25

Item = dict[str, dict[str, Any]]


@dataclass
class Reads:
    """Counts the items that a session's clients read from the table, those filtered out too."""

    items: int = 0
    session: Session = field(kw_only=True)

    def __post_init__(self) -> None:
        self.session.register("after-call.dynamodb", self._count)

    def of(self, act: Callable[[], object]) -> int:
        """How many items ``act`` reads."""
        before = self.items
        act()
        return self.items - before

    def _count(self, **event: Any) -> None:
        parsed: dict[str, Any] = event["parsed"]
        self.items += parsed.get("ScannedCount", 0)
        self.items += "Item" in parsed
        self.items += sum(len(found) for found in parsed.get("Responses", {}).values())


@dataclass(frozen=True)
class Places:
    """What is read at each size: both pages of a list, and one case as its decision-maker."""

    scene: Stage
    link: str
    session: str

    def acts(self) -> dict[str, Callable[[], object]]:
        cases, decisions = self.scene.services.cases, self.scene.services.decisions
        now = self.scene.clock()
        return {
            "list of cases, first page": cases.page,
            "list of cases, second page": lambda: cases.page(after=cases.page().next),
            "case page": lambda: decisions.read(self.link, self.session, now=now),
        }


def measure(aws: dict[str, str], *, sizes: tuple[int, ...]) -> Iterator[Measure]:
    """The items read at each size against those read at the first."""
    scene = stage.build(aws)
    reads = Reads(session=scene.services.clients.session)
    scene.submit()
    scene.deliver()
    link, opened = scene.session()
    acts = Places(scene, link, opened).acts()
    copies = _copies(scene)
    _load(scene, copies, FIRST - 1)
    first = {name: reads.of(act) for name, act in acts.items()}
    loaded = FIRST
    for size in sizes:
        _load(scene, copies, size - loaded)
        loaded = size
        for name, act in acts.items():
            yield Measure(
                f"{name}, {size:,} cases against {FIRST}",
                "items",
                ours=reads.of(act),
                floor=first[name],
                budget=BUDGET,
                decides=True,
            )


def _copies(scene: Stage) -> Iterator[list[Item]]:
    """Cases like the one that is there: its items with another reference and a later receipt.

    Messages are left out, which would double the time that loading takes.
    """
    client, table = scene.services.clients.dynamodb, scene.services.settings.table_name
    (case,) = scene.services.cases.page().cases
    request = {"KeyConditionExpression": "pk = :pk", "TableName": table}
    pk = {":pk": {"S": keys.case(case.reference)["pk"]}}
    items = client.query(**request, ExpressionAttributeValues=pk)["Items"]
    kept = [item for item in items if not item["sk"]["S"].startswith(keys.MESSAGE)]
    number = 0
    while True:
        number += 1
        reference = f"PR-{number:08}"
        listed = keys.listed(case.received_at + timedelta(seconds=number), reference)
        yield [_renamed(item, case.reference, reference, listed["list_sk"]) for item in kept]


def _renamed(item: Item, old: str, new: str, list_sk: str) -> Item:
    renamed = {
        name: {"S": typed["S"].replace(old, new)} if "S" in typed else typed
        for name, typed in item.items()
    }
    return renamed | ({"list_sk": {"S": list_sk}} if "list_sk" in item else {})


def _load(scene: Stage, copies: Iterator[list[Item]], number: int) -> None:
    """Write that many more cases."""
    table = scene.services.settings.table_name
    # What is copied was valid, so the client need not look at every attribute again.
    session: Any = scene.services.clients.session
    client = session.create_client("dynamodb", config=Config(parameter_validation=False))
    items = (item for case in islice(copies, number) for item in case)
    while batch := [{"PutRequest": {"Item": item}} for item in islice(items, BATCH)]:
        answer = client.batch_write_item(RequestItems={table: batch})
        assert not answer.get("UnprocessedItems"), "the local AWS did not take everything"
