"""From a raw HTML form to a page's model, and back.

``parse`` collects everything that is wrong with a page at once, in our words only: no message
repeats what was typed. Fields that their condition hides are left unread, so that an answer
changed back and forth leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chalicelib.domain.errors import ServiceError, UnknownFields
from chalicelib.domain.forms.dates import write_time
from chalicelib.domain.forms.questions import (
    Field,
    Kind,
    Question,
    describe,
    input_names,
    is_shown,
)
from chalicelib.domain.forms.texts import tidy

Fields = Mapping[str, list[str]]

_Q = TypeVar("_Q", bound=Question)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right.

    ``anchor`` is the id of the input that the error summary links to. ``parts`` names the parts
    of a date that are wrong ("day", "month", "year"), so that only their inputs are marked.
    """

    field: str
    message: str
    anchor: str
    parts: tuple[str, ...] = ()


class Invalid(ServiceError):
    """The page cannot be saved as it is: ``problems`` says why, in the order of its fields."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("answers need correcting")
        self.problems = problems


def parse(model: type[_Q], fields: Fields, *, today: date) -> _Q:
    """Read a page's form. Raises ``UnknownFields`` (nobody typed that) or ``Invalid``."""
    if not input_names(model).issuperset(fields):
        raise UnknownFields("fields that the page does not ask for")
    raw: dict[str, Any] = {}
    problems: dict[str, Problem] = {}
    described = describe(model)
    for field in described:
        if not is_shown(field, raw):
            continue
        value = _read(field, fields)
        if value:
            raw[field.name] = value
        elif not field.optional:
            problems[field.name] = problem(field)
    question = _validate(model, raw, problems=problems, today=today)
    if question is None or problems:
        raise Invalid(tuple(problems[f.name] for f in described if f.name in problems))
    return question


def problem(field: Field, message: str = "", *, parts: tuple[str, ...] = ()) -> Problem:
    """A problem with a field: that it is empty, unless a message says otherwise."""
    anchor = f"{field.name}-{parts[0]}" if parts else field.anchor
    return Problem(field=field.name, message=message or field.empty, anchor=anchor, parts=parts)


def to_fields(question: Question) -> dict[str, list[str]]:
    """The form that would give this page's model: what its inputs are filled with."""
    fields: dict[str, list[str]] = {}
    for field in describe(type(question)):
        value = getattr(question, field.name)
        if value is None or value == ():
            continue
        texts = _texts(value)
        if field.kind is Kind.DATE:
            fields.update(zip(field.names, ([text] for text in texts), strict=True))
        else:
            fields[field.name] = texts
    return fields


def _texts(value: object) -> list[str]:
    if isinstance(value, date):
        return [str(value.day), str(value.month), str(value.year)]
    if isinstance(value, tuple):
        return [str(option) for option in value]
    return [write_time(value) if isinstance(value, time) else str(value)]


def _read(field: Field, fields: Fields) -> str | tuple[str, ...] | list[str] | None:
    """What the form says for a field; None or nothing when it is left blank."""
    if field.kind is Kind.DATE:
        parts = tuple(_single(fields, name) for name in field.names)
        return parts if any(parts) else None
    if field.kind is Kind.CHECKBOXES:
        return [value for value in fields.get(field.name, ()) if value]
    return _single(fields, field.name)


def _single(fields: Fields, name: str) -> str:
    values = fields.get(name)
    if not values:
        return ""
    if len(values) > 1:
        raise UnknownFields("a field stands twice in the form")
    return tidy(values[0])


def _validate(
    model: type[_Q], raw: dict[str, Any], *, problems: dict[str, Problem], today: date
) -> _Q | None:
    try:
        return model.model_validate(raw, context={"today": today})
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    fields = {field.name: field for field in describe(model)}
    for detail in details:
        context = detail.get("ctx", {})
        name = str(detail["loc"][0]) if detail["loc"] else context["field"]
        problems.setdefault(name, _explain(fields[name], detail))
    return None


def _explain(field: Field, detail: ErrorDetails) -> Problem:
    """Our words for what pydantic found. Anything it says in its own words reads as empty."""
    parts = detail.get("ctx", {}).get("parts", ())
    if detail["type"] == "after_subject":
        return problem(field, f"{field.subject} {detail['msg']}", parts=parts)
    if detail["type"] == "whole":
        return problem(field, detail["msg"])
    return problem(field)
