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

from tests.browser.decider import CODE, Decider
from tests.browser.filling import press
from tests.browser.inspector import NARROW, TOO_WIDE, WIDE
from tests.browser.mailbox import Mailbox
from tests.browser.places import OF_A_DRAFT, PUBLIC, QUESTIONS
from tests.factories import full_answers
from tests.local.running import Run

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
IN_ORDER = ["skip", "header", "main", "h1", "footer"]
LEVELS = """() => [...document.querySelectorAll("h1, h2, h3, h4")]
  .filter(each => each.closest("main")).map(each => Number(each.localName[1]))"""

NAMELESS_PICTURES = """() => [...document.querySelectorAll("img, svg, canvas, video")]
  .filter(each => each.localName !== "svg" || each.getAttribute("aria-hidden") !== "true")
  .filter(each => !each.getAttribute("alt")).map(each => each.outerHTML.slice(0, 100))"""

HIDDEN_FROM_ALL = f"""() => {{ {SHOWN}
  return [...document.querySelectorAll("main input:not([type=hidden]), main button, main p")]
    // Files are dropped or chosen together by a script; the button beside it does without.
    .filter(each => !each.checkVisibility() && !each.closest("details, [data-uploads-zone]"))
    .map(say);
}}"""

FOCUS = """() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  const all = [...document.querySelectorAll("*")];
  // A field for files is out of sight behind its label, which shows the focus for it.
  const seen = each.type === "file" ? each.labels[0] : each;
  const box = seen.getBoundingClientRect();
  const [x, y] = [box.left + Math.min(box.width, 40) / 2, box.top + box.height / 2];
  const top = document.elementFromPoint(x, y);
  const covered = !top || !(seen.contains(top) || top.contains(seen));
  return {index: all.indexOf(each), covered, positive: each.tabIndex > 0,
    html: each.outerHTML.slice(0, 100)};
}"""
MOST_STOPS = 400

TARGETS = """() => axe.run({runOnly: {type: "rule", values: ["target-size"]},
    resultTypes: ["violations"]})
  .then(({violations}) => violations.flatMap(({nodes}) => nodes.map(node => node.html)))"""

REFERRER = full_answers()["referrer/contact"][0]["email"][0]

Look = Callable[[Page], list[str]]


def asks(script: str) -> Look:
    return lambda page: [str(each) for each in page.evaluate(script)]


def emulating(script: str, **media: Any) -> Look:
    """What a script finds while the reader's system asks for something."""
    otherwise: dict[str, Any] = dict.fromkeys(media, "null")

    def look(page: Page) -> list[str]:
        page.emulate_media(**media)
        found = asks(script)(page)
        page.emulate_media(**otherwise)
        return found

    return look


def styled(style: str, look: Look) -> Look:
    """What is wrong, or cut off, when the reader's own style is applied."""

    def look_again(page: Page) -> list[str]:
        tag = page.add_style_tag(content=style)
        found = [*look(page), *asks(CUT_OFF)(page)]
        tag.evaluate("each => each.remove()")
        return found

    return look_again


def narrow(look: Look) -> Look:
    def look_again(page: Page) -> list[str]:
        page.set_viewport_size(NARROW)
        found = look(page)
        page.set_viewport_size(WIDE)
        return found

    return look_again


def targets(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return asks(TARGETS)(page)


LOOKS: dict[str, Look] = {
    "does not fit a window of 320 pixels": narrow(asks(TOO_WIDE)),
    "is cut off by wider spacing": styled(WIDER_SPACE, asks(TOO_WIDE)),
    "is cut off by wider spacing at 320 pixels": narrow(styled(WIDER_SPACE, asks(TOO_WIDE))),
    "is cut off by text of twice the size": styled(LARGER_TEXT, asks(TOO_WIDE)),
    "is lost in forced colours": emulating(LOST_IN_FORCED_COLOURS, forced_colors="active"),
    "moves for those who want no motion": emulating(MOVES, reduced_motion="reduce"),
    "is to be pressed on paper": emulating(ON_PAPER, media="print"),
    "is cut off on paper": emulating(CUT_OFF, media="print"),
    "leads elsewhere without saying where on paper": emulating(UNSAID_ADDRESS, media="print"),
    "is a picture that says what no words do": asks(NAMELESS_PICTURES),
    "is too small a target for a finger": narrow(targets),
}


@contextmanager
def opened(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A browser in which a referral was begun."""
    with browser.new_context(viewport=WIDE, **options) as context:
        page = context.new_page()
        page.goto(f"{address}/refer")
        press(page, "Start now")
        yield page


def walk(page: Page, address: str) -> Iterator[str]:
    """Goes to every page, and then to each form as it is refused when it is empty."""
    for path in (*PUBLIC, *OF_A_DRAFT, *QUESTIONS):
        page.goto(f"{address}{path}")
        yield path
        if path in QUESTIONS:
            press(page)
            yield f"{path}, refused"


@pytest.fixture(scope="module")
def complaints(browser: Browser, local_run: Run) -> dict[str, list[str]]:
    """What each look found, after one walk for all of them."""
    found: dict[str, list[str]] = {wrong: [] for wrong in LOOKS}
    address = local_run.address("PORT")
    # Our own policy would refuse the reader's style that is put in.
    with opened(browser, address, bypass_csp=True) as page:
        for place in walk(page, address):
            for wrong, look in LOOKS.items():
                found[wrong] += [f"{place}: {each}" for each in look(page)]
    return found


@pytest.mark.parametrize("wrong", LOOKS)
def test_nothing_on_any_page(complaints, wrong):
    assert complaints[wrong] == []


def decided(page: Page, mailbox: Mailbox, reference: str) -> Iterator[str]:
    """The pages of whoever decides on a case."""
    decider = Decider(page, mailbox, reference)
    decider.enter()
    yield "the case"
    page.goto(f"{decider.link}/step-aside")
    yield "stepping aside"
    page.goto(f"{decider.link}/case")
    decider.declare()
    yield "the outcome"
    decider.rule()
    yield "the check of the outcome"


def followed(page: Page, mailbox: Mailbox, reference: str, address: str) -> Iterator[str]:
    """The pages of whoever referred a case."""
    page.goto(f"{address}/referral")
    page.get_by_label("What is your reference?").fill(reference)
    press(page)
    yield "the code"
    code = mailbox.wait_for(REFERRER, f"{reference}: {CODE}").code
    page.locator("#code").fill(code)
    press(page)
    for path in ("", "/copy", "/information", "/withdraw"):
        page.goto(f"{address}/referral/{reference}{path}")
        yield f"the referral {path}"


def test_the_pages_of_a_case_are_for_everyone_too(browser: Browser, address, mailbox, filed):
    found = {}
    reference = filed(email=REFERRER)
    with browser.new_context(viewport=WIDE, bypass_csp=True) as context:
        page = context.new_page()
        for walked in (
            followed(page, mailbox, reference, address),
            decided(page, mailbox, reference),
        ):
            for place in walked:
                assert page.locator("h1").count() == 1, place
                looked = {wrong: look(page) for wrong, look in LOOKS.items()}
                found |= {f"{place} {wrong}": each for wrong, each in looked.items() if each}
    assert found == {}


def test_without_styles_the_order_of_the_page_still_makes_sense(browser: Browser, address):
    found = []
    with opened(browser, address) as page:
        page.route("**/*.css", lambda route: route.abort())
        for place in walk(page, address):
            levels = page.evaluate(LEVELS)
            leaps = [(high, low) for high, low in pairwise(levels) if low > high + 1]
            if leaps or page.evaluate(OUTLINE) != IN_ORDER:
                found.append((place, leaps, page.evaluate(OUTLINE)))
    assert found == []


def test_without_scripts_nothing_waits_to_be_shown(browser: Browser, address):
    with opened(browser, address, java_script_enabled=False) as page:
        looked = [(place, asks(HIDDEN_FROM_ALL)(page)) for place in walk(page, address)]
    assert [each for each in looked if each[1]] == []


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_focus_goes_down_the_page_and_is_never_covered(browser: Browser, address, size):
    found = []
    with opened(browser, address) as page:
        page.set_viewport_size(size)
        # Not after an error: it takes the focus, and so moves the start.
        for path in (*PUBLIC, *OF_A_DRAFT, *QUESTIONS):
            page.goto(f"{address}{path}")
            found += [f"{path}: {each}" for each in tabbed(page)]
    assert found == []


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


def test_what_is_wrong_is_told_first_and_takes_the_focus(browser: Browser, address):
    with opened(browser, address) as page:
        for place in walk(page, address):
            if not place.endswith("refused"):
                continue
            summary = page.locator(".govuk-error-summary")
            expect(summary).to_be_focused()
            assert page.title().startswith("Error: "), place
            for link in summary.get_by_role("link").all():
                target = page.locator(f"[id='{(link.get_attribute('href') or '')[1:]}']")
                assert target.count() == 1, place
            assert summary.get_by_role("alert").count() == 1
