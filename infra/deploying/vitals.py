"""How a deployed stage is doing: its stacks, functions, alarms, queues and its last sweep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from infra.deploying import loglines, stacks

if TYPE_CHECKING:
    import boto3
    from types_boto3_cloudformation import CloudFormationClient

SWEPT = "sweep ran"
# The sweep runs every minute. What is older than this is as good as never.
SWEEP_WITHIN = timedelta(minutes=15)
MOST_NAMES = 100
# An update that AWS took back leaves what ran before.
AT_REST = stacks.SETTLED_WELL | {"UPDATE_ROLLBACK_COMPLETE"}


@dataclass(frozen=True)
class StackState:
    """A stack, or that it is not there."""

    name: str
    status: str
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Function:
    """A function as Lambda has it."""

    name: str
    state: str
    runtime: str
    memory_mb: int
    changed_at: str


@dataclass(frozen=True)
class Alarm:
    """An alarm that is not quiet. ``said`` is why it went off."""

    name: str
    state: str
    said: str


@dataclass(frozen=True)
class Queue:
    """How many messages wait in a queue, those being read too."""

    name: str
    waiting: int


@dataclass(frozen=True)
class Vitals:
    """Everything at one moment."""

    stacks: tuple[StackState, ...]
    functions: tuple[Function, ...]
    alarms: tuple[Alarm, ...]
    alarms_in_all: int
    queues: tuple[Queue, ...]
    last_sweep: datetime | None

    @property
    def problems(self) -> list[str]:
        """What somebody should look at."""
        found = [f"{s.name} is {s.status}" for s in self.stacks if s.status not in AT_REST]
        found += [f"{f.name} is {f.state}" for f in self.functions if f.state != "Active"]
        found += [f"the alarm {a.name} says {a.state}" for a in self.alarms if a.state == "ALARM"]
        found += [f"{q.waiting} in the queue {q.name}" for q in self.queues if q.waiting]
        if self.last_sweep is None:
            minutes = int(SWEEP_WITHIN.total_seconds() // 60)
            found.append(f"the sweep did not run in the last {minutes} minutes")
        return found


def read(
    session: boto3.Session, names: Sequence[str], outputs: Mapping[str, str], *, now: datetime
) -> Vitals:
    """The vitals of the stacks ``names``."""
    cloudformation = session.client("cloudformation")
    resources = [each for name in names for each in _resources(cloudformation, name)]
    alarms = _ids(resources, "AWS::CloudWatch::Alarm")
    return Vitals(
        stacks=tuple(_state(cloudformation, name) for name in names),
        functions=tuple(_functions(session, _ids(resources, "AWS::Lambda::Function"))),
        alarms=tuple(_alarms(session, alarms)),
        alarms_in_all=len(alarms),
        queues=tuple(_queues(session, resources)),
        last_sweep=_last_sweep(session, outputs.get("SweepLogGroup", ""), now=now),
    )


def _state(cloudformation: CloudFormationClient, name: str) -> StackState:
    found = stacks.describe(cloudformation, name)
    if found is None:
        return StackState(name, "not there")
    changed_at = found.get("LastUpdatedTime") or found["CreationTime"]
    return StackState(name, found["StackStatus"], changed_at)


def _resources(cloudformation: CloudFormationClient, stack: str) -> Iterator[tuple[str, str, str]]:
    """Type, logical id and physical id of each resource of a stack that is there."""
    if stacks.describe(cloudformation, stack) is None:
        return
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for each in page["StackResourceSummaries"]:
            yield (
                each["ResourceType"],
                each["LogicalResourceId"],
                each.get("PhysicalResourceId", ""),
            )


def _ids(resources: Sequence[tuple[str, str, str]], kind: str) -> list[str]:
    return [physical for found, _, physical in resources if found == kind and physical]


def _functions(session: boto3.Session, names: Sequence[str]) -> Iterator[Function]:
    client = session.client("lambda")
    for name in names:
        found = client.get_function_configuration(FunctionName=name)
        yield Function(
            name=found["FunctionName"],
            state=found.get("State", "Active"),
            runtime=found.get("Runtime", ""),
            memory_mb=found.get("MemorySize", 0),
            changed_at=found.get("LastModified", ""),
        )


def _alarms(session: boto3.Session, names: Sequence[str]) -> Iterator[Alarm]:
    """The alarms that are not OK."""
    client = session.client("cloudwatch")
    for first in range(0, len(names), MOST_NAMES):
        some = list(names[first : first + MOST_NAMES])
        answer = client.describe_alarms(AlarmNames=some)
        for alarm in answer.get("MetricAlarms", []):
            if alarm["StateValue"] != "OK":
                yield Alarm(alarm["AlarmName"], alarm["StateValue"], alarm.get("StateReason", ""))


def _queues(session: boto3.Session, resources: Sequence[tuple[str, str, str]]) -> Iterator[Queue]:
    client = session.client("sqs")
    for kind, logical, url in resources:
        if kind != "AWS::SQS::Queue":
            continue
        counts = client.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
            ],
        )["Attributes"]
        yield Queue(logical, sum(map(int, counts.values())))


def _last_sweep(session: boto3.Session, group: str, *, now: datetime) -> datetime | None:
    if not group:
        return None
    lines = loglines.read(session.client("logs"), [group], since=now - SWEEP_WITHIN)
    ran = [line.at for line in lines if line.fields.get("message") == SWEPT]
    return max(ran, default=None)
