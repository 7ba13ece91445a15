"""Files and functions stay small enough to read at a sitting."""

from __future__ import annotations

import ast

import pytest

from tests.project.files import text, tracked

CODE = ("*.py", "*.html", "*.scss", "*.js", "*.yaml", "Makefile")
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 50
LINES_OF_NINE_FUNCTIONS_IN_TEN = 24


def functions(path: str) -> list[tuple[str, int]]:
    """Each function's place and its number of lines, its docstring not counted."""
    found = []
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if ast.get_docstring(node):
                documentation = node.body[0]
                lines -= (documentation.end_lineno or 0) - documentation.lineno + 1
            found.append((f"{path}:{node.lineno} {node.name}", lines))
    return found


@pytest.mark.parametrize("path", tracked(*CODE))
def test_no_file_is_too_long_to_read(path):
    assert len(text(path).splitlines()) < MOST_LINES_OF_A_FILE


@pytest.mark.parametrize("path", tracked("*.py"))
def test_no_function_is_too_long_to_read(path):
    assert not [each for each in functions(path) if each[1] > MOST_LINES_OF_A_FUNCTION]


def test_nine_functions_in_ten_are_short():
    lengths = [
        lines
        for path in tracked("app.py", "chalicelib", "infra")
        if path.endswith(".py")
        for _, lines in functions(path)
    ]
    short = [lines for lines in lengths if lines < LINES_OF_NINE_FUNCTIONS_IN_TEN]

    assert len(short) >= 0.9 * len(lengths)
