"""The local AWS: MiniStack, in an environment of its own and on this machine's loopback only.

It is for trying and testing. Its key service is not real encryption.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path

import boto3

from infra.build import templates
from infra.deploying import stacks
from infra.local import processes, waiting
from infra.local.processes import Child

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-aws" / "bin" / "python"
SERVER = Path(__file__).with_name("ministack_server.py")
REGION = "eu-west-2"
STACK_NAME = "safeguarding-local-data"
HEALTH = "/_ministack/health"


def plain_environment() -> dict[str, str]:
    """This process's environment without whatever leads to a real AWS account."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return kept | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def client_environment(port: int) -> dict[str, str]:
    """The variables that lead an AWS client to the local AWS."""
    return {
        "AWS_ENDPOINT_URL": f"http://{waiting.HOST}:{port}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",  # pragma: allowlist secret
    }


def launch(port: int, *, log: Path, state: Path | None = None, enforce: bool = False) -> Child:
    """Start the local AWS; it answers on ``HEALTH`` when it is ready.

    With ``state`` it keeps its data in that folder; with ``enforce`` it checks signatures and
    policies as AWS does.
    """
    own = {
        "BIND_HOST": waiting.HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": waiting.HOST,
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AUTH": "true" if enforce else "false",
        "PERSIST_STATE": "1" if state else "0",
        "S3_PERSIST": "1" if state else "0",
    }
    if state:
        (state / "s3").mkdir(parents=True, exist_ok=True)
        own |= {"STATE_DIR": str(state / "state"), "S3_DATA_DIR": str(state / "s3")}
    return processes.start("AWS", [PYTHON, SERVER], environment=plain_environment() | own, log=log)


def provision(
    environment: Mapping[str, str], *, base_url: str = "http://127.0.0.1:8000"
) -> dict[str, str]:
    """Create or update the data stack; return the settings that name its parts.

    Files may be sent from the pages at ``base_url``.
    """
    cloudformation = boto3.client(
        "cloudformation",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    outputs = stacks.deploy(
        cloudformation,
        STACK_NAME,
        template=_data_template(),
        parameters={"Stage": "local", "BaseUrl": base_url},
        poll_seconds=0.05,
    )
    return {
        "TABLE_NAME": outputs["TableName"],
        "REFERRALS_BUCKET": outputs["ReferralsBucket"],
        "QUARANTINE_BUCKET": outputs["QuarantineBucket"],
        "ATTACHMENTS_BUCKET": outputs["AttachmentsBucket"],
        "DATA_KEY_ID": outputs["DataKeyId"],
        "STORAGE_KEY_ID": outputs["StorageKeyId"],
        "LOOKUP_KEY_ID": outputs["LookupKeyId"],
    }


@functools.cache
def _data_template() -> str:
    """Read once a process: tests make the same stack again and again."""
    return templates.body(templates.merged(templates.DATA))
