"""Every call in the service's code that writes a log line or a metric, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.project.files import text, tracked

CODE = tracked("app.py", "chalicelib/*.py", "chalicelib/**/*.py")
WRITERS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


@dataclass(frozen=True)
class Call:
    """One call, with its place."""

    place: str
    node: ast.Call

    def keyword(self, name: str) -> ast.expr | None:
        return next((each.value for each in self.node.keywords if each.arg == name), None)


def log_calls() -> list[Call]:
    """Calls of a module's ``log``."""
    return [call for call, owner, name in _calls() if owner == "log" and name in WRITERS]


def emissions() -> list[Call]:
    """Calls that write a metric."""
    return [call for call, _, name in _calls() if name in ("emit", "_emit")]


def _calls() -> Iterator[tuple[Call, str, str]]:
    for path in CODE:
        for node in ast.walk(ast.parse(text(path))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                name = owner.id if isinstance(owner, ast.Name) else ""
                yield Call(f"{path}:{node.lineno}", node), name, node.func.attr


def named_metrics() -> set[str]:
    """Members of ``Metric`` that the code names outside their list."""
    return {
        node.attr
        for path in CODE
        if path != "chalicelib/metrics.py"
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Metric"
    }
