"""Links on the local AWS: each serves its own purpose and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from chalicelib.adapters.links import link_item
from chalicelib.domain import errors
from chalicelib.domain.links import TOKEN_BYTES, Link, Purpose, digest
from chalicelib.domain.people import Role
from tests.stage import Stage

pytestmark = pytest.mark.aws

TOKEN = "t" * (TOKEN_BYTES * 4 // 3)


def link_for(stage: Stage, purpose: Purpose) -> Link:
    """A link of this purpose to an undecided case, by ``TOKEN``."""
    reference = stage.submit().reference
    stage.deliver()
    decide, _ = stage.services.links.links.read(digest(stage.link()))
    assert decide
    link = replace(
        decide, digest=digest(TOKEN), purpose=purpose, reference=reference, role=Role.REFERRER
    )
    stage.table.put(link_item(link))
    return link


USES: dict[str, Callable[[Stage, Purpose], object]] = {
    "locate": lambda stage, purpose: stage.services.links.locate(
        TOKEN, purpose=purpose, now=stage.clock()
    ),
    "send_code": lambda stage, purpose: stage.services.links.send_code(
        TOKEN, purpose=purpose, now=stage.clock()
    ),
    "open_session": lambda stage, purpose: stage.services.links.open_session(
        TOKEN, "000000", purpose=purpose, now=stage.clock()
    ),
    "enter": lambda stage, purpose: stage.services.links.enter(
        TOKEN, "", purpose=purpose, now=stage.clock()
    ),
    "enter, ended": lambda stage, purpose: stage.services.links.enter(
        TOKEN, "", purpose=purpose, now=stage.clock(), ended=True
    ),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("purpose, other", [*permutations(Purpose, 2)])
def test_a_link_of_another_purpose_is_unknown(
    stage: Stage, purpose: Purpose, other: Purpose, use: str
):
    link_for(stage, purpose)
    with pytest.raises(errors.LinkUnknown):
        USES[use](stage, other)


@pytest.mark.parametrize("purpose", [Purpose.RESUME, Purpose.FOLLOW])
def test_only_a_link_to_decide_is_renewed(stage: Stage, purpose: Purpose):
    link = link_for(stage, purpose)
    with pytest.raises(errors.LinkUnknown):
        stage.services.links.renew(TOKEN, now=link.expires_at + timedelta(days=1))


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_serves_its_own_purpose(stage: Stage, purpose: Purpose):
    link = link_for(stage, purpose)
    assert stage.services.links.locate(TOKEN, purpose=purpose, now=stage.clock()) == link
