"""A stage: its file, its stacks, and the service that they make together.

``infra/stages/STAGE.json`` holds settings by their names in small letters, and under ``deploy`` how
they are put on AWS. Everything is validated before AWS is asked anything.

- ``load(name) -> Stage`` reads and validates the file. Raises BadUsage, which names each fault.
- ``connect(stage) -> boto3.Session`` in its region; ``AWS_ENDPOINT_URL`` leads to an emulator.
- ``open_stage(name) -> OpenStage`` adds what the stacks gave out, the settings and the services.
  It changes this process's AWS variables, because the service reads them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from chalicelib import bootstrap
from chalicelib.bootstrap import Services
from chalicelib.settings import Address, Settings
from infra.cli.console import BadUsage, Failed
from infra.deploying import stacks
from infra.local import emulator
from infra.local.settings import Ports, stage_environment

STAGES = Path(__file__).parents[1] / "stages"
LOCAL = "local"
PRODUCTION = "prod"

# The settings that the data stack gives out, by the names of its outputs.
OUTPUTS = {
    "TableName": "table_name",
    "ReferralsBucket": "referrals_bucket",
    "QuarantineBucket": "quarantine_bucket",
    "AttachmentsBucket": "attachments_bucket",
    "DataKeyId": "data_key_id",
    "StorageKeyId": "storage_key_id",
    "LookupKeyId": "lookup_key_id",
}
# Stands for what only a deployed stack knows while a file is validated.
NOT_YET = "not-deployed-yet"

RETENTION_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192)


def _retention(days: int) -> int:
    if days not in RETENTION_DAYS:
        raise ValueError(f"must be one of {', '.join(map(str, RETENTION_DAYS))}")
    return days


class Deploy(BaseModel):
    """How a stage is put on AWS. ``docs/settings.md`` says what each is for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str = Field(default="eu-west-2", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    architecture: Literal["arm64", "x86_64"] = "arm64"
    memory_mb: int = Field(default=1024, ge=512, le=10240)
    domain_name: str = Field(default="", pattern=r"^([a-z0-9-]+\.)*[a-z0-9-]*$")
    certificate_arn: str = Field(default="", pattern=r"^(arn:aws[a-z-]*:acm:.+)?$")
    log_retention_days: Annotated[int, AfterValidator(_retention)] = 365
    alarm_email: Address
    waf: bool = True
    reserve_concurrency: bool = False
    create_mail_identity: bool = False
    create_gateway_log_role: bool = True
    combine_metrics: bool = True
    malware_protection: bool = True
    table_deletion_protection: bool = True
    access_log_days: int = Field(default=400, ge=90)
    unseal_role: str = Field(default="safeguarding-unseal", pattern=r"^[\w+=,.@/-]+$")

    @model_validator(mode="after")
    def _domain_is_complete(self) -> Deploy:
        if bool(self.domain_name) != bool(self.certificate_arn):
            raise ValueError("domain_name and certificate_arn belong together: set both or neither")
        return self


@dataclass(frozen=True)
class Stage:
    """A stage's file, validated. ``written`` holds its settings as they stand there."""

    name: str
    is_production: bool
    deploy: Deploy
    written: Mapping[str, object]

    @property
    def data_stack(self) -> str:
        return f"safeguarding-{self.name}-data"

    @property
    def app_stack(self) -> str:
        return f"safeguarding-{self.name}"

    @property
    def settings(self) -> Settings:
        """The settings, with placeholders for what only the stacks know."""
        placeholders = dict.fromkeys(OUTPUTS, NOT_YET)
        return Settings.from_environ(self.environment(placeholders))

    def environment(self, outputs: Mapping[str, str]) -> dict[str, str]:
        """The functions' variables, given what the stacks gave out."""
        found = {"STAGE": self.name} | {
            name.upper(): _as_variable(value) for name, value in self.written.items()
        }
        return found | {
            setting.upper(): outputs[output]
            for output, setting in OUTPUTS.items()
            if output in outputs
        }


@dataclass(frozen=True)
class OpenStage:
    """A deployed stage, ready to be worked on. ``outputs`` are both stacks' together."""

    stage: Stage
    session: boto3.Session
    outputs: Mapping[str, str]
    environment: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.stage.name

    @property
    def is_production(self) -> bool:
        return self.stage.is_production

    @property
    def settings(self) -> Settings:
        return self.services.settings

    @cached_property
    def services(self) -> Services:
        """The use cases on this stage, under the operator's own credentials."""
        return bootstrap.build(self.environment)


def path_of(name: str) -> Path:
    """Where the stage's file is or would be. Raises BadUsage for what cannot be a name.

    ``STAGES_FOLDER`` names the folder of a partnership that keeps its files elsewhere.
    """
    if not name or not name.replace("-", "").isalnum() or name != name.lower():
        raise BadUsage(
            f"{name!r} cannot be a stage's name.",
            next_step="A name has small letters, figures and hyphens, as in prod or test-2.",
        )
    return Path(os.environ.get("STAGES_FOLDER") or STAGES) / f"{name}.json"


def load(name: str) -> Stage:
    """Read and validate a stage's file. Raises BadUsage, which names every fault."""
    path = path_of(name)
    if not path.exists():
        raise BadUsage(
            f"There is no stage {name}: {path} does not exist.",
            next_step=f"Write it with: python -m infra init {name}",
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise BadUsage(f"{path} is not JSON: {error}") from error
    return parse(name, content | _local_addresses() if name == LOCAL else content)


def parse(name: str, content: Mapping[str, Any]) -> Stage:
    """A stage from its file's content. Raises BadUsage, which names every fault."""
    written = {key: value for key, value in content.items() if key not in _NOT_SETTINGS}
    if written.setdefault("stage", name) != name:
        raise BadUsage(f"The file of the stage {name} says that it is {written['stage']!r}.")
    faults = _unknown(written)
    stage = Stage(
        name=name,
        is_production=bool(content.get("is_production", name == PRODUCTION)),
        deploy=_deploy(content.get("deploy"), written, faults),
        written=written,
    )
    _check_settings(stage, faults)
    if faults:
        raise BadUsage(
            f"The settings of the stage {name} are not valid:\n"
            + "\n".join(f"  {fault}" for fault in faults),
            next_step="docs/settings.md says what each setting is for.",
        )
    return stage


_NOT_SETTINGS = frozenset({"deploy", "is_production"})


def save(stage: Stage) -> Path:
    """Write the stage's file."""
    path = path_of(stage.name)
    content = {
        **stage.written,
        "is_production": stage.is_production,
        "deploy": stage.deploy.model_dump(mode="json"),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def connect(stage: Stage) -> boto3.Session:
    """A session with the operator's credentials, in the stage's region.

    The local stage leads this process to the local AWS, unless it is led to another already.
    """
    if stage.name == LOCAL and "AWS_ENDPOINT_URL" not in os.environ:
        ports = Ports.from_environ(os.environ)
        os.environ.update(emulator.client_environment(ports.aws.number))
    return boto3.Session(region_name=stage.deploy.region)


def open_stage(name: str) -> OpenStage:
    """A deployed stage with its services. Raises BadUsage, or Failed where it is not deployed."""
    stage = load(name)
    # The service's own clients read these; there is one stage a process.
    os.environ["AWS_DEFAULT_REGION"] = stage.deploy.region
    session = connect(stage)
    outputs = deployed_outputs(session, stage)
    environment = stage.environment(outputs)
    return OpenStage(stage=stage, session=session, outputs=outputs, environment=environment)


def deployed_outputs(session: boto3.Session, stage: Stage) -> dict[str, str]:
    """What both stacks gave out. Raises Failed where the data stack is not there."""
    cloudformation = session.client("cloudformation")
    try:
        data = stacks.outputs(cloudformation, stage.data_stack)
        app = stacks.outputs(cloudformation, stage.app_stack)
    except (ClientError, BotoCoreError) as error:
        raise Failed(
            f"AWS cannot be asked about the stage {stage.name}: {error}",
            next_step=f"Look what is amiss with: python -m infra doctor {stage.name}",
        ) from error
    if data is None:
        raise Failed(
            f"The stage {stage.name} is not deployed.",
            next_step=f"Deploy it with: python -m infra deploy {stage.name}",
        )
    return data | (app or {})


def _local_addresses() -> dict[str, str]:
    """What follows from the ports of the local run, and stands in no file."""
    environment = stage_environment(Ports.from_environ(os.environ))
    return {name.lower(): value for name, value in environment.items()}


def _unknown(written: Mapping[str, object]) -> list[str]:
    known = set(Settings.model_fields)
    return [f"{name}: there is no such setting" for name in sorted(set(written) - known)]


def _deploy(given: object, written: Mapping[str, object], faults: list[str]) -> Deploy:
    # The local stage is never deployed, so its file says nothing of that.
    content = given if isinstance(given, dict) else {}
    fallback = str(written.get("office_email", "")) or NOT_YET
    try:
        return Deploy.model_validate({"alarm_email": fallback, **content})
    except ValidationError as error:
        faults.extend(f"deploy.{line}" for line in _lines(error))
        return Deploy(alarm_email="nobody@example.org")


def _check_settings(stage: Stage, faults: list[str]) -> None:
    try:
        _ = stage.settings
    except ValidationError as error:
        faults.extend(_lines(error))


def _lines(error: ValidationError) -> list[str]:
    """Each fault as ``name: what is wrong``, without what was entered."""
    return [
        f"{'.'.join(map(str, each['loc'])) or 'together'}: "
        f"{each['msg'].removeprefix('Value error, ')}"
        for each in error.errors()
    ]


def _as_variable(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)
