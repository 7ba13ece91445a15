"""Puts a stage's two stacks on AWS: the data first, then the release that works on them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from infra.build import templates
from infra.deploying import changes, releases, stacks
from infra.deploying.changes import ChangeSet, Wanted, Watch
from infra.deploying.releases import Artifacts, Release, Sources, camel

if TYPE_CHECKING:
    import boto3
    from types_boto3_cloudformation import CloudFormationClient

    from infra.build import Built
    from infra.cli.stages import Stage

AWS_POLL_SECONDS = 3.0
EMULATOR_POLL_SECONDS = 0.05


class WouldLoseData(Exception):
    """A change set would remove or replace what holds data; it was not applied."""


@dataclass(frozen=True)
class Shipping:
    """One stage's way onto AWS, under the operator's credentials."""

    stage: Stage
    session: boto3.Session

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        return self.session.client("cloudformation")

    @property
    def poll_seconds(self) -> float:
        return EMULATOR_POLL_SECONDS if "AWS_ENDPOINT_URL" in os.environ else AWS_POLL_SECONDS

    def outputs(self) -> dict[str, str]:
        """What the stacks that are there give out; empty before the first deployment."""
        data = stacks.outputs(self.cloudformation, self.stage.data_stack) or {}
        return data | (stacks.outputs(self.cloudformation, self.stage.app_stack) or {})

    def has_data(self) -> bool:
        return stacks.describe(self.cloudformation, self.stage.data_stack) is not None

    def artifacts(self) -> Artifacts:
        """The bucket of artifacts. The data stack must be there."""
        return Artifacts(self.session.client("s3"), self.outputs()["ArtifactsBucket"])

    def propose_data(self) -> ChangeSet:
        """What would change in the data stack."""
        template = templates.merged(templates.DATA)
        wanted = Wanted(
            stack=self.stage.data_stack,
            template=templates.body(template),
            parameters=releases.values_for(template, self._values({})),
            tags=self._tags,
        )
        return changes.propose(self.cloudformation, wanted, poll_seconds=self.poll_seconds)

    def release(self, built: Built) -> Release:
        """The release that a build makes on this stage. The data stack must be there."""
        outputs = self.outputs()
        sources = Sources(
            template=built.template,
            digest=built.digest,
            environment=self.stage.environment(outputs),
            values=self._values(outputs),
        )
        return releases.make(sources, bucket=outputs["ArtifactsBucket"])

    def propose(self, release: Release) -> ChangeSet:
        """What would change in the app stack, were it brought to ``release``."""
        wanted = Wanted(
            stack=self.stage.app_stack,
            template_url=self.artifacts().upload_template(release),
            parameters=release.parameters,
            tags=self._tags,
        )
        return changes.propose(self.cloudformation, wanted, poll_seconds=self.poll_seconds)

    def apply(self, change_set: ChangeSet, *, watch: Watch) -> None:
        """Carry a change set out. Raises WouldLoseData before, StackFailed after AWS undid it."""
        refuse_losses(change_set)
        changes.apply(self.cloudformation, change_set, watch=watch, poll_seconds=self.poll_seconds)

    def discard(self, change_set: ChangeSet) -> None:
        """Forget a change set that nobody applies."""
        if change_set.changes:
            changes.discard(
                self.cloudformation,
                change_set.name,
                stack=change_set.stack,
                is_new=change_set.is_new,
            )

    def remove_app(self) -> None:
        """Delete the app stack. Whatever holds data is not in it."""
        changes.remove(self.cloudformation, self.stage.app_stack, poll_seconds=self.poll_seconds)

    def remove_data(self) -> None:
        """Delete the data stack. What holds data is kept by its template, and stays."""
        changes.remove(self.cloudformation, self.stage.data_stack, poll_seconds=self.poll_seconds)

    @property
    def _tags(self) -> dict[str, str]:
        return {"service": "safeguarding-referrals", "stage": self.stage.name}

    def _values(self, outputs: Mapping[str, str]) -> dict[str, str]:
        """Everything that a template may ask for as a parameter."""
        deploy = self.stage.deploy.model_dump(mode="json")
        own = self.stage.environment({})
        return (
            {camel(name.lower()): value for name, value in own.items()}
            | {camel(name): _as_parameter(value) for name, value in deploy.items()}
            | dict(outputs)
        )


def refuse_losses(change_set: ChangeSet) -> None:
    """Raise WouldLoseData where a resource that holds data would be removed or replaced."""
    lost = [change for change in change_set.changes if change.loses_data]
    if lost:
        names = ", ".join(f"{each.resource} ({each.kind})" for each in lost)
        raise WouldLoseData(f"This would remove or replace what holds data: {names}.")


def _as_parameter(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
