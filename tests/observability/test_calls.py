"""What the code writes into the log: constant words, and identifiers from a closed list."""

from __future__ import annotations

import ast

import pytest

from chalicelib.domain import errors
from chalicelib.metrics import Metric, of_failure
from tests.observability.calls import Call, emissions, log_calls, named_metrics
from tests.project.files import text

FIELDS = {
    "attachment_id",
    "code",
    "duration_ms",
    "error",
    "gateway_request_id",
    "kind",
    "limit",
    "message_id",
    "method",
    "operation",
    "reasons",
    "reference",
    "report",
    "role",
    "route",
    "sent",
    "status",
    "waited_ms",
}
# These make fields whose names are listed, or are held by tests of their own.
MAKERS = {"_ids": {"kind", "message_id", "reference", "role"}, "failure": {"error", "frames"}}
NAMED_BY_FAILURES = {"AWS_UNAVAILABLE", "SEAL_BROKEN"}


def fields(node: ast.expr, names: dict[str, ast.expr]) -> set[str]:
    """The keys of an ``extra``, which is a literal, a maker, a name of one, or several joined."""
    match node:
        case ast.Dict():
            inner = [fields(v, names) for k, v in zip(node.keys, node.values, strict=True) if not k]
            written = {ast.literal_eval(key) for key in node.keys if key}
            return written.union(*inner)
        case ast.BinOp(op=ast.BitOr()):
            return fields(node.left, names) | fields(node.right, names)
        case ast.Call(func=ast.Name(id=maker) | ast.Attribute(attr=maker)) if maker in MAKERS:
            return MAKERS[maker]
        case ast.Name() if node.id in names:
            return fields(names[node.id], names)
        case _:
            raise AssertionError(f"cannot tell the fields of {ast.unparse(node)}")


def assigned(call: Call) -> dict[str, ast.expr]:
    """What the call's file assigns to names called ``extra``."""
    path = call.place.partition(":")[0]
    return {
        target.id: node.value
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id == "extra"
    }


def message(call: Call) -> ast.expr:
    is_levelled = isinstance(call.node.func, ast.Attribute) and call.node.func.attr == "log"
    return call.node.args[1 if is_levelled else 0]


LOG_CALLS = [call for call in log_calls() if not call.place.startswith("chalicelib/metrics.py")]


def test_the_calls_are_found():
    assert len(LOG_CALLS) >= 12
    assert len(emissions()) >= 25


@pytest.mark.parametrize("call", LOG_CALLS, ids=lambda call: call.place)
def test_a_log_line_has_constant_words_and_named_identifiers(call: Call):
    words = message(call)
    assert isinstance(words, ast.Constant)
    assert isinstance(words.value, str)
    assert "%" not in words.value
    assert "{" not in words.value
    extra = call.keyword("extra")
    if extra is not None:
        allowed = FIELDS | {"frames"}
        assert fields(extra, assigned(call)) <= allowed


@pytest.mark.parametrize("call", emissions(), ids=lambda call: call.place)
def test_a_metric_is_told_of_its_own_dimension_and_of_nothing_else(call: Call):
    first = call.node.args[0]
    named = (
        Metric[first.attr].dimension
        if isinstance(first, ast.Attribute) and ast.unparse(first.value) == "Metric"
        else ""
    )
    assert bool(named) == (call.keyword("of") is not None)
    assert {each.arg for each in call.node.keywords} <= {"of", "reference"}


@pytest.mark.parametrize("metric", Metric, ids=lambda metric: metric.title)
def test_a_metric_is_written_somewhere(metric: Metric):
    assert metric.name in named_metrics() | NAMED_BY_FAILURES


def test_what_fails_is_counted_where_a_metric_counts_it():
    assert of_failure(errors.Tampered()) is Metric.SEAL_BROKEN
    assert of_failure(errors.Unavailable()) is Metric.AWS_UNAVAILABLE
    assert of_failure(errors.MailUnavailable()) is None
    assert of_failure(errors.StaleVersion()) is None


def test_no_metric_has_the_name_of_another_or_of_a_log_field():
    titles = [metric.title for metric in Metric]
    assert len(set(titles)) == len(titles)
    assert not {title.lower() for title in titles} & FIELDS
