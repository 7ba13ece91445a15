"""Pages as different people have them: other colours, spacing and sizes, on paper, by keyboard.

Each check looks at every public page and at a form page of each kind, with and without errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.browser.filling import press
from tests.browser.inspector import NARROW, TOO_WIDE, WIDE
from tests.browser.places import OF_A_DRAFT, PUBLIC

pytestmark = pytest.mark.browser

# Elements that are shown, by what a person would call shown: not merely moved out of sight.
SHOWN = """const how = {visibilityProperty: true, opacityProperty: true};
const shown = each => each.checkVisibility(how)
  && !each.closest(".govuk-visually-hidden, .govuk-skip-link");
const say = each => each.outerHTML.slice(0, 100);"""

WIDER_SPACE = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""
LARGER_TEXT = "html { font-size: 200% !important; }"
CUT_OFF = f"""() => {{ {SHOWN}
  return [...document.querySelectorAll("body *")].filter(each => {{
    const {{overflowX, overflowY}} = getComputedStyle(each);
    const cuts = [overflowX, overflowY].some(way => ["hidden", "clip"].includes(way));
    return shown(each) && cuts && each.textContent.trim()
      && (each.scrollHeight > each.clientHeight + 1 || each.scrollWidth > each.clientWidth + 1);
  }}).map(say);
}}"""

MOVES = """() => [...document.querySelectorAll("*")].filter(each => {
  const {animationName, transitionDuration, scrollBehavior} = getComputedStyle(each);
  const lasts = transitionDuration.split(",").some(time => parseFloat(time) > 0);
  return animationName !== "none" || lasts || scrollBehavior === "smooth";
}).map(each => each.outerHTML.slice(0, 100))"""

LOST_IN_FORCED_COLOURS = f"""() => {{ {SHOWN}
  const paper = getComputedStyle(document.body).backgroundColor;
  const edged = each => {{
    const style = getComputedStyle(each);
    return ["Top", "Bottom", "Left"].some(side => style[`border${{side}}Style`] !== "none"
      && style[`border${{side}}Width`] !== "0px" && style[`border${{side}}Color`] !== paper);
  }};
  const inked = [...document.querySelectorAll("h1, h2, h3, p, li, a, label, legend, dt, dd")]
    .filter(each => shown(each) && getComputedStyle(each).color === paper);
  const boxes = `.govuk-button, input:not([type=hidden], [type=radio], [type=checkbox]), select,
    textarea, .govuk-inset-text, .service-urgent, .govuk-error-summary,
    .service-header__partnership-bar, .blank__room, .blank__square`;
  const flat = [...document.querySelectorAll(boxes)].filter(each => shown(each) && !edged(each));
  return [...inked, ...flat].map(say);
}}"""

ON_PAPER = f"""() => {{ {SHOWN}
  const unwanted = "button, [role=button], nav, footer, .govuk-skip-link, .session-end, dialog";
  return [...document.querySelectorAll(unwanted)].filter(shown).map(say);
}}"""
UNSAID_ADDRESS = """() => [...document.querySelectorAll("main a[href^=http]")].filter(each =>
  !getComputedStyle(each, "::after").content.includes(each.href)
  && !each.textContent.includes("://")).map(each => each.href)"""

OUTLINE = """() => {
  const order = "a.govuk-skip-link, header.service-header, main, main h1, footer";
  return [...document.querySelectorAll(order)].map(each => each.className.includes("skip")
    ? "skip" : each.localName);
}"""
LEVELS = """() => [...document.querySelectorAll("h1, h2, h3, h4")]
  .filter(each => each.closest("main")).map(each => Number(each.localName[1]))"""

NAMELESS_PICTURES = """() => [...document.querySelectorAll("img, svg, canvas, video")]
  .filter(each => each.localName !== "svg" || each.getAttribute("aria-hidden") !== "true")
  .filter(each => !each.getAttribute("alt")).map(each => each.outerHTML.slice(0, 100))"""

HIDDEN_FROM_ALL = f"""() => {{ {SHOWN}
  return [...document.querySelectorAll("main input:not([type=hidden]), main button, main p")]
    .filter(each => !each.checkVisibility() && !each.closest("details")).map(say);
}}"""

FOCUS = """() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  const all = [...document.querySelectorAll("*")];
  const box = each.getBoundingClientRect();
  const [x, y] = [box.left + Math.min(box.width, 40) / 2, box.top + box.height / 2];
  const top = document.elementFromPoint(x, y);
  const covered = !top || !(each.contains(top) || top.contains(each));
  return {index: all.indexOf(each), covered, positive: each.tabIndex > 0,
    html: each.outerHTML.slice(0, 100)};
}"""
MOST_STOPS = 400

TARGETS = """() => axe.run({runOnly: {type: "rule", values: ["target-size"]},
    resultTypes: ["violations"]})
  .then(({violations}) => violations.flatMap(({nodes}) => nodes.map(node => node.html)))"""

Look = Callable[[Page], list[Any]]


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A browser in which a referral was begun."""
    with browser.new_context(viewport=WIDE, **options) as context:
        page = context.new_page()
        page.goto(f"{address}/refer")
        press(page, "Start now")
        yield page


def walk(page: Page, address: str, look: Look, *, paths: tuple[str, ...] = ()) -> list[str]:
    """What is wrong on each page, and on each form that was sent empty."""
    found = []
    for path in paths or (*PUBLIC, *OF_A_DRAFT):
        page.goto(f"{address}{path}")
        found += [f"{path}: {each}" for each in look(page)]
        if path in OF_A_DRAFT and page.get_by_role("button", name="Continue").count():
            press(page)
            found += [f"{path}, refused: {each}" for each in look(page)]
    return found


def asks(script: str) -> Look:
    return lambda page: list(page.evaluate(script))


def too_wide(page: Page) -> list[str]:
    page.set_viewport_size(NARROW)
    found = list(page.evaluate(TOO_WIDE))
    page.set_viewport_size(WIDE)
    return [*found, *page.evaluate(TOO_WIDE)]


def with_style(style: str, wide: Look) -> Look:
    """Whether all can still be read when the reader's own style is applied."""

    def look(page: Page) -> list[str]:
        page.add_style_tag(content=style)
        return [*wide(page), *page.evaluate(CUT_OFF)]

    return look


def test_pages_fit_a_window_of_320_pixels(browser: Browser, address):
    with opened(browser, address) as page:
        assert walk(page, address, too_wide) == []


def test_wider_spacing_of_text_cuts_nothing_off(browser: Browser, address):
    with opened(browser, address, bypass_csp=True) as page:
        assert walk(page, address, with_style(WIDER_SPACE, too_wide)) == []


def test_text_of_twice_the_size_cuts_nothing_off(browser: Browser, address):
    with opened(browser, address, bypass_csp=True) as page:
        assert walk(page, address, with_style(LARGER_TEXT, asks(TOO_WIDE))) == []


def test_nothing_is_lost_in_the_colours_of_the_readers_system(browser: Browser, address):
    with opened(browser, address, forced_colors="active") as page:
        assert walk(page, address, asks(LOST_IN_FORCED_COLOURS)) == []


def test_nothing_moves_for_those_who_want_no_motion(browser: Browser, address):
    with opened(browser, address, reduced_motion="reduce") as page:
        assert walk(page, address, asks(MOVES)) == []


def test_on_paper_there_is_nothing_to_press_and_nothing_cut_off(browser: Browser, address):
    def look(page: Page) -> list[str]:
        page.emulate_media(media="print")
        found = [*page.evaluate(ON_PAPER), *page.evaluate(UNSAID_ADDRESS)]
        found += page.evaluate(CUT_OFF)
        page.emulate_media(media="screen")
        return found

    with opened(browser, address) as page:
        assert walk(page, address, look) == []


def test_without_styles_the_order_of_the_page_still_makes_sense(browser: Browser, address):
    def look(page: Page) -> list[str]:
        found = [] if page.evaluate(OUTLINE) == IN_ORDER else [f"order {page.evaluate(OUTLINE)}"]
        levels = page.evaluate(LEVELS)
        leaps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        return found + [f"heading {high} is followed by {low}" for high, low in leaps]

    with opened(browser, address) as page:
        page.route("**/*.css", lambda route: route.abort())
        assert walk(page, address, look) == []


IN_ORDER = ["skip", "header", "main", "h1", "footer"]


def test_no_picture_says_what_words_do_not(browser: Browser, address):
    with opened(browser, address) as page:
        assert walk(page, address, asks(NAMELESS_PICTURES)) == []


def test_without_scripts_nothing_waits_to_be_shown(browser: Browser, address):
    with opened(browser, address, java_script_enabled=False) as page:
        assert walk(page, address, asks(HIDDEN_FROM_ALL)) == []


def tabbed(page: Page) -> list[str]:
    """Press Tab through the whole page. Each stop comes after the last, and can be seen."""
    found, last = [], -1
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None or stop["index"] < last:
            break
        if last == -1 and "skip-link" not in stop["html"]:
            found.append(f"first stop is {stop['html']}")
        if stop["covered"] or stop["positive"]:
            found.append(f"cannot be seen or is out of order: {stop['html']}")
        last = stop["index"]
    return found if last > 0 else ["nothing can be reached"]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_focus_goes_down_the_page_and_is_never_covered(browser: Browser, address, size):
    with opened(browser, address) as page:
        page.set_viewport_size(size)
        assert walk_once(page, address, tabbed) == []


def walk_once(page: Page, address: str, look: Look) -> list[str]:
    """As ``walk``, without sending forms: an error takes the focus, and so moves the start."""
    found = []
    for path in (*PUBLIC, *OF_A_DRAFT):
        page.goto(f"{address}{path}")
        found += [f"{path}: {each}" for each in look(page)]
    return found


def test_every_target_is_large_enough_for_a_finger(browser: Browser, address):
    def look(page: Page) -> list[str]:
        page.set_viewport_size(NARROW)
        page.evaluate(AXE_SCRIPT)
        return list(page.evaluate(TARGETS))

    with opened(browser, address, bypass_csp=True) as page:
        assert walk(page, address, look) == []


def test_what_is_wrong_is_told_first_and_takes_the_focus(browser: Browser, address):
    with opened(browser, address) as page:
        for path in [path for path in OF_A_DRAFT if path.count("/") > 2]:
            page.goto(f"{address}{path}")
            press(page)
            summary = page.locator(".govuk-error-summary")
            expect(summary).to_be_focused()
            assert page.title().startswith("Error: "), path
            for link in summary.get_by_role("link").all():
                target = page.locator(f"[id='{(link.get_attribute('href') or '')[1:]}']")
                assert target.count() == 1, path
            assert summary.get_by_role("alert").count() == 1
