"""Every alarm leads to its heading in the runbook, and every heading there belongs to an alarm."""

from __future__ import annotations

import re
from itertools import dropwhile, takewhile

import pytest

from tests.infra.template import INFRA, load
from tests.project import pages
from tests.project.test_runbook_commands import faults

PAGE = "docs/runbook.md"
CHAPTER = (2, "alarms")
ALARMS = {
    name: str(resource["Properties"]["AlarmDescription"])
    for template in sorted(INFRA.glob("*.yaml"))
    for name, resource in load(template.name)["Resources"].items()
    if resource.get("Type") == "AWS::CloudWatch::Alarm"
}


def chapter() -> list[str]:
    """The anchors of the headings below that of the alarms."""
    found = dropwhile(lambda heading: heading != CHAPTER, pages.headings(PAGE))
    next(found)
    return [anchor for _, anchor in takewhile(lambda heading: heading[0] > CHAPTER[0], found)]


def leads_to(name: str) -> str:
    """The heading that an alarm's text names."""
    found = re.findall(r"docs/runbook\.md#([\w-]+)", ALARMS[name])
    assert len(found) == 1, f"{name} names {len(found)} headings"
    return str(found[0])


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_has_its_heading(name: str):
    assert leads_to(name) in chapter()


def test_every_heading_belongs_to_an_alarm():
    assert set(chapter()) == {leads_to(name) for name in ALARMS}


@pytest.mark.parametrize("name", ALARMS)
def test_the_commands_in_an_alarm_exist(name: str):
    named = re.findall(r"`([^`]+)`", ALARMS[name])

    assert [fault for line in named for fault in faults(f"python -m infra {line}")] == []
