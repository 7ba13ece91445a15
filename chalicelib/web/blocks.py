"""The answers of a referral as blocks for its readers: lists of rows, and cards."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.referrals.summaries import Group, SectionSummary, in_parts

_NOT_GIVEN = "Not given"

Row = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Block:
    """A list of answers: a card where it has a title."""

    title: str
    rows: tuple[Row, ...]


def of(section: SectionSummary) -> tuple[Block, ...]:
    """A section's answers: pages in one list, an entry or a page of a kind in a card."""
    return tuple(
        Block(
            together[0].title if is_card else "",
            tuple(row for group in together for row in _rows(group)),
        )
        for is_card, together in in_parts(section.groups)
    )


def _rows(group: Group) -> tuple[Row, ...]:
    if not group.rows:
        return ((group.title, (group.note or _NOT_GIVEN,)),)
    return tuple((row.label, row.lines or (_NOT_GIVEN,)) for row in group.rows)
