"""Looks at every page that a test comes to, and keeps whatever is wrong with it.

With ``SCREENSHOTS=folder`` in the environment it also leaves a wide and a narrow picture of each.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Response, ViewportSize

from tests.browser.conformance import Checker

WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 320, "height": 640}
"""What is left of a window of 1280 at a zoom of 400%, and the smallest telephone."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """rules => axe.run({runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]})
  .then(({violations}) => violations.flatMap(({id, nodes}) =>
    nodes.map(node => `${id}: ${node.html}`)))"""
TOO_WIDE = """() => {
  const {scrollWidth} = document.documentElement;
  const beyond = each => each.getBoundingClientRect().left + each.scrollWidth > window.innerWidth;
  return scrollWidth > window.innerWidth
    ? [`${scrollWidth} pixels`, ...[...document.querySelectorAll("main *")].filter(beyond)
        .map(each => each.outerHTML.slice(0, 120))]
    : [];
}"""
TOKEN = re.compile(r"PR-[\w-]+|[\w-]{20,}|error-\d+|\d+")
"""What differs between two addresses of one page."""

REFUSED = "Failed to load resource"


@dataclass
class Tally:
    """What the inspectors of a run looked at, and with what; told when it ends."""

    states: set[tuple[str, str]] = field(default_factory=set)
    looks: Counter[str] = field(default_factory=Counter)
    complaints: Counter[str] = field(default_factory=Counter)

    def note(self, path: str, title: str, found: dict[str, list[str]]) -> None:
        """``found`` is what each way of looking complained of."""
        self.states.add((TOKEN.sub("*", path), title))
        self.looks.update(list(found))
        self.complaints.update({how: len(complaints) for how, complaints in found.items()})

    def lines(self) -> list[str]:
        """The figures in words."""
        return [
            f"{len(self.states)} pages and states of pages",
            *(
                f"{how}: {count} looks, {self.complaints[how]} complaints"
                for how, count in sorted(self.looks.items())
            ),
        ]


TALLY = Tally()
CHECKERS: list[Checker] = []
"""The checker of this run, once its browser is there."""


class Inspector:
    """Follows a browser's page. ``looked_at`` counts the pages, ``complaints`` what is wrong.

    Where scripts are off nothing can be asked of the page but its HTML and its width.
    """

    def __init__(self, page: Page, *, scripts: bool = True, tally: Tally = TALLY) -> None:
        self.complaints: list[str] = []
        self.looked_at = 0
        self._page = page
        self._scripts = scripts
        self._tally = tally
        self._document: Response | None = None
        page.set_viewport_size(WIDE)
        page.on("response", self._keep)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"script failed: {error}"))

    def look(self) -> None:
        """Look at the page as it is shown now."""
        self.looked_at += 1
        title, place = self._page.title(), urlsplit(self._page.url).path
        found = {"parser": self._html(), "window": self._width()}
        for checker in CHECKERS:
            found["conformance"] = checker.complaints(self._source())
        if self._scripts:
            found["axe"] = self._axe()
        self._tally.note(place, title, found)
        self.complaints += [
            f"{title} ({place}): {each}" for complaints in found.values() for each in complaints
        ]

    def _keep(self, response: Response) -> None:
        request = response.request
        is_document = request.is_navigation_request() and request.frame == self._page.main_frame
        if is_document and not 300 <= response.status < 400:
            self._document = response

    def _hear(self, message: ConsoleMessage) -> None:
        """A browser complains of every page that is an error; that is not of interest."""
        is_page = "/assets/" not in message.location["url"]
        if not (is_page and message.text.startswith(REFUSED)):
            self.complaints.append(f"console: {message.text}")

    def _source(self) -> str:
        """The page as it was sent."""
        assert self._document is not None
        return self._document.text()

    def _html(self) -> list[str]:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        tree = parser.parse(self._source())
        ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
        headings = len(tree.findall(".//h1"))
        return [
            *(f"HTML {place}: {error}" for place, error, _ in parser.errors),
            *(f"id {name} is there {count} times" for name, count in ids.items() if count > 1),
            *([] if headings == 1 else [f"{headings} headings of the first level"]),
        ]

    def _axe(self) -> list[str]:
        if not self._page.evaluate("'axe' in window"):
            self._page.evaluate(AXE_SCRIPT)
        return list(self._page.evaluate(RUN_AXE, RULES))

    def _width(self) -> list[str]:
        found = list(self._page.evaluate(TOO_WIDE))
        self._picture("wide")
        self._page.set_viewport_size(NARROW)
        found += self._page.evaluate(TOO_WIDE)
        self._picture("narrow")
        self._page.set_viewport_size(WIDE)
        return [f"wider than the window: {each}" for each in found]

    def _picture(self, width: str) -> None:
        if folder := os.environ.get("SCREENSHOTS"):
            title = re.sub(r"\W+", "-", self._page.title().split(" – Refer")[0]).strip("-")
            test = os.environ["PYTEST_CURRENT_TEST"].split("::")[-1].split(" ")[0]
            name = f"{test}-{self.looked_at:03}-{title}-{width}.png"
            self._page.screenshot(path=Path(folder) / name, full_page=True)
