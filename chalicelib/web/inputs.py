"""The inputs of a form, each with what stands in it and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.forms.parsing import Problem
from chalicelib.domain.forms.questions import DATE_PARTS, Field, Kind, Option

# From this length on, how much may still be typed is worth saying.
COUNTED_FROM = 10_000

Values = Mapping[str, list[str]]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """One field of a form.

    ``values`` are what is typed or ticked, ``parts`` what is typed in the parts of a date.
    ``revealed`` holds, by the option that reveals them, the fields beneath this one.
    """

    field: Field
    values: tuple[str, ...]
    parts: Mapping[str, str]
    problem: Problem | None
    revealed: Mapping[str, tuple[Filled, ...]]

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def error(self) -> str:
        return self.problem.message if self.problem else ""

    @property
    def wrong(self) -> tuple[str, ...]:
        """The parts of a date that the error is about."""
        return self.problem.parts if self.problem else ()

    @property
    def maxlength(self) -> int | None:
        """The limit that a counter counts down to."""
        limit = self.field.max_length
        return limit if limit and limit >= COUNTED_FROM else None

    @property
    def hints(self) -> dict[str, str]:
        return {option.value: option.hint for option in self.field.options if option.hint}

    @property
    def options(self) -> list[Pair]:
        """The options that stand in no group."""
        return [_pair(option) for option in self.field.options if not option.group]

    @property
    def groups(self) -> list[tuple[str, list[Pair]]]:
        found: dict[str, list[Pair]] = {}
        for option in self.field.options:
            if option.group:
                found.setdefault(option.group, []).append(_pair(option))
        return list(found.items())

    @property
    def exclusive(self) -> list[str]:
        """The options that contradict all others. They stand last."""
        return [option.value for option in self.field.options if option.exclusive]


def fill(field: Field, values: Values, problems: Mapping[str, Problem]) -> Filled:
    """A field, and those that it reveals, with the form's values and problems."""
    parts = {}
    if field.kind is Kind.DATE:
        texts = (values.get(name, [""])[0] for name in field.names)
        parts = dict(zip(DATE_PARTS, texts, strict=True))
    return Filled(
        field,
        values=tuple(values.get(field.name, ())),
        parts=parts,
        problem=problems.get(field.name),
        revealed={
            option.value: tuple(fill(inner, values, problems) for inner in option.reveals)
            for option in field.options
            if option.reveals
        },
    )


def _pair(option: Option) -> Pair:
    return option.value, option.label
