"""A page as a browser holds it: what its form would send, and what its ids are."""

from __future__ import annotations

from html.parser import HTMLParser

Attributes = dict[str, str | None]


class Shown(HTMLParser):
    """The controls of the page's forms, with what is typed and ticked in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.ids: set[str] = set()
        self.links: list[str] = []
        self._area: str | None = None
        self._select: str | None = None
        self._text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.add(str(found["id"]))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        if tag == "input":
            self._input(found)
        elif tag == "textarea":
            self._area, self._text = str(found["name"]), ""
        elif tag == "select":
            self._select = str(found["name"])
        elif tag == "option" and self._select and "selected" in found:
            self._add(self._select, found.get("value"))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            # A browser drops the first line end in a text area.
            self._add(self._area, self._text.removeprefix("\n"))
            self._area = None
        elif tag == "select":
            self._select = None

    def _input(self, found: Attributes) -> None:
        if found.get("type") not in ("radio", "checkbox") or "checked" in found:
            self._add(found.get("name"), found.get("value"))

    def _add(self, name: str | None, value: str | None) -> None:
        if name:
            self.fields.setdefault(name, []).append(value or "")
