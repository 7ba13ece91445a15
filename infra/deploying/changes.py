"""Change sets: what a deployment would do to a stack, whether it may, and doing it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from botocore.exceptions import ClientError

from infra.deploying import stacks
from infra.deploying.stacks import StackFailed

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import (
        DescribeChangeSetOutputTypeDef,
        ParameterTypeDef,
        ResourceChangeDetailTypeDef,
        ResourceChangeTypeDef,
        StackEventTypeDef,
    )

# To lose or to replace one of these is to lose what people wrote, or the key to read it.
STATEFUL = frozenset(
    {
        "AWS::DynamoDB::GlobalTable",
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::S3::Bucket",
    }
)
# CloudFormation says of these that they replace a table conditionally. An added one never does.
MAY_GROW = frozenset({("AWS::DynamoDB::Table", "AttributeDefinitions")})
# What AWS changes in place. An emulator is not sure, and says of each that it may replace.
CHANGED_IN_PLACE = frozenset(
    ("AWS::KMS::Key", name)
    for name in ("Description", "EnableKeyRotation", "KeyPolicy", "PendingWindowInDays", "Tags")
)

CAPABILITIES: tuple[Literal["CAPABILITY_NAMED_IAM"], Literal["CAPABILITY_AUTO_EXPAND"]] = (
    "CAPABILITY_NAMED_IAM",
    "CAPABILITY_AUTO_EXPAND",
)
NOTHING_TO_DO = ("didn't contain changes", "No updates are to be performed")

Watch = Callable[[str], None]


@dataclass(frozen=True)
class Detail:
    """A property that would change. ``before`` and ``after`` are empty where nobody knows."""

    name: str
    recreates: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Change:
    """What would become of one resource."""

    action: str
    resource: str
    kind: str
    replacement: str
    details: tuple[Detail, ...] = ()

    @property
    def loses_data(self) -> bool:
        """Whether a resource that holds data would be removed or replaced."""
        if self.kind not in STATEFUL:
            return False
        if self.action == "Remove" or self.replacement == "True":
            return True
        return self.replacement == "Conditional" and any(map(self._may_replace, self.details))

    def _may_replace(self, detail: Detail) -> bool:
        if detail.recreates in ("", "Never") or (self.kind, detail.name) in CHANGED_IN_PLACE:
            return False
        return (self.kind, detail.name) not in MAY_GROW or not _only_grows(detail)


@dataclass(frozen=True)
class ChangeSet:
    """A change set as it waits to be applied. Without changes there is nothing to apply."""

    stack: str
    stack_id: str
    name: str
    is_new: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Wanted:
    """The state that a stack shall come to. ``template_url`` leads to an object in S3."""

    stack: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    template: str = ""
    template_url: str = ""


def propose(
    cloudformation: CloudFormationClient, wanted: Wanted, *, poll_seconds: float
) -> ChangeSet:
    """Let CloudFormation say what would change. Raises StackFailed where it does not accept it."""
    is_new = _make_way(cloudformation, wanted.stack, poll_seconds)
    source = (
        {"TemplateURL": wanted.template_url}
        if wanted.template_url
        else {"TemplateBody": wanted.template}
    )
    asked = cloudformation.create_change_set(
        StackName=wanted.stack,
        ChangeSetName=f"deploy-{uuid4().hex[:12]}",
        ChangeSetType="CREATE" if is_new else "UPDATE",
        Parameters=_parameters(wanted.parameters),
        Tags=[{"Key": key, "Value": value} for key, value in wanted.tags.items()],
        Capabilities=CAPABILITIES,
        **({"OnStackFailure": "DELETE"} if is_new else {}),  # type: ignore[arg-type]
        **source,  # type: ignore[arg-type]
    )
    described = _described(cloudformation, asked["Id"], poll_seconds)
    is_empty = described["Status"] == "FAILED"
    if is_empty and not any(each in described["StatusReason"] for each in NOTHING_TO_DO):
        discard(cloudformation, asked["Id"], stack=wanted.stack, is_new=is_new)
        raise StackFailed(f"Stack {wanted.stack}: {described['StatusReason']}")
    if is_empty:
        discard(cloudformation, asked["Id"], stack=wanted.stack, is_new=False)
    changes = () if is_empty else tuple(_changes(cloudformation, asked["Id"]))
    return ChangeSet(
        stack=wanted.stack,
        stack_id=asked["StackId"],
        name=asked["Id"],
        is_new=is_new,
        changes=changes,
    )


def apply(
    cloudformation: CloudFormationClient,
    change_set: ChangeSet,
    *,
    watch: Watch,
    poll_seconds: float,
) -> None:
    """Carry the change set out. Raises StackFailed with the reasons; AWS has then rolled back."""
    seen = {event["EventId"] for event in _events(cloudformation, change_set.stack_id)}
    cloudformation.execute_change_set(
        ChangeSetName=change_set.name, RetainExceptOnCreate=change_set.is_new
    )
    reasons: list[str] = []
    while True:
        stack = cloudformation.describe_stacks(StackName=change_set.stack_id)["Stacks"][0]
        for event in _new_events(cloudformation, change_set.stack_id, seen):
            watch(f"{event.get('LogicalResourceId', '')} {event.get('ResourceStatus', '')}")
            reasons.extend(_reason(event))
        status = stack["StackStatus"]
        if not status.endswith("_IN_PROGRESS"):
            break
        time.sleep(poll_seconds)
    if status not in stacks.SETTLED_WELL:
        why = "\n".join(f"  {reason}" for reason in reasons) or "  no reason was given"
        raise StackFailed(f"Stack {change_set.stack} is {status}:\n{why}")


def discard(cloudformation: CloudFormationClient, name: str, *, stack: str, is_new: bool) -> None:
    """Forget a change set, and the empty stack that a first one made."""
    cloudformation.delete_change_set(ChangeSetName=name)
    if is_new:
        cloudformation.delete_stack(StackName=stack)


def _make_way(cloudformation: CloudFormationClient, stack: str, poll_seconds: float) -> bool:
    """Whether the stack is yet to be created. What is left of a failed first try is removed."""
    found = stacks.describe(cloudformation, stack)
    if found is None:
        return True
    if found["StackStatus"] in ("ROLLBACK_COMPLETE", "DELETE_FAILED"):
        remove(cloudformation, stack, poll_seconds=poll_seconds)
        return True
    if found["StackStatus"].endswith("_IN_PROGRESS"):
        raise StackFailed(
            f"Stack {stack} is being changed by somebody else ({found['StackStatus']}): "
            "wait until that is done, then run this again."
        )
    return False


def remove(cloudformation: CloudFormationClient, stack: str, *, poll_seconds: float) -> None:
    """Delete a stack and wait until it is gone. Raises StackFailed."""
    found = stacks.describe(cloudformation, stack)
    if found is None:
        return
    stack_id = found["StackId"]
    cloudformation.delete_stack(StackName=stack_id)
    while True:
        status, reason = _status(cloudformation, stack_id)
        if status == "DELETE_COMPLETE":
            return
        if not status.endswith("_IN_PROGRESS"):
            raise StackFailed(f"Stack {stack} is {status}: {reason}")
        time.sleep(poll_seconds)


def _status(cloudformation: CloudFormationClient, stack_id: str) -> tuple[str, str]:
    try:
        stack = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return "DELETE_COMPLETE", ""
        raise
    return stack["StackStatus"], stack.get("StackStatusReason", "no reason was given")


def _described(
    cloudformation: CloudFormationClient, name: str, poll_seconds: float
) -> DescribeChangeSetOutputTypeDef:
    while True:
        found = cloudformation.describe_change_set(ChangeSetName=name)
        if found["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            return found
        time.sleep(poll_seconds)


def _changes(cloudformation: CloudFormationClient, name: str) -> Iterator[Change]:
    pages = cloudformation.get_paginator("describe_change_set")
    for page in pages.paginate(ChangeSetName=name, IncludePropertyValues=True):
        for each in page["Changes"]:
            yield _change(each["ResourceChange"])


def _change(found: ResourceChangeTypeDef) -> Change:
    details = {
        detail.name: detail for detail in map(_detail, found.get("Details", [])) if detail.name
    }
    return Change(
        action=found.get("Action", ""),
        resource=found.get("LogicalResourceId", ""),
        kind=found.get("ResourceType", ""),
        replacement=found.get("Replacement", "") if found.get("Action") == "Modify" else "",
        details=tuple(details[name] for name in sorted(details)),
    )


def _detail(found: ResourceChangeDetailTypeDef) -> Detail:
    target = found.get("Target", {})
    return Detail(
        name=target.get("Name", "") or target.get("Attribute", ""),
        recreates=target.get("RequiresRecreation", ""),
        before=target.get("BeforeValue", ""),
        after=target.get("AfterValue", ""),
    )


def _only_grows(detail: Detail) -> bool:
    """Whether a list keeps all that it had. An emulator does not tell; then it is taken to."""
    if not (detail.before and detail.after):
        return True
    try:
        before, after = json.loads(detail.before), json.loads(detail.after)
    except ValueError:
        return False
    return all(each in after for each in before)


def _parameters(given: Mapping[str, str]) -> list[ParameterTypeDef]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]


def _events(cloudformation: CloudFormationClient, stack_id: str) -> Sequence[StackEventTypeDef]:
    """The newest events first, as many as one answer holds: more never come between two looks."""
    return cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]


def _new_events(
    cloudformation: CloudFormationClient, stack_id: str, seen: set[str]
) -> list[StackEventTypeDef]:
    new = [each for each in _events(cloudformation, stack_id) if each["EventId"] not in seen]
    seen.update(each["EventId"] for each in new)
    return sorted(new, key=_moment)


def _moment(event: StackEventTypeDef) -> datetime:
    return event["Timestamp"]


def _reason(event: StackEventTypeDef) -> Iterator[str]:
    """Why a resource failed, unless it only was stopped because another did."""
    reason = event.get("ResourceStatusReason", "")
    if event.get("ResourceStatus", "").endswith("_FAILED") and "cancelled" not in reason:
        yield f"{event.get('LogicalResourceId', '')}: {reason or 'no reason was given'}"
