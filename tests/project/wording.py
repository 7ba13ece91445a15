"""What people read: the text of templates and scripts, and every string of words in the code.

An expression in the middle of a text counts as one word, ``…``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from html import unescape

from jinja2 import nodes

from chalicelib.templating import environment
from tests.project.files import text, tracked

VALUE = "…"
ROOMS = ("chalicelib/domain", "chalicelib/services", "chalicelib/web")

_INLINE = re.compile(r"</?(?:a|cite|strong|span|b|em|abbr)\b[^>]*>")
_UNSEEN = re.compile(
    r'<style>.*?</style>|<svg.*?</svg>|<!.*?>|<span[^>]*aria-hidden="true">.*?</span>|&nbsp;',
    re.DOTALL,
)
_READ_ALOUD = re.compile(r'\b(?:aria-label|title|alt)="([^"]*)"')
_TAG = re.compile(r"<[^>]*>|\f", re.DOTALL)
_BREAK = re.compile(r"\n\s*\n|\f|\n\s*- |\n(?=[A-Z][\w ]*: )")
_WORDS = re.compile(r"[A-Za-z’)]+,? [A-Za-z’(-]+,? [A-Za-z’]+|^[A-Z][a-z’]+(?:[ -][a-z’]+)*$")
_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`([^`]*)`')
_HOLE = re.compile(r"\$?\{[^}]*\}|%[sd]")

Place = tuple[str, str]


def everything() -> Iterator[Place]:
    """Each text with the file that it stands in. A text is a paragraph, a line or a label."""
    for path in tracked("templates/*.html", "templates/*.txt"):
        yield from ((path, each) for each in template(path))
    for path in tracked(*(f"{room}/*.py" for room in ROOMS)):
        yield from ((path, each) for each in python(path))
    for path in tracked("templates/assets/*.js"):
        yield from ((path, each) for each in script(path))


def template(path: str) -> Iterator[str]:
    """The texts of a template, with each way that a condition can go."""
    tree = environment().parse(text(path))
    found = [_told(tree.body, branch) for branch in range(_most_branches(tree))]
    for condition in tree.find_all(nodes.If):
        found += [_told(body, 0) for body in _branches(condition)]
    split = _from_html if path.endswith(".html") else _from_text
    seen = dict.fromkeys(each for whole in found for each in split(whole))
    yield from seen
    yield from (each for each in _given(tree) if each not in seen)


def python(path: str) -> Iterator[str]:
    """The strings of a module that are words or a label, without its docstrings."""
    tree = ast.parse(text(path))
    apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    apart |= {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        if id(node) in apart:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            said = node.value
        elif isinstance(node, ast.JoinedStr):
            said = "".join(_part(part) for part in node.values)
        else:
            continue
        if _WORDS.search(said):
            yield from _from_html(_HOLE.sub(VALUE, said))


def script(path: str) -> Iterator[str]:
    """The strings of a script that are words."""
    code = re.sub(r"^\s*(//|\*|/\*).*$", "", text(path), flags=re.MULTILINE)
    for quoted, templated in _LITERAL.findall(code):
        said = _HOLE.sub(VALUE, quoted or templated)
        if _WORDS.search(said):
            yield said


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else VALUE


def _most_branches(tree: nodes.Template) -> int:
    return max((len(_branches(each)) for each in tree.find_all(nodes.If)), default=1)


def _branches(node: nodes.If) -> list[Sequence[nodes.Node]]:
    return [node.body, *(each.body for each in node.elif_), node.else_]


def _told(body: Sequence[nodes.Node], branch: int) -> str:
    """The text of nodes, where each condition goes the way of this number."""
    told = []
    for node in body:
        if isinstance(node, nodes.Output):
            told += [_output(each, branch) for each in node.nodes]
        elif isinstance(node, nodes.If):
            ways = _branches(node)
            told.append(_told(ways[min(branch, len(ways) - 1)], branch))
        elif isinstance(node, nodes.For):
            told.append(_told(node.body, branch))
        elif isinstance(node, nodes.Macro | nodes.CallBlock | nodes.Block | nodes.FilterBlock):
            told.append(f"\f{_told(node.body, branch)}\f")
    return "".join(told)


def _output(node: nodes.Node, branch: int) -> str:
    if isinstance(node, nodes.TemplateData):
        return str(node.data)
    if isinstance(node, nodes.Const):
        return str(node.value)
    if isinstance(node, nodes.CondExpr):
        chosen = node.expr1 if branch == 0 else node.expr2
        return _output(chosen, branch) if chosen else ""
    return VALUE


def _given(tree: nodes.Template) -> Iterator[str]:
    """The texts that are handed to components."""
    for const in tree.find_all(nodes.Const):
        if isinstance(const.value, str) and _WORDS.search(const.value):
            yield _HOLE.sub(VALUE, const.value)


def _from_html(source: str) -> Iterator[str]:
    source = _UNSEEN.sub(" ", source)
    yield from filter(None, _READ_ALOUD.findall(source))
    for piece in _TAG.split(_INLINE.sub("", source)):
        yield from _tidy(piece)


def _from_text(source: str) -> Iterator[str]:
    for piece in _BREAK.split(source):
        yield from _tidy(piece)


def _tidy(piece: str) -> Iterator[str]:
    said = " ".join(unescape(piece).split())
    if said:
        yield said
