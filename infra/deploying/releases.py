"""Releases: what a deployment puts on a stage, and the record of what was put there.

Everything lies in the stage's bucket of artifacts, by digest, so that uploading twice is the same
as once and a release that ran can run again::

    code/<sha256 of the zip>.zip
    releases/<version>/template.json      everything that CloudFormation needs
    releases/<version>/sbom.json
    deployments/<moment>-<version>.json   one for each deployment that passed its smoke test
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict

from chalicelib.settings import VERSION

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

VERSION_DIGITS = 12
FUNCTIONS = ("AWS::Serverless::Function", "AWS::Lambda::Function")


class Release(BaseModel):
    """A release as it is kept: its template has the code's place and every setting in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    template: str
    parameters: dict[str, str]
    code: str

    @property
    def template_key(self) -> str:
        return f"releases/{self.version}/template.json"


class Deployed(BaseModel):
    """That a release was put on the stage, and stood its smoke test."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    at: datetime
    parameters: dict[str, str]
    code: str


@dataclass(frozen=True)
class Sources:
    """What a release is made of: a build, and a stage's values."""

    template: Path
    digest: str
    environment: Mapping[str, str]
    values: Mapping[str, str]


def make(sources: Sources, *, bucket: str) -> Release:
    """The release that these sources make. The same sources make the same version."""
    template: dict[str, Any] = json.loads(sources.template.read_text(encoding="utf-8"))
    code = f"code/{sources.digest}.zip"
    for resource in template["Resources"].values():
        if resource["Type"] in FUNCTIONS:
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": code}
    variables = _variables(template)
    for name, value in sources.environment.items():
        variables.setdefault(name, value)
    parameters = values_for(template, sources.values)
    version = _version(template, parameters)
    variables["VERSION"] = f"{VERSION}+{version}"
    template.setdefault("Outputs", {})["Version"] = {"Value": version}
    return Release(version=version, template=_canonical(template), parameters=parameters, code=code)


def values_for(template: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, str]:
    """The value of each of the template's parameters that we know; the others have defaults."""
    return {name: values[name] for name in template.get("Parameters", {}) if name in values}


def camel(name: str) -> str:
    """How a setting is called as a template's parameter: ``alarm_email`` is ``AlarmEmail``."""
    return "".join(word.capitalize() for word in name.split("_"))


def _variables(template: dict[str, Any]) -> dict[str, Any]:
    """The variables that every function gets, to be added to."""
    function = template.setdefault("Globals", {}).setdefault("Function", {})
    found: dict[str, Any] = function.setdefault("Environment", {}).setdefault("Variables", {})
    return found


def _version(template: Mapping[str, Any], parameters: Mapping[str, str]) -> str:
    whole = _canonical({"template": template, "parameters": parameters})
    return hashlib.sha256(whole.encode()).hexdigest()[:VERSION_DIGITS]


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Artifacts:
    """A stage's bucket of artifacts."""

    s3: S3Client
    bucket: str

    def upload(self, release: Release, *, code: Path, sbom: Path) -> None:
        """Put what the release needs, as far as it is not there yet."""
        self._put_once(release.code, code.read_bytes())
        self._put_once(f"releases/{release.version}/sbom.json", sbom.read_bytes())
        self.upload_template(release)

    def upload_template(self, release: Release) -> str:
        """Put the template alone; returns the address that CloudFormation reads it from."""
        self._put_once(release.template_key, release.template.encode())
        return self._address(release.template_key)

    def record(self, deployed: Deployed) -> None:
        """Keep that a release was deployed."""
        moment = deployed.at.strftime("%Y%m%dT%H%M%S.%fZ")
        key = f"deployments/{moment}-{deployed.version}.json"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=deployed.model_dump_json().encode())

    def history(self) -> Sequence[Deployed]:
        """What was deployed, the newest first."""
        pages = self.s3.get_paginator("list_objects_v2")
        keys = [
            each["Key"]
            for page in pages.paginate(Bucket=self.bucket, Prefix="deployments/")
            for each in page.get("Contents", [])
        ]
        return [Deployed.model_validate_json(self._get(key)) for key in sorted(keys, reverse=True)]

    def release(self, deployed: Deployed) -> Release:
        """The release that was deployed then."""
        key = f"releases/{deployed.version}/template.json"
        return Release(
            version=deployed.version,
            template=self._get(key).decode(),
            parameters=deployed.parameters,
            code=deployed.code,
        )

    def _get(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def _put_once(self, key: str, content: bytes) -> None:
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=key, MaxKeys=1)
        if not listed.get("KeyCount"):
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)

    def _address(self, key: str) -> str:
        """The object's plain address, which the client knows how to build for any endpoint."""
        signed = self.s3.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": key}
        )
        return urlunsplit(urlsplit(signed)._replace(query=""))


def previous(history: Sequence[Deployed], current: str) -> Deployed | None:
    """The newest deployment of another version than the current one."""
    return next((each for each in history if each.version != current), None)


def find(history: Sequence[Deployed], version: str) -> Deployed | None:
    """The newest deployment of ``version``, of which the first digits are enough."""
    if not re.fullmatch(r"[0-9a-f]{4,12}", version):
        return None
    return next((each for each in history if each.version.startswith(version)), None)
