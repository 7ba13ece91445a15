"""The types of answers that people type, and of options that they tick.

Every validator takes what the form sent or what was kept, and gives the one form that is kept:
reading a kept value back gives the same value. What is wrong is said in our words only, as one
of two kinds of error: ``after_subject`` ("… must be a real date") follows the field's subject,
``whole`` is a sentence of its own. ``empty`` asks for the field's own empty message.
"""

import re
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from chalicelib.domain.forms.questions import Choice, Input, Kind

LINE_LIMIT = 200
ADDRESS_LIMIT = 1_000
FREE_TEXT_LIMIT = 20_000

_EMPTY = "empty"
_AFTER_SUBJECT = "after_subject"
_WHOLE = "whole"

# Lone surrogates cannot be written as UTF-8, so they are refused with the control characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")
_BLANK = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
"""All white space, and what takes no room at all: one ``strip`` stays linear on any text."""


def _text(value: object, limit: int) -> str:
    """Text with one kind of line end and nothing unprintable, at most ``limit`` characters."""
    if not isinstance(value, str):
        raise PydanticCustomError(_EMPTY, "empty")
    text = tidy(value)
    if not text:
        raise PydanticCustomError(_EMPTY, "empty")
    if len(text) > limit:
        raise PydanticCustomError(
            _AFTER_SUBJECT, "must be {limit} characters or fewer", {"limit": f"{limit:,}"}
        )
    if _UNPRINTABLE.search(text):
        raise PydanticCustomError(
            _AFTER_SUBJECT,
            "must not include characters that cannot be printed. Type the text again",
        )
    return text


def tidy(value: str) -> str:
    """The text with line ends as a newline, and without blanks around it."""
    text = value
    if "\r" in text or not text.isascii():
        text = _LINE_ENDS.sub("\n", text)
    return text.strip(_BLANK)


def line(value: object) -> str:
    """One line of text."""
    text = _text(value, LINE_LIMIT)
    return " ".join(text.split()) if "\n" in text or "\t" in text else text


def address(value: object) -> str:
    """An address, on as many lines as it was written."""
    return _text(value, ADDRESS_LIMIT)


def free_text(value: object) -> str:
    """An account in a person's own words."""
    return _text(value, FREE_TEXT_LIMIT)


_PHONE = re.compile(r"\+?[0-9 ().\-/]+(?:,? ?(?:ext|extension|x)\.? ?[0-9]{1,6})?", re.IGNORECASE)
_EXTENSION = re.compile("[a-z]", re.IGNORECASE)
_PHONE_DIGITS = range(8, 16)


def phone(value: object) -> str:
    """A telephone number as its owner writes it, with an extension if need be."""
    text = line(value).replace("\u2013", "-").replace("\u00a0", " ")
    number = _EXTENSION.split(text, maxsplit=1)[0]
    digits = sum(character in "0123456789" for character in number)
    if _PHONE.fullmatch(text) is None or digits not in _PHONE_DIGITS:
        raise PydanticCustomError(
            _WHOLE, "Enter a telephone number, like 020 7946 0018 or 07700 900123"
        )
    return text


def email(value: object, info: ValidationInfo) -> str:
    """An e-mail address that a message can be sent to, in ASCII.

    The library that knows the rules takes tens of milliseconds to import, so it is imported only
    when somebody has just typed an address. An address that is read back passed it before.
    """
    text = line(value)
    if info.context is None:
        return text
    from email_validator import EmailNotValidError, validate_email

    try:
        known = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        raise PydanticCustomError(
            _WHOLE, "Enter an email address in the correct format, like name@example.org"
        ) from None
    return known.ascii_email or text


_POSTCODE = re.compile(r"(?:GIR0AA|[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2})")
_NOT_POSTCODE = re.compile("[^A-Z0-9]")


def postcode(value: object) -> str:
    """A UK postcode, in capitals and with its space, however it was typed."""
    text = _NOT_POSTCODE.sub("", line(value).upper())
    if _POSTCODE.fullmatch(text) is None:
        raise PydanticCustomError(_WHOLE, "Enter a full UK postcode, like E6 2RP")
    return f"{text[:-3]} {text[-3:]}"


_NHS_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015.]")


def nhs_number(value: object) -> str:
    """An NHS number as ten digits, checked by its last digit (modulus 11)."""
    digits = _NHS_SEPARATORS.sub("", line(value))
    if not _is_nhs_number(digits):
        raise PydanticCustomError(
            _WHOLE, "Enter an NHS number in the correct format, like 943 476 5919"
        )
    return digits


def _is_nhs_number(digits: str) -> bool:
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        return False
    if digits == "0000000000":  # It passes the sum, and it is nobody's.
        return False
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    return 11 - total % 11 == (int(digits[9]) or 11)


AGE_LIMIT = 120
_AGE = re.compile("[0-9]{1,3}")


def age(value: object) -> int:
    """An age in whole years."""
    text = str(value) if isinstance(value, int) else line(value)
    if _AGE.fullmatch(text) is None:
        raise PydanticCustomError(_AFTER_SUBJECT, "must be a whole number of years, like 7")
    if int(text) > AGE_LIMIT:
        raise PydanticCustomError(
            _AFTER_SUBJECT, "must be {limit} or less", {"limit": str(AGE_LIMIT)}
        )
    return int(text)


_C = TypeVar("_C", bound=Choice)


def ticked(options: tuple[_C, ...]) -> tuple[_C, ...]:
    """The ticked options in the order of the page, each once; an exclusive one stands alone."""
    if not options:
        return ()
    exclusive = next((option for option in options if option.exclusive), None)
    if exclusive is not None and len(set(options)) > 1:
        raise PydanticCustomError(
            _WHOLE,
            "Select “{label}” only if no other answer applies",
            {"label": exclusive.label},
        )
    return tuple(option for option in type(options[0]) if option in options)


Line = Annotated[str, BeforeValidator(line), Input(Kind.TEXT, max_length=LINE_LIMIT)]
Address = Annotated[
    str, BeforeValidator(address), Input(Kind.TEXTAREA, max_length=ADDRESS_LIMIT, rows=4)
]
FreeText = Annotated[
    str, BeforeValidator(free_text), Input(Kind.TEXTAREA, max_length=FREE_TEXT_LIMIT, rows=6)
]
LongText = Annotated[
    str, BeforeValidator(free_text), Input(Kind.TEXTAREA, max_length=FREE_TEXT_LIMIT, rows=12)
]
Phone = Annotated[str, BeforeValidator(phone), Input(Kind.TEL, width="20")]
Email = Annotated[str, BeforeValidator(email), Input(Kind.EMAIL)]
Postcode = Annotated[str, BeforeValidator(postcode), Input(Kind.POSTCODE, width="10")]
NhsNumber = Annotated[
    str, BeforeValidator(nhs_number), Input(Kind.NUMBER, width="20", inputmode="numeric")
]
Age = Annotated[int, BeforeValidator(age), Input(Kind.NUMBER, width="3", inputmode="numeric")]
Several = Annotated[tuple[_C, ...], AfterValidator(ticked), Input(Kind.CHECKBOXES)]
