"""Everything answered so far: what a draft keeps.

Answers are immutable and know no page by name. They hold plain JSON under the paths of pages
("child/birth"), and validate a page only when somebody asks for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
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
# No page has this path: each begins with its section.
_TYPED = "typed"

Fields = Mapping[str, list[str]]

_Q = TypeVar("_Q", bound=Question)


class Answers:
    """The saved answers of every page; each change gives new ``Answers``.

    A page asked once has an object under its path. A page asked for each of several things has
    a list, which is empty when a person said that there is nothing to add.

    Beside them stands what was typed and cannot be an answer yet, as the form sent it.
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
        """Whether anything was ever saved for a page, or typed on it."""
        return page.path in self._saved or self.is_unfinished(page)

    def typed(self, page: Page, entry: int | None = None) -> Fields | None:
        """What was typed on a page, or for an entry of it, and is not saved as answers."""
        found: Fields | None = self._all_typed().get(_place(page, entry))
        return found

    def is_unfinished(self, page: Page) -> bool:
        """Whether something that was typed on a page waits to be finished."""
        return bool(self._typed_on(page))

    def unfinished_entry(self, page: Page) -> int | None:
        """The first entry of a page that waits to be finished."""
        if not page.many:
            return None
        return min((int(place.rpartition("/")[2]) for place in self._typed_on(page)), default=None)

    def with_typed(self, page: Page, entry: int | None, fields: Fields) -> Answers:
        """Keep what was typed, whatever it is, until the page is saved."""
        return self._with_all_typed({**self._all_typed(), _place(page, entry): dict(fields)})

    def without_typed(self, page: Page, entry: int | None = None) -> Answers:
        """Forget what was typed and not saved."""
        place = _place(page, entry)
        return self._with_all_typed({k: v for k, v in self._all_typed().items() if k != place})

    def with_one(self, page: Page, question: Question) -> Answers:
        changed = self.without_typed(page)._with(page.path, _dump(question))
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
        place = len(entries) - 1 if index is None else index
        return self.without_typed(page, place)._with(page.path, entries)

    def without_entry(self, page: Page, index: int) -> Answers:
        """Remove an entry. Without its last entry, a page is unanswered again.

        One that was only typed and not saved yet is removed as well.
        """
        entries = self._list(page)
        if index == len(entries) and self.typed(page, index) is not None:
            return self.without_typed(page, index)
        del entries[_known(index, entries)]
        moved = self._with_all_typed(dict(_closed_up(self._all_typed(), page, index)))
        if entries:
            return moved._with(page.path, entries)
        return Answers({path: saved for path, saved in moved._saved.items() if path != page.path})

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
        typed = self.typed(page, entry)
        stamped = saved if typed is None else [saved, typed]
        return hashlib.sha256(_canonical(stamped)).hexdigest()[:_STAMP_CHARACTERS]

    def _list(self, page: Page) -> list[Any]:
        saved = self._saved.get(page.path)
        return list(saved) if isinstance(saved, list) else []

    def _all_typed(self) -> Mapping[str, Any]:
        typed: Mapping[str, Any] = self._saved.get(_TYPED, {})
        return typed

    def _typed_on(self, page: Page) -> list[str]:
        places = self._all_typed()
        if not page.many:
            return [page.path] if page.path in places else []
        return [place for place in places if place.rpartition("/")[0] == page.path]

    def _with_all_typed(self, typed: Mapping[str, Any]) -> Answers:
        if typed == self._all_typed():
            return self
        saved = {path: saved for path, saved in self._saved.items() if path != _TYPED}
        changed = Answers({**saved, _TYPED: typed} if typed else saved)
        changed._read = dict(self._read)
        return changed

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


def _place(page: Page, entry: int | None) -> str:
    return page.path if entry is None else f"{page.path}/{entry}"


def _closed_up(typed: Mapping[str, Any], page: Page, removed: int) -> Iterator[tuple[str, Any]]:
    """What was typed, after an entry of a page went and those behind it moved up."""
    for place, fields in typed.items():
        path, _, number = place.rpartition("/")
        if path != page.path:
            yield place, fields
        elif int(number) != removed:
            yield _place(page, int(number) - (int(number) > removed)), fields


def _known(index: int, entries: list[Any]) -> int:
    if not 0 <= index < len(entries):
        raise NotFound("no such entry")
    return index


def _dump(question: Question) -> dict[str, Any]:
    return question.model_dump(mode="json", exclude_defaults=True)


def _canonical(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode()
