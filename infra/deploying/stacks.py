"""Creates or updates a CloudFormation stack and reads what it gives out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import ParameterTypeDef, StackTypeDef

SETTLED_WELL = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
# A stack may make roles with policies. AWS wants to hear that this is meant.
CAPABILITIES: tuple[Literal["CAPABILITY_IAM"]] = ("CAPABILITY_IAM",)
GONE = {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"}


class StackFailed(Exception):
    """A stack came to rest in a state other than the one asked for."""


def deploy(
    cloudformation: CloudFormationClient,
    name: str,
    *,
    template: str,
    parameters: Mapping[str, str],
    poll_seconds: float = 5.0,
) -> dict[str, str]:
    """Bring the stack to ``template`` and return its outputs. Doing so twice changes nothing."""
    wanted: list[ParameterTypeDef] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
    ]
    if describe(cloudformation, name):
        _update(cloudformation, name, template, wanted)
    else:
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=template,
            Parameters=wanted,
            Capabilities=CAPABILITIES,
            OnFailure="DELETE",
        )
    stack = _settled(cloudformation, name, poll_seconds)
    if stack["StackStatus"] not in SETTLED_WELL:
        reason = stack.get("StackStatusReason", "no reason was given")
        raise StackFailed(f"Stack {name} is {stack['StackStatus']}: {reason}")
    return outputs_of(stack)


def describe(cloudformation: CloudFormationClient, name: str) -> StackTypeDef | None:
    """The stack, or None where there is none. One that only was reviewed counts as none."""
    try:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if stack["StackStatus"] in GONE else stack


def outputs(cloudformation: CloudFormationClient, name: str) -> dict[str, str] | None:
    """What the stack gives out, or None where there is none."""
    stack = describe(cloudformation, name)
    return outputs_of(stack) if stack else None


def outputs_of(stack: StackTypeDef) -> dict[str, str]:
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def _update(
    cloudformation: CloudFormationClient,
    name: str,
    template: str,
    parameters: list[ParameterTypeDef],
) -> None:
    try:
        cloudformation.update_stack(
            StackName=name,
            TemplateBody=template,
            Parameters=parameters,
            Capabilities=CAPABILITIES,
        )
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise


def _settled(cloudformation: CloudFormationClient, name: str, poll_seconds: float) -> StackTypeDef:
    while True:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack
        time.sleep(poll_seconds)
