"""What a question page is made of.

A page is one frozen pydantic model, a ``Question``. Every field is annotated with an ``Ask``: the
words that a person reads. The field's type says the rest (its input, its limit, its options), so
that templates can loop over ``layout(model)`` and know no page by name.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError


class Kind(StrEnum):
    """The input that a field is asked with."""

    TEXT = "text"
    TEXTAREA = "textarea"
    DATE = "date"
    RADIOS = "radios"
    CHECKBOXES = "checkboxes"
    SELECT = "select"
    EMAIL = "email"
    TEL = "tel"
    POSTCODE = "postcode"
    NUMBER = "number"


DATE_PARTS = ("day", "month", "year")


class Choice(StrEnum):
    """The options of a radio, checkbox or select field, with their words.

    A member is written ``NAME = "value", "Label", "Hint", "Group"``; the last two may be left out.
    """

    label: str
    hint: str
    group: str

    def __new__(cls, value: str, label: str = "", hint: str = "", group: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.hint = hint
        member.group = group
        return member

    @property
    def exclusive(self) -> bool:
        """Whether this option contradicts every other one of a set of checkboxes."""
        return self.value in ("none", "unknown")


@dataclass(frozen=True, slots=True)
class Input:
    """How a type of answer is asked. Part of the type, beside its validator."""

    kind: Kind
    _: KW_ONLY
    max_length: int | None = None
    rows: int | None = None
    width: str = ""
    inputmode: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """The words of one field.

    ``empty`` is what to say when it must be answered and is not. ``subject`` begins the messages
    about a wrong answer ("Date of birth must be a real date"); it is the label unless given.
    ``shown_when`` names another field of the page and the one option that reveals this field.
    ``row`` joins neighbouring fields into one row of the summary. ``replaces`` says that the
    summary shows this field instead of the option that revealed it, which adds nothing to it.
    """

    label: str
    _: KW_ONLY
    empty: str = ""
    subject: str = ""
    hint: str = ""
    shown_when: tuple[str, str] | None = None
    optional: bool = False
    kind: Kind | None = None
    width: str = ""
    autocomplete: str = ""
    row: str = ""
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a field, and the fields that it reveals."""

    value: str
    label: str
    hint: str
    group: str
    exclusive: bool
    reveals: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a page, ready for a template.

    ``label`` is what the page shows, with "(optional)" where it applies; ``row`` is what the
    summary shows. ``names`` are the names of its inputs, three for a date, else its own.
    ``width`` is in GOV.UK's fixed steps of characters ("2" to "30"), or empty for the full width.
    """

    name: str
    label: str
    row: str
    subject: str
    empty: str
    hint: str
    kind: Kind
    optional: bool
    options: tuple[Option, ...]
    shown_when: tuple[str, str] | None
    max_length: int | None
    rows: int | None
    width: str
    inputmode: str
    autocomplete: str
    replaces: bool
    names: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """The id of the input that an error about the whole field links to."""
        return self.names[0]


class Question(BaseModel):
    """The answers of one page: what the form sends, the draft keeps and the referral holds.

    The validation context ``{"today": date}`` turns on the checks that belong to the moment of
    answering. Without it, a value is being read back from where it was kept.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, hide_input_in_errors=True
    )

    intro: ClassVar[tuple[str, ...]] = ()
    notice: ClassVar[str] = ""

    @property
    def headline(self) -> str:
        """What to call this entry in a list of entries."""
        return ""

    @model_validator(mode="after")
    def _hold_conditions(self) -> Self:
        """A field is answered when its condition holds, and absent when it does not."""
        for field in revealed_fields(type(self)):
            shown = is_shown(field, self.__dict__)
            answered = getattr(self, field.name) not in (None, ())
            if answered is not shown and not (shown and field.optional):
                raise PydanticCustomError("condition", "condition", {"field": field.name})
        return self


def is_shown(field: Field, values: Mapping[str, Any]) -> bool:
    """Whether the answers given so far, raw or typed, reveal a field."""
    if field.shown_when is None:
        return True
    other, option = field.shown_when
    value = values.get(other)
    return value == option if isinstance(value, str) else option in (value or ())


@functools.cache
def describe(model: type[Question]) -> tuple[Field, ...]:
    """Every field of a page in order, those revealed by an option included."""
    fields: dict[str, Field] = {}
    for name in reversed(model.model_fields):
        fields[name] = _describe_field(model, name, fields)
    return tuple(reversed(fields.values()))


@functools.cache
def layout(model: type[Question]) -> tuple[Field, ...]:
    """The fields of a page that are always shown; the others hang on ``option.reveals``."""
    return tuple(field for field in describe(model) if field.shown_when is None)


@functools.cache
def revealed_fields(model: type[Question]) -> tuple[Field, ...]:
    """The fields of a page that an option reveals."""
    return tuple(field for field in describe(model) if field.shown_when is not None)


@functools.cache
def input_names(model: type[Question]) -> frozenset[str]:
    """The names of all inputs of a page: nothing else may stand in its form."""
    return frozenset(name for field in describe(model) for name in field.names)


def _describe_field(model: type[Question], name: str, later: Mapping[str, Field]) -> Field:
    info = model.model_fields[name]
    parts = (*info.metadata, *_parts(info.annotation))
    ask = next(part for part in parts if isinstance(part, Ask))
    choice: type[Choice] | None = next((part for part in parts if isinstance(part, type)), None)
    asked = _input(parts, ask)
    optional = ask.optional or not (info.is_required() or ask.shown_when)
    return Field(
        name=name,
        label=f"{ask.label} (optional)" if optional else ask.label,
        row=ask.row or ask.label,
        subject=ask.subject or ask.label,
        empty=ask.empty,
        hint=ask.hint,
        kind=asked.kind,
        optional=optional,
        options=_options(choice, name=name, later=later),
        shown_when=ask.shown_when,
        max_length=asked.max_length,
        rows=asked.rows,
        width=ask.width or asked.width,
        inputmode=asked.inputmode,
        autocomplete=ask.autocomplete,
        replaces=ask.replaces,
        names=_names(name, asked.kind),
    )


def _names(name: str, kind: Kind) -> tuple[str, ...]:
    return tuple(f"{name}-{part}" for part in DATE_PARTS) if kind is Kind.DATE else (name,)


def _input(parts: tuple[Any, ...], ask: Ask) -> Input:
    if ask.kind is not None:
        return Input(ask.kind)
    return next((part for part in parts if isinstance(part, Input)), Input(Kind.RADIOS))


def _options(
    choice: type[Choice] | None, *, name: str, later: Mapping[str, Field]
) -> tuple[Option, ...]:
    if choice is None:
        return ()
    revealed = [field for field in reversed(list(later.values())) if field.shown_when]
    return tuple(
        Option(
            value=option.value,
            label=option.label,
            hint=option.hint,
            group=option.group,
            exclusive=option.exclusive,
            reveals=tuple(f for f in revealed if f.shown_when == (name, option.value)),
        )
        for option in choice
    )


def _parts(annotation: Any) -> Iterator[Any]:
    """The pieces that a field's type is made of: metadata, and classes of options."""
    yield from getattr(annotation, "__metadata__", ())
    if isinstance(annotation, type) and issubclass(annotation, Choice):
        yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
