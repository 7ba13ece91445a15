"""Our macros beside those of GOV.UK Frontend, and HTML as a browser reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader

from chalicelib.templating import environment

THEIRS = Environment(
    loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
    autoescape=True,
    undefined=ChainableUndefined,
)

Tree = tuple[str, tuple[tuple[str, str], ...], tuple[Any, ...]]


def ours(file: str, macro: str, *args: Any, **kwargs: Any) -> str:
    """What one of our macros gives."""
    return str(
        getattr(environment().get_template(f"components/{file}.html").module, macro)(
            *args, **kwargs
        )
    )


def theirs(component: str, macro: str, params: dict[str, Any]) -> str:
    """What the macro of GOV.UK Frontend gives."""
    template = THEIRS.get_template(f"govuk_frontend_jinja/components/{component}/macro.html")
    return str(getattr(template.module, macro)(params))


def tree(html: str) -> tuple[Any, ...]:
    """The HTML as a browser reads it, without white space that it does not show."""
    return tuple(_node(each) for each in html5lib.parseFragment(html, namespaceHTMLElements=False))


def _node(element: Element) -> Tree:
    attributes = tuple(
        sorted((name, " ".join(value.split())) for name, value in element.attrib.items())
    )
    children: list[Any] = [*_text(element.text)]
    for child in element:
        children += [_node(child), *_text(child.tail)]
    return element.tag, attributes, tuple(children)


def _text(text: str | None) -> Iterable[str]:
    words = " ".join((text or "").split())
    return (words,) if words else ()
