"""Our question models as WTForms: the same fields, words, options and rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovDateInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    DateField,
    EmailField,
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
    TelField,
)
from wtforms import TextAreaField as AreaField
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    StopValidation,
    ValidationError,
)

from chalicelib.domain.forms.questions import Field, Kind, Question, describe
from chalicelib.domain.forms.texts import AGE_LIMIT
from chalicelib.web.inputs import COUNTED_FROM

DATE_FORMATS = ["%d %m %Y", "%d %B %Y", "%d %b %Y"]
PHONE = r"\+?[0-9 ().\-/]{8,}(?:,? ?(?:ext|extension|x)\.? ?[0-9]{1,6})?"

Validator = Callable[[Any, Any], None]


class RequiredIf:
    """The field must be answered when another has this option, and is cleared when it has not."""

    def __init__(self, shown_when: tuple[str, str], message: str) -> None:
        self.other, self.option = shown_when
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if form[self.other].data != self.option:
            field.data, field.errors = None, []
            raise StopValidation
        if not any(text.strip() for text in field.raw_data or ()):
            raise StopValidation(self.message)


def past(today: date) -> Validator:
    """A date must not be in the future."""

    def check(_: Any, field: Any) -> None:
        if field.data and field.data > today:
            raise ValidationError(f"{field.label.text} must be today or in the past")

    return check


def form_for(model: type[Question], *, today: date) -> Any:
    """The form of a page. The class is made once, as if it were written out."""
    fields = {field.name: _field(field, today=today) for field in describe(model)}
    return type(f"{model.__name__}Form", (FlaskForm,), fields)


def _field(field: Field, *, today: date) -> Any:
    first = _presence(field)
    words: Mapping[str, Any] = {"label": field.label, "description": field.hint}
    limit = [Length(max=field.max_length)] if field.max_length else []
    match field.kind:
        case Kind.DATE:
            rules = [first, past(today)]
            return DateField(**words, format=DATE_FORMATS, widget=GovDateInput(), validators=rules)
        case Kind.RADIOS:
            choices = [SelectChoice(option.value, option.label) for option in field.options]
            return RadioField(**words, choices=choices, widget=GovRadioInput(), validators=[first])
        case Kind.EMAIL:
            return EmailField(**words, widget=GovTextInput(), validators=[first, Email()])
        case Kind.TEL:
            return TelField(**words, widget=GovTextInput(), validators=[first, Regexp(PHONE)])
        case Kind.NUMBER:
            rules = [first, NumberRange(0, AGE_LIMIT)]
            return IntegerField(**words, widget=GovTextInput(), validators=rules)
        case Kind.TEXTAREA:
            counted = (field.max_length or 0) >= COUNTED_FROM
            widget = GovCharacterCount() if counted else GovTextArea()
            return AreaField(**words, widget=widget, validators=[first, *limit])
    return StringField(**words, widget=GovTextInput(), validators=[first, *limit])


def _presence(field: Field) -> Validator:
    if field.shown_when:
        rule: Validator = RequiredIf(field.shown_when, field.empty)
    elif field.optional:
        rule = Optional()
    elif field.kind is Kind.DATE:
        rule = InputRequired(field.empty)
    else:
        rule = DataRequired(field.empty)
    return rule
