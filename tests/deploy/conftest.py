"""One stage, deployed once a session by the command line to a local AWS that checks policies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from infra.build import OUTPUT
from infra.cli import app, stages
from infra.cli.stages import Stage
from infra.deploying.shipping import Shipping
from infra.local import emulator, trial, waiting

NAME = "deploy-test"


@dataclass
class Site:
    """The deployed stage. ``env`` leads a process to it, ``first`` is what the deployment said."""

    env: Mapping[str, str]
    folder: Path
    first: dict[str, Any]

    def run(self, *words: str, code: int = 0) -> Result:
        """Run a command on the stage and expect its exit code."""
        command, *rest = words
        result = CliRunner().invoke(app.build(), [command, NAME, *rest], env=dict(self.env))
        assert result.exit_code == code, (words, result.output, result.exception)
        return result

    def built(self, *words: str, code: int = 0) -> Result:
        """Run ``deploy`` or ``diff`` with what the first deployment built."""
        return self.run(*words, "--build", str(self.folder / "build"), code=code)

    def json(self, *words: str, code: int = 0) -> dict[str, Any]:
        """Run a command for a machine; what it found."""
        return dict(json.loads(self.run(*words, "--json", code=code).stdout))

    def set(self, **changes: object) -> None:
        """Change settings in the stage's file; ``deploy`` ones as a dictionary of that name."""
        path = self.folder / f"{NAME}.json"
        content = json.loads(path.read_text())
        deploy = content["deploy"] | dict(changes.pop("deploy", {}))  # type: ignore[call-overload]
        path.write_text(json.dumps(content | changes | {"deploy": deploy}))

    def client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.env["AWS_ENDPOINT_URL"],
            region_name=emulator.REGION,
            aws_access_key_id=self.env["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.env["AWS_SECRET_ACCESS_KEY"],
        )

    def function_variables(self) -> dict[str, str]:
        """The variables that the pages' function has now."""
        name = self.first["outputs"]["APIHandlerName"]
        found = self.client("lambda").get_function_configuration(FunctionName=name)
        return dict(found["Environment"]["Variables"])

    @property
    def version(self) -> str:
        return self.function_variables()["VERSION"].rpartition("+")[2]

    @property
    def stage(self) -> Stage:
        content = json.loads((self.folder / f"{NAME}.json").read_text())
        return stages.parse(NAME, content)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A stage that was deployed from nothing."""
    folder = tmp_path_factory.mktemp("site")
    port = waiting.free_port()
    child = emulator.launch(port, log=folder / "aws.log", enforce=True)
    try:
        waiting.until_ready(child, port, path=emulator.HEALTH)
        env = trial.environment(port, folder) | {"COLUMNS": "200"}
        (folder / f"{NAME}.json").write_text(json.dumps(trial.stage_file(NAME)))
        made = Site(env, folder, {})
        trial.verify_sender(port)
        made.first = made.json("deploy")
        shutil.copytree(OUTPUT / NAME, folder / "build")
        yield made
    finally:
        child.stop()


@pytest.fixture
def shipping(site: Site, monkeypatch: pytest.MonkeyPatch) -> Shipping:
    """The way of a change set to the deployed stage."""
    for name, value in site.env.items():
        monkeypatch.setenv(name, value)
    return Shipping(site.stage, stages.connect(site.stage))
