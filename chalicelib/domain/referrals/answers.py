"""Everything answered so far: what a draft keeps.

Answers are immutable and know no page by name. They hold plain JSON under the paths of pages
("child/birth"), and validate a page only when somebody asks for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from chalicelib.domain.errors import NotFound
from chalicelib.domain.forms.questions import Question

if TYPE_CHECKING:
    from chalicelib.domain.referrals.page import Page

REFERRAL_LIMIT_BYTES = 200_000
"""The most that all answers together may take as JSON. The service refuses to save more."""

_STAMP_CHARACTERS = 16

_Q = TypeVar("_Q", bound=Question)


class Answers:
    """The saved answers of every page; each change gives new ``Answers``.

    A page asked once has an object under its path. A page asked for each of several things has
    a list, which is empty when a person said that there is nothing to add.
    """

    __slots__ = ("_json", "_read", "_saved")

    def __init__(self, saved: Mapping[str, Any]) -> None:
        self._saved = saved
        self._read: dict[str, tuple[Question, ...]] = {}
        self._json: bytes | None = None

    @classmethod
    def empty(cls) -> Answers:
        return cls({})

    @classmethod
    def from_json(cls, data: bytes) -> Answers:
        """Read what ``to_json`` wrote. Raises ValueError for anything but a JSON object."""
        saved = from_json(data)
        if not isinstance(saved, dict):
            raise ValueError("answers are an object of pages")
        return cls(saved)

    def to_json(self) -> bytes:
        """These answers as JSON, in UTF-8. Written once: answers do not change."""
        if self._json is None:
            self._json = to_json(self._saved)
        return self._json

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answers) and self._saved == other._saved

    def __hash__(self) -> int:
        return hash(_canonical(self._saved))

    def at(self, path: str, model: type[_Q]) -> _Q | None:
        """The answers of the page at a path, or None if there are none or they no longer hold."""
        if isinstance(self._saved.get(path), list):
            return None
        found = self._entries(path, model)
        return found[0] if found else None

    def one(self, page: Page) -> Question | None:
        """The answers of a page that is asked once; None if unanswered or no longer valid."""
        return self.at(page.path, page.model)

    def many(self, page: Page) -> tuple[Question, ...]:
        """The entries of a page that is asked for each of several things.

        Empty if there are none. If one no longer holds, none is given: see ``answered``.
        """
        return self._entries(page.path, page.model)

    def answered(self, page: Page) -> bool:
        """Whether a page is answered and its answers hold; "none to add" is an answer."""
        saved = self._saved.get(page.path)
        if saved is None or isinstance(saved, list) is not page.many:
            return False
        return saved == [] or bool(self._entries(page.path, page.model))

    def touched(self, page: Page) -> bool:
        """Whether anything was ever saved for a page."""
        return page.path in self._saved

    def with_one(self, page: Page, question: Question) -> Answers:
        changed = self._with(page.path, _dump(question))
        changed._read[page.path] = (question,)
        return changed

    def with_entry(self, page: Page, index: int | None, question: Question) -> Answers:
        """Replace an entry, or add one: without an index, or with that of the first free place.

        Raises NotFound for an index beyond it.
        """
        entries = self._list(page)
        if index is None or index == len(entries):
            entries.append(_dump(question))
        else:
            entries[_known(index, entries)] = _dump(question)
        return self._with(page.path, entries)

    def without_entry(self, page: Page, index: int) -> Answers:
        """Remove an entry. Without its last entry, a page is unanswered again."""
        entries = self._list(page)
        del entries[_known(index, entries)]
        if entries:
            return self._with(page.path, entries)
        return Answers({path: saved for path, saved in self._saved.items() if path != page.path})

    def with_none_to_add(self, page: Page) -> Answers:
        """Record that there is nothing, or nothing more, to add."""
        return self._with(page.path, self._list(page))

    def stamp(self, page: Page, entry: int | None = None) -> str:
        """A short digest of what is saved for a page, or for one entry of it.

        A form carries it, so that a save over somebody else's change can be told. The first free
        place of a list has a stamp too, so that the same new entry sent twice is told as well.
        Raises NotFound for an entry beyond it.
        """
        saved = self._saved.get(page.path)
        if entry is not None:
            entries = self._list(page)
            saved = None if entry == len(entries) else entries[_known(entry, entries)]
        return hashlib.sha256(_canonical(saved)).hexdigest()[:_STAMP_CHARACTERS]

    def _list(self, page: Page) -> list[Any]:
        saved = self._saved.get(page.path)
        return list(saved) if isinstance(saved, list) else []

    def _with(self, path: str, saved: Any) -> Answers:
        changed = Answers({**self._saved, path: saved})
        changed._read = {known: read for known, read in self._read.items() if known != path}
        return changed

    def _entries(self, path: str, model: type[_Q]) -> tuple[_Q, ...]:
        read = self._read.get(path)
        if read is None:
            read = self._read[path] = _load(self._saved.get(path), model)
        return read  # type: ignore[return-value]  # a path has one model: the journey's test


def _load(saved: Any, model: type[Question]) -> tuple[Question, ...]:
    if saved is None:
        return ()
    try:
        entries = saved if isinstance(saved, list) else [saved]
        return tuple(model.model_validate(entry) for entry in entries)
    except ValidationError:
        return ()


def _known(index: int, entries: list[Any]) -> int:
    if not 0 <= index < len(entries):
        raise NotFound("no such entry")
    return index


def _dump(question: Question) -> dict[str, Any]:
    return question.model_dump(mode="json", exclude_defaults=True)


def _canonical(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode()
