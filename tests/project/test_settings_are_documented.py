"""Every setting has its row in the page that an operator reads."""

from __future__ import annotations

import pytest

from chalicelib.settings import Settings
from infra.local import settings as local
from tests.project.files import text

PAGE = "docs/settings.md"


@pytest.mark.parametrize("field", Settings.model_fields)
def test_a_setting_is_documented(field):
    assert f"`{field.upper()}`" in text(PAGE)


@pytest.mark.parametrize("field", ["pages", "mailbox", "smtp", "aws"])
def test_a_port_of_the_local_run_is_documented(field):
    port = getattr(local.Ports.from_environ({}), field)

    assert f"`{port.setting}`" in text(PAGE)


@pytest.mark.parametrize("setting", ["CLAMD_SOCKET", "CLAMD_ADDRESS"])
def test_a_scanner_of_the_local_run_is_documented(setting):
    assert setting in text("infra/local/scanning.py")
    assert f"`{setting}`" in text(PAGE)


def test_the_demo_partnership_sets_only_what_is_a_setting():
    names = local.stage_environment(local.Ports.from_environ({}))

    assert {name.lower() for name in names} <= set(Settings.model_fields)
