"""What browsers, people and attackers may send: forms near a right one, and forms far from any."""

from __future__ import annotations

import os
import string
from collections.abc import Iterable, Mapping
from urllib.parse import quote_from_bytes

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from chalicelib.domain.forms.questions import Field, Kind

Form = Mapping[str, list[str]]

THOROUGHNESS = int(os.environ.get("FUZZ", "0"))
"""Times as many examples as usual, drawn anew in each run; 0 draws the same few in every run."""

ODD = (
    "",
    " \t\n",
    "\x00",
    "a\x00b",
    "\x1b[31m",
    "\r\n\r\n",
    "\x85",
    "\u2028",
    "\ufeff",
    "\u202efdp.exe",
    "\ud800",
    "e\u0301\u0301\u0301",
    "²",
    "٣",
    "１４",
    "-1",
    "1e9",
    "NaN",
    "9" * 400,
    "a" * 200,
    "a" * 201,
    "é" * 20_001,
    "🙂" * 200,
    "none",
    "unknown",
    "{{ 7 * 7 }}",
    "{% include 'layouts/page.html' %}",
    "</textarea><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&amp;&#39;&lt;",
    "%00%0d%0aSet-Cookie: a=b",
    "../../etc/passwd",
)
TEXTS = st.one_of(st.sampled_from(ODD), st.text(max_size=40))
PLAIN = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)
_NUMBERS = st.integers(min_value=-1, max_value=9_999).map(str)


def bounded(examples: int) -> settings:
    """So many examples, the same in every run, however long each takes."""
    return settings(
        max_examples=examples * max(THOROUGHNESS, 1),
        derandomize=not THOROUGHNESS,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )


def _likely(field: Field) -> st.SearchStrategy[str]:
    """What a person may well type there."""
    if field.options:
        return st.sampled_from([option.value for option in field.options])
    if field.kind is Kind.DATE:
        return st.one_of(_NUMBERS, st.sampled_from(["1", "12", "March", "29", "2019", "2026"]))
    if field.kind is Kind.EMAIL:
        return st.one_of(st.emails(), st.just("jo@hospital.example.org"))
    if field.kind in (Kind.NUMBER, Kind.TEL, Kind.POSTCODE):
        return st.one_of(_NUMBERS, st.sampled_from(["7", "07700 900123", "E6 2RP", "9434765919"]))
    return PLAIN


def fields(described: Iterable[Field], base: Form) -> st.SearchStrategy[dict[str, list[str]]]:
    """Forms near ``base`` and far from it: fields right, wrong, missing, doubled, unknown."""
    changes = {
        name: st.one_of(
            _likely(field).map(lambda value: [value]),
            TEXTS.map(lambda value: [value]),
            st.lists(st.one_of(_likely(field), TEXTS), max_size=3),
        )
        for field in described
        for name in field.names
    }
    few = st.lists(_one_of(changes), max_size=2).map(dict)
    near = few.map(lambda changed: {**base, **changed})
    far = st.fixed_dictionaries(changes)
    unknown = st.dictionaries(TEXTS, st.lists(TEXTS, min_size=1, max_size=2), min_size=1)
    strange = st.builds(lambda known, odd: {**known, **odd}, near, unknown)
    return st.one_of(near, near, far, strange)


def _one_of(
    changes: Mapping[str, st.SearchStrategy[list[str]]],
) -> st.SearchStrategy[tuple[str, list[str]]]:
    """One field, and something for it."""
    return st.sampled_from(sorted(changes)).flatmap(
        lambda name: st.tuples(st.just(name), changes[name])
    )


def written(described: Iterable[Field], base: Form) -> st.SearchStrategy[dict[str, list[str]]]:
    """``base`` with any text at all where a person may write what they like."""
    free = [
        field.name
        for field in described
        if field.kind in (Kind.TEXT, Kind.TEXTAREA) and field.name in base
    ]
    return st.fixed_dictionaries(
        {
            name: TEXTS.map(lambda value: [value]) if name in free else st.just(values)
            for name, values in base.items()
        }
    )


def encoded(form: Form) -> bytes:
    """A form's body, lone surrogates and all."""
    return "&".join(
        f"{_quoted(name)}={_quoted(value)}" for name, values in form.items() for value in values
    ).encode()


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))
