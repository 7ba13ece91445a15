"""The inspector sees what it is there to see."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.inspector import Inspector, Tally

pytestmark = pytest.mark.browser

SOUND = """<!DOCTYPE html><html lang="en-GB"><head><title>Sound</title></head>
<body><main><h1>Sound</h1>{}</main></body></html>"""


@pytest.mark.parametrize(
    "flaw, complaint",
    [
        ("", None),
        ('<input type="text">', "label: "),
        ('<input type="radio" aria-label="a" aria-expanded="true">', "aria-allowed-attr: "),
        ('<p style="color: #bbb">Hard to read</p>', "color-contrast: "),
        ('<p id="a"></p><p id="a"></p>', "id a is there 2 times"),
        ("<h1>Another</h1>", "2 headings of the first level"),
        ("<p><div></div></p>", "HTML "),
        ('<p role="nonsense">A role that is none</p>', "error: Bad value"),
        ("<section>Without a heading</section>", "warning: Section lacks heading"),
        ('<div style="width: 400px">Wide</div>', "wider than the window: "),
        (f"<p>{'long' * 400}</p>", "wider than the window: "),
        ("<script>console.warn('broken')</script>", "console: broken"),
        ("<script>throw new Error('broken')</script>", "script failed: "),
    ],
)
def test_a_flaw_is_seen(browser: Browser, address, flaw, complaint):
    with browser.new_context() as context:
        page = context.new_page()
        tally = Tally()
        inspector = Inspector(page, tally=tally)
        page.route(
            f"{address}/flaw",
            lambda route: route.fulfill(content_type="text/html", body=SOUND.format(flaw)),
        )
        page.goto(f"{address}/flaw")
        inspector.look()

    assert tally.looks == {"axe": 1, "conformance": 1, "parser": 1, "window": 1}
    if complaint is None:
        assert inspector.complaints == []
    else:
        assert any(complaint in each for each in inspector.complaints)
