"""Referrals for tests: the invented one, and one with a canary in every field."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.forms.questions import Field, Kind, describe
from chalicelib.domain.referrals.journey import PAGES
from chalicelib.domain.referrals.model import Referral
from infra.invented import TODAY, FormFields, answers_from, full_answers

__all__ = [
    "TODAY",
    "FormFields",
    "answers_from",
    "canary_fields",
    "full_answers",
    "full_referral",
]


def full_referral() -> Referral:
    """The referral that ``full_answers`` gives."""
    return Referral.from_answers(answers_from())


def canary_fields() -> tuple[dict[str, list[FormFields]], tuple[str, ...]]:
    """The full forms with a unique value in every field that a person types, and those values.

    A canary is given as the referral keeps it, so that looking for its bytes finds it. Dates,
    times, ages and the NHS number have too few forms to be told from chance; they are left alone.
    """
    numbers = iter(range(1, 1000))
    canaries: list[str] = []
    forms = {
        path: [dict(_with_canaries(path, fields, numbers, canaries)) for fields in entries]
        for path, entries in full_answers().items()
    }
    return forms, tuple(canaries)


def _with_canaries(
    path: str, fields: FormFields, numbers: Iterator[int], canaries: list[str]
) -> Iterator[tuple[str, list[str]]]:
    yield from fields.items()
    for field in describe(PAGES[path].model):
        canary = _canary(field, numbers) if field.name in fields else None
        if canary is not None:
            canaries.append(canary)
            yield field.name, [canary]


def _canary(field: Field, numbers: Iterator[int]) -> str | None:
    if field.kind is Kind.EMAIL:
        return f"canary{next(numbers):03}@canary.example.org"
    if field.kind is Kind.TEL:
        return f"07700 900{next(numbers):03}"
    if field.kind is Kind.POSTCODE:
        return f"ZZ{next(numbers) % 100:02} 9ZZ"
    if field.kind in (Kind.TEXT, Kind.TEXTAREA) and field.name != "time":
        return f"Canary {next(numbers):03} chirps"
    return None
