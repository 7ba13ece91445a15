"""Which templates the tests of this run rendered."""

from __future__ import annotations

from typing import Any

from jinja2 import Template

from chalicelib.templating import environment

RENDERED: set[str] = set()


class Noted(Template):
    """A template that notes its name when it is rendered."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        RENDERED.add(self.name or "")
        return super().render(*args, **kwargs)


def note_rendering() -> None:
    """From now on, note every template of the one environment that is rendered."""
    environment().template_class = Noted
