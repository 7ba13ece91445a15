"""The local run's ports: numbers that can be used, and advice where they cannot."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from infra.local.settings import BadPort, Ports


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_the_ports_have_defaults():
    ports = Ports.from_environ({})

    assert ports.pages.address == "http://127.0.0.1:8000"
    assert ports.mailbox.address == "http://127.0.0.1:8025"
    assert ports.aws.address == "http://127.0.0.1:4566"


@pytest.mark.parametrize("value", ["0", "65536", "-1", "80a", " 80", "٨٠"])
def test_a_port_that_is_no_port_is_refused(value):
    with pytest.raises(BadPort, match="MAIL_PORT must be a number from 1 to 65535"):
        Ports.from_environ({"MAIL_PORT": value})


def test_a_taken_port_is_named_with_its_setting(taken_port):
    ports = Ports.from_environ({"AWS_PORT": str(taken_port), **others()})

    with pytest.raises(BadPort, match=rf"Port {taken_port} for AWS is taken") as refused:
        ports.check()
    assert "make run AWS_PORT=" in str(refused.value)


def test_two_settings_may_not_name_one_port():
    chosen = others() | {"AWS_PORT": others()["PORT"]}

    with pytest.raises(BadPort, match="PORT and AWS_PORT are both"):
        Ports.from_environ(chosen).check()


def others() -> dict[str, str]:
    """Three ports below the range that the system gives out, so that nothing takes them."""
    return {"PORT": "21801", "MAIL_PORT": "21802", "MAIL_SMTP_PORT": "21803"}
