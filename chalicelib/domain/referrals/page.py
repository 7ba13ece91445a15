"""What the journey is made of: pages in sections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.forms.questions import Field, Question, layout
from chalicelib.domain.referrals.answers import Answers


@dataclass(frozen=True, slots=True)
class Condition:
    """When a page is asked. ``words`` end "Answer only if …" where all pages stand together."""

    holds: Callable[[Answers], bool]
    words: str = ""

    def __call__(self, answers: Answers) -> bool:
        return self.holds(answers)


ALWAYS = Condition(lambda _: True)


@dataclass(frozen=True, slots=True)
class Repeat:
    """The words of a page that is asked for each of several things.

    ``heading`` stands over the list of entries, ``another`` asks whether to add one, ``none``
    is the answer that there is nothing to add, and ``entry`` names one of them.
    """

    heading: str
    another: str
    none: str
    entry: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of questions. ``path`` is "section/page"; answers are kept under it.

    ``asks`` gives the model, so that a section's module is imported when one of its pages is used.
    """

    path: str
    title: str
    asks: Callable[[], type[Question]]
    visible: Condition = ALWAYS
    repeat: Repeat | None = None

    @property
    def model(self) -> type[Question]:
        """What the page asks, and the rules that answers must keep."""
        return self.asks()

    @property
    def section(self) -> str:
        return self.path.partition("/")[0]

    @property
    def slug(self) -> str:
        return self.path.partition("/")[2]

    @property
    def many(self) -> bool:
        return self.repeat is not None

    @property
    def intro(self) -> tuple[str, ...]:
        """Lines of guidance above the questions."""
        return self.model.intro

    @property
    def notice(self) -> str:
        """Which notice stands on the page, if any: "urgent", "phone_first", "not_notification"."""
        return self.model.notice

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that are always shown; others hang on the options that reveal them."""
        return layout(self.model)

    @property
    def sole(self) -> bool:
        """Whether the page asks one question: then its title is that question's label."""
        return len(self.fields) == 1


@dataclass(frozen=True, slots=True)
class Section:
    slug: str
    title: str
    pages: tuple[Page, ...]
