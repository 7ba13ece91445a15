"""Every template is whole, and every page and e-mail is rendered by some test."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from chalicelib.templating import environment
from tests.rendered import RENDERED

ALL = environment().list_templates(
    filter_func=lambda name: name.endswith((".html", ".txt")) and not name.startswith("assets/")
)
PARTS = {"components", "layouts"}
PART_NAMES = {"blank", "how_to_use", "kept", "layout", "names", "notices", "words"}


def is_part(name: str) -> bool:
    """Whether a template is only ever included in, or extended by, another."""
    path = PurePosixPath(name)
    named = path.stem in PART_NAMES or path.stem.startswith("_")
    return named or path.parts[0] in PARTS


@pytest.mark.parametrize("name", ALL)
def test_a_template_compiles(name: str):
    assert environment().get_template(name).name == name


@pytest.mark.last
def test_every_page_and_email_was_rendered(request: pytest.FixtureRequest):
    """Runs after all other tests, and only when all of them ran."""
    if request.session.testscollected < 1000 or request.config.getoption("keyword"):
        pytest.skip("only the whole run renders every template")
    unseen = {name for name in ALL if not is_part(name)} - RENDERED
    assert unseen == set()
