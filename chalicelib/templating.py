"""The one Jinja environment: pages and e-mails alike.

Templates are read from ``templates/`` in a checkout. What is shipped holds them compiled, in
``chalicelib/_templates``. Each is loaded once; restart to see a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    StrictUndefined,
    select_autoescape,
)
from markupsafe import Markup

from chalicelib.domain.calendar import LONDON, london_date, write_date

SOURCES = Path(__file__).parent.parent / "templates"
COMPILED = Path(__file__).parent / "_templates"


def render(template: str, context: Mapping[str, Any]) -> str:
    """The text of a template. Raises jinja2.UndefinedError for a variable that is not given."""
    return environment().get_template(template).render(context)


@cache
def environment() -> Environment:
    """The environment, made on first use."""
    made = Environment(
        loader=_loader(),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters |= {
        "date": format_date,
        "time": format_time,
        "date_time": format_date_time,
        "paragraphs": paragraphs,
        "lines": lines,
        "tel": tel,
    }
    return made


def format_date(moment: date) -> str:
    """A day as people write it: 24 November 2026. An aware datetime gives the day in London."""
    return write_date(london_date(moment) if isinstance(moment, datetime) else moment)


def format_time(moment: datetime) -> str:
    """The time of day in London: 2:30pm, 9am, midday, midnight."""
    local = moment.astimezone(LONDON)
    if not local.minute and local.hour % 12 == 0:
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def format_date_time(moment: datetime) -> str:
    """Day and time in London: 24 November 2026 at 2:30pm."""
    return f"{format_date(moment)} at {format_time(moment)}"


def lines(text: str) -> Markup:
    """Somebody's text with its line ends kept."""
    return Markup("<br>").join(text.split("\n"))


def paragraphs(text: str) -> Markup:
    """Somebody's text as paragraphs, parted at empty lines, with its line ends kept."""
    parts = (part.strip("\n") for part in text.replace("\n\n", "\0").split("\0"))
    return Markup("\n").join(
        Markup('<p class="govuk-body">{}</p>').format(lines(part)) for part in parts if part.strip()
    )


def tel(number: str) -> str:
    """A telephone number as the address of a link that calls it."""
    return "tel:" + "".join(char for char in number if char.isdigit() or char == "+")


def _loader() -> BaseLoader:
    return FileSystemLoader(SOURCES) if SOURCES.is_dir() else ModuleLoader(COMPILED)
