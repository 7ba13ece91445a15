"""Our CloudFormation templates as plain data, and several of them as one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from infra.build.errors import BuildFailed

INFRA = Path(__file__).parents[1]
# The parts of the stack that is never lost, as one template.
DATA = tuple(INFRA / f"{name}.yaml" for name in ("data", "keys", "buckets", "attachments"))
# What is merged into Chalice's template, in this order.
MERGED = tuple(
    INFRA / f"{name}.yaml"
    for name in (
        *("app", "gateway", "mail", "scanning", "health", "dashboard"),
        *("alarms", "alarms-people", "alarms-machinery"),
    )
)

Template = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Turns ``!Ref x`` into ``{"Ref": "x"}``, as CloudFormation itself does."""


def load(path: Path) -> Template:
    """A YAML template with its short intrinsics written out."""
    template: Template = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a kind of SafeLoader
    return template


def merged(paths: Sequence[Path]) -> Template:
    """The templates as one. Raises BuildFailed where two of them say different things."""
    whole: Template = {}
    for path in paths:
        whole = _joined(whole, load(path), where=path.name)
    return whole


def body(template: Template) -> str:
    """The template as CloudFormation takes it: the same template is the same text."""
    return json.dumps(template, sort_keys=True, separators=(",", ":"))


def _joined(first: Mapping[str, Any], second: Mapping[str, Any], *, where: str) -> Template:
    whole = dict(first)
    for key, value in second.items():
        place = f"{where}: {key}"
        if key not in whole or whole[key] == value:
            whole[key] = value
        elif key == "Description":
            # Each file describes itself; the stack keeps the first one's.
            continue
        elif isinstance(value, Mapping) and isinstance(whole[key], Mapping):
            whole[key] = _joined(whole[key], value, where=place)
        else:
            raise BuildFailed(f"{place} is also in an earlier template, with another value.")
    return whole


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)
