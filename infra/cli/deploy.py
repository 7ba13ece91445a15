"""``deploy``, ``diff`` and ``rollback``: bringing a release onto a stage, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from infra import build as building
from infra.build import BuildFailed, Built
from infra.cli import smoke, stages
from infra.cli.console import (
    AsJson,
    BadUsage,
    Console,
    DryRun,
    Failed,
    Refused,
    StageName,
    Yes,
    confirm,
    facts,
    table,
)
from infra.cli.stages import Stage
from infra.deploying import releases
from infra.deploying.changes import Change, ChangeSet
from infra.deploying.releases import Deployed, Release
from infra.deploying.shipping import Shipping, WouldLoseData, refuse_losses
from infra.deploying.stacks import StackFailed

commands = typer.Typer()

COLOURS = {"Add": "green", "Modify": "yellow", "Remove": "red"}
REPLACEMENTS = {"True": "replaced", "Conditional": "perhaps replaced"}
# A template's text is too long to be shown beside its name.
MOST_SHOWN = 60

NoSmoke = Annotated[
    bool, typer.Option("--no-smoke", help="Do not try a referral afterwards, nor roll back.")
]


Ready = Annotated[
    Path | None,
    typer.Option(
        "--build",
        metavar="FOLDER",
        help="What `python -m infra.build` wrote there, in place of building.",
    ),
]


@dataclass(frozen=True)
class Work:
    """One command at work on one stage."""

    console: Console
    stage: Stage
    shipping: Shipping
    yes: str

    def build(self, ready: Path | None) -> Built:
        """Build, or take what was built before into the folder ``ready``."""
        if ready:
            return _built_before(ready)
        with self.console.step("Building") as step:
            try:
                built = building.build(
                    self.stage.name,
                    architecture=self.stage.deploy.architecture,
                    out=building.OUTPUT / self.stage.name,
                )
            except BuildFailed as error:
                raise Failed(str(error)) from error
            step.outcome = f"{built.zip.stat().st_size / 1e6:.1f} MB"
        return built

    def proposed(self, stack: str, release: Release | None = None) -> ChangeSet:
        """The change set of one of the stacks, shown. Raises Refused where it would lose data."""
        with self.console.step(f"Asking what would change in {stack}") as step, _told():
            found = self.shipping.propose(release) if release else self.shipping.propose_data()
            step.outcome = f"{len(found.changes)} changes" if found.changes else "nothing"
        if found.changes:
            self.console.show(_view(found))
        try:
            refuse_losses(found)
        except WouldLoseData as error:
            self.shipping.discard(found)
            raise Refused(
                f"{error} Nothing was done to {stack}.",
                next_step="Add the new one beside the old one, move the data, and remove it later.",
            ) from error
        return found

    def apply(self, found: ChangeSet) -> None:
        """Carry it out, once production's name was typed."""
        if not found.changes:
            return
        try:
            confirm(self.stage, f"change {len(found.changes)} resources", yes=self.yes)
        except Refused:
            self.shipping.discard(found)
            raise
        with self.console.step(f"Changing {found.stack}") as step, _told():
            self.shipping.apply(found, watch=step.now)

    def prove(self, release: Release) -> None:
        """Try the release with a referral, and keep that it stood."""
        smoke.prove(self.stage, self.console)
        self.keep(release)

    def keep(self, release: Release) -> None:
        self.shipping.artifacts().record(
            Deployed(
                version=release.version,
                at=datetime.now(UTC),
                parameters=release.parameters,
                code=release.code,
            )
        )


class _told:
    """What a stack's failure is called at the command line."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, StackFailed):
            raise Failed(
                str(error),
                next_step="AWS has rolled it back; put the reason right and deploy again.",
            ) from error


@commands.command()
def deploy(
    name: StageName,
    dry_run: DryRun = False,
    yes: Yes = "",
    no_smoke: NoSmoke = False,
    ready: Ready = None,
    as_json: AsJson = False,
) -> None:
    """Build the service and bring it, its data stack and its settings onto AWS.

    When: for the first time, and for every change of code or settings. It shows what would change,
    refuses to remove or replace what holds data, applies it, tries a referral, and goes back to
    the release before where that fails. A second run finds nothing to do.

    Example: python -m infra deploy test
    Example: python -m infra deploy prod --yes prod
    """
    work = _work(name, as_json=as_json, yes=yes)
    built = work.build(ready)
    data = work.proposed(work.stage.data_stack)
    if dry_run:
        _end_dry_run(work, built, data)
        return
    work.apply(data)
    release = work.shipping.release(built)
    work.shipping.artifacts().upload(release, code=built.zip, sbom=built.sbom)
    app = work.proposed(work.stage.app_stack, release)
    work.apply(app)
    history = work.shipping.artifacts().history()
    was_proven = bool(history) and history[0].version == release.version
    if no_smoke and not was_proven:
        work.keep(release)
    elif app.changes or not was_proven:
        _prove_or_return(work, release, history[0] if history else None)
    changed = bool(data.changes or app.changes)
    _end(work, release, changed=changed)


@commands.command()
def diff(name: StageName, ready: Ready = None, as_json: AsJson = False) -> None:
    """Show what deploy would change, and change nothing.

    When: before a deployment, or to see whether a stage is what the checkout says.

    Example: python -m infra diff prod
    """
    work = _work(name, as_json=as_json)
    built = work.build(ready)
    _end_dry_run(work, built, work.proposed(work.stage.data_stack))


@commands.command()
def rollback(
    name: StageName,
    version: Annotated[
        str, typer.Argument(metavar="[VERSION]", help="The version; else the one before.")
    ] = "",
    dry_run: DryRun = False,
    yes: Yes = "",
    no_smoke: NoSmoke = False,
    as_json: AsJson = False,
) -> None:
    """Bring back a version that ran before, its settings included. Data stay as they are.

    When: a deployment passed its smoke test and is wrong all the same. The data stack is never
    rolled back.

    Example: python -m infra rollback prod
    Example: python -m infra rollback prod 3f9c2a71b0de --yes prod
    """
    work = _work(name, as_json=as_json, yes=yes)
    release = work.shipping.artifacts().release(_target(work, version))
    work.console.say(f"Going back to version {release.version}")
    found = work.proposed(work.stage.app_stack, release)
    if dry_run:
        work.shipping.discard(found)
        work.console.result({"version": release.version, "changes": _data(found)})
        return
    work.apply(found)
    if no_smoke:
        work.keep(release)
    else:
        work.prove(release)
    _end(work, release, changed=bool(found.changes))


def _work(name: str, *, as_json: bool, yes: str = "") -> Work:
    stage = stages.load(name)
    return Work(Console(as_json=as_json), stage, Shipping(stage, stages.connect(stage)), yes)


def _built_before(folder: Path) -> Built:
    """A build as it lies in a folder. Raises BadUsage where a part is missing."""
    zipped, template, sbom = (
        folder / name for name in ("deployment.zip", "template.json", "sbom.json")
    )
    for part in (zipped, template, sbom):
        if not part.is_file():
            raise BadUsage(f"{part} does not exist: {folder} holds no build.")
    digest = hashlib.sha256(zipped.read_bytes()).hexdigest()
    return Built(zip=zipped, template=template, sbom=sbom, digest=digest)


def _target(work: Work, version: str) -> Deployed:
    """The deployment to go back to. Raises BadUsage where there is none."""
    outputs = work.shipping.outputs()
    if "Version" not in outputs:
        raise BadUsage(
            f"The stage {work.stage.name} is not deployed.",
            next_step=f"Deploy it with: python -m infra deploy {work.stage.name}",
        )
    history = work.shipping.artifacts().history()
    found = (
        releases.find(history, version)
        if version
        else releases.previous(history, outputs["Version"])
    )
    if found is None:
        known = ", ".join(dict.fromkeys(each.version for each in history)) or "none"
        raise BadUsage(f"There is no such version to go back to. Known: {known}.")
    return found


def _prove_or_return(work: Work, release: Release, before: Deployed | None) -> None:
    """Try the release; where it fails, bring back the one before. Raises Failed then."""
    try:
        work.prove(release)
        return
    except Failed as error:
        if before is None or before.version == release.version:
            raise Failed(
                f"Version {release.version} runs, and failed its smoke test: {error.message}",
                next_step=error.next_step or "There is no version before it to go back to.",
            ) from error
        reason = error
    work.console.warn(f"The smoke test failed: {reason.message}")
    restored = work.shipping.artifacts().release(before)
    found = work.proposed(work.stage.app_stack, restored)
    with work.console.step(f"Going back to version {restored.version}") as step, _told():
        work.shipping.apply(found, watch=step.now)
    raise Failed(
        f"Version {release.version} failed its smoke test: {reason.message}\n"
        f"Version {restored.version} runs again.",
        next_step=reason.next_step,
    )


def _end(work: Work, release: Release, *, changed: bool) -> None:
    outputs = work.shipping.outputs()
    done = f"Version {release.version} runs." if changed else "Nothing to do."
    work.console.result(
        {
            "stage": work.stage.name,
            "version": release.version,
            "changed": changed,
            "outputs": outputs,
        },
        Group(Text(done, style="bold"), facts(outputs)),
    )


def _end_dry_run(work: Work, built: Built, data: ChangeSet) -> None:
    """Show the app stack's changes too, as far as they can be known, and forget both sets."""
    work.shipping.discard(data)
    told: dict[str, object] = {"stage": work.stage.name, "data": _data(data), "app": None}
    if work.shipping.has_data():
        app = work.proposed(work.stage.app_stack, work.shipping.release(built))
        work.shipping.discard(app)
        told["app"] = _data(app)
    else:
        work.console.say("The app stack is new as well; AWS can tell once the data stack is there.")
    work.console.say("Nothing was changed.")
    work.console.result(told)


def _data(found: ChangeSet) -> list[Mapping[str, object]]:
    return [
        {
            "action": each.action,
            "resource": each.resource,
            "type": each.kind,
            "replacement": each.replacement,
            "properties": [
                {"name": d.name, "before": d.before, "after": d.after} for d in each.details
            ],
        }
        for each in found.changes
    ]


def _view(found: ChangeSet) -> RenderableType:
    return table("", "Resource", "Type", "", "Properties", rows=map(_row, found.changes))


def _row(change: Change) -> tuple[object, ...]:
    replaced = REPLACEMENTS.get(change.replacement, "")
    return (
        Text(change.action, style=COLOURS.get(change.action, "")),
        change.resource,
        change.kind.removeprefix("AWS::"),
        Text(replaced, style="red" if change.loses_data else ""),
        "\n".join(_property(d.name, d.before, d.after) for d in change.details),
    )


def _property(name: str, before: str, after: str) -> str:
    if not (before or after) or max(len(before), len(after)) > MOST_SHOWN:
        return name
    return f"{name}: {before or 'none'} → {after or 'none'}"
