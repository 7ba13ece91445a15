"""What a page's handler may answer with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.web.cookies import Cookie
from chalicelib.web.headers import CLOSED, NO_STORE, Opening


@dataclass(frozen=True)
class Html:
    """A page: a template and what it shows. ``opening`` is what it may reach beside us."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    cookies: tuple[Cookie, ...] = ()
    opening: Opening = CLOSED


@dataclass(frozen=True)
class Redirect:
    """Go on, with GET, to another address of this service: ``to`` starts with one slash."""

    to: str
    cookies: tuple[Cookie, ...] = ()

    def __post_init__(self) -> None:
        if not self.to.startswith("/") or self.to.startswith(("//", "/\\")):
            raise ValueError("redirect leaves the service")


@dataclass(frozen=True)
class Download:
    """Go on, with GET, to a file in the storage: ``to`` stands at ``origin`` and nowhere else."""

    to: str
    origin: str

    def __post_init__(self) -> None:
        if not self.origin or not self.to.startswith(f"{self.origin}/"):
            raise ValueError("download leaves the storage")


@dataclass(frozen=True)
class Text:
    """Anything that is text and not a page: a style sheet, a script, JSON.

    With ``filename`` browsers keep it as a file of that name and do not show it.
    """

    body: str
    content_type: str
    status: int = 200
    cache: str = NO_STORE
    cookies: tuple[Cookie, ...] = ()
    filename: str = ""


Reply = Html | Redirect | Download | Text
