"""Links on the local AWS: each serves its own purpose and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import permutations

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.links import code_write, link_item
from chalicelib.domain import errors
from chalicelib.domain.links import TOKEN_BYTES, Link, Purpose, digest
from chalicelib.domain.people import Person, Role
from chalicelib.ports import IssuedCode
from chalicelib.services.drafts import Draft
from chalicelib.services.links import address_of, new_link
from tests.stage import BASE_URL, Stage

pytestmark = pytest.mark.aws

PRIYA = Person(Role.REFERRER, "Referrer", "Priya Nair", "priya@hospital.example.org")
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
    "prove": lambda stage, purpose: stage.services.links.prove(
        TOKEN, "000000", purpose=purpose, network="", now=stage.clock()
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


def test_the_address_of_a_live_link_can_be_repeated_and_that_of_an_ended_one_not(stage: Stage):
    reference = stage.submit().reference
    stage.deliver()
    services = stage.services
    owner = services.owners.read(reference)
    key = services.cases.vault.open_key(owner.case_id, owner.wrapped)
    link = services.links.current(reference, now=stage.clock())
    address = f"{BASE_URL}/decisions/{stage.link()}"
    assert address_of(services.settings, key, link) == address
    assert stage.link().encode() not in repr(stage.table.get(keys.link(link.digest))).encode()
    assert address_of(services.settings, key, link.revoke(now=stage.clock())) is None
    assert address_of(services.settings, key, replace(link, token=b"")) is None


def come_back(stage: Stage) -> tuple[Draft, str, Link]:
    """A draft with a link to come back to it, the link's token, and the link."""
    draft = stage.draft()
    assert draft.key
    token, link = new_link(
        stage.services.settings,
        draft.key,
        purpose=Purpose.RESUME,
        owner=draft.stored.case_id,
        to=PRIYA,
        expires_at=stage.clock() + timedelta(days=366),
        now=stage.clock(),
    )
    stage.table.put(link_item(link))
    return draft, token, link


def code_for(stage: Stage, token: str) -> str:
    links = stage.services.links
    links.send_code(token, purpose=Purpose.RESUME, network="", now=stage.clock())
    stage.deliver()
    (*_, newest) = stage.mailbox.to(PRIYA.email, subject="code")
    found = re.search(r"^(\d{3}) (\d{3})$", newest.text, re.MULTILINE)
    assert found
    return found[1] + found[2]


def prove(stage: Stage, token: str, typed: str, *, network: str = "") -> tuple[Link, IssuedCode]:
    return stage.services.links.prove(
        token, typed, purpose=Purpose.RESUME, network=network, now=stage.clock()
    )


def use(stage: Stage, issued: IssuedCode) -> None:
    stage.table.transact([code_write(stage.table, issued)])


def test_a_code_for_a_draft_goes_to_whom_its_link_was_sent(stage: Stage):
    _, token, link = come_back(stage)
    code = code_for(stage, token)
    assert prove(stage, token, code)[0] == link
    assert prove(stage, link.digest, code)[0] == link


def test_a_code_that_was_proved_works_once_it_is_committed_no_more(stage: Stage):
    _, token, _ = come_back(stage)
    code = code_for(stage, token)
    used = prove(stage, token, code)[1]
    use(stage, used)
    with pytest.raises(errors.CodeExpired):
        prove(stage, token, code)
    with pytest.raises(errors.StaleVersion):
        use(stage, used)


def test_a_code_proved_in_two_browsers_at_once_lets_one_in(stage: Stage):
    _, token, _ = come_back(stage)
    code = code_for(stage, token)
    first, second = prove(stage, token, code)[1], prove(stage, token, code)[1]
    use(stage, second)
    with pytest.raises(errors.StaleVersion):
        use(stage, first)


def test_a_code_that_a_newer_one_replaced_lets_nobody_in(stage: Stage):
    _, token, _ = come_back(stage)
    proved = prove(stage, token, code_for(stage, token))[1]
    stage.clock.advance(timedelta(seconds=1))
    code_for(stage, token)
    with pytest.raises(errors.StaleVersion):
        use(stage, proved)


def test_codes_for_a_draft_are_limited_by_link_by_mailbox_and_by_network(stage: Stage):
    tokens = [come_back(stage)[1] for _ in range(3)]
    send = partial(stage.services.links.send_code, purpose=Purpose.RESUME, now=stage.clock())
    for token in tokens[:2]:
        for _ in range(5):
            send(token)
        with pytest.raises(errors.TooManyCodes):
            send(token)
    with pytest.raises(errors.TooOften):
        send(tokens[2])
    for _ in range(100):
        with pytest.raises((errors.CodeWrong, errors.CodeExpired)):
            prove(stage, tokens[0], "not it", network="192.0.2.7")
    with pytest.raises(errors.TooOften):
        prove(stage, tokens[0], "not it", network="192.0.2.7")


def test_five_wrong_tries_end_a_code_for_a_draft(stage: Stage):
    _, token, _ = come_back(stage)
    code = code_for(stage, token)
    wrong = "000000" if code != "000000" else "111111"
    for left in (4, 3, 2, 1):
        with pytest.raises(errors.CodeWrong) as refused:
            prove(stage, token, wrong)
        assert refused.value.tries_left == left
    for typed in (wrong, code):
        with pytest.raises(errors.CodeExpired):
            prove(stage, token, typed)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_serves_its_own_purpose(stage: Stage, purpose: Purpose):
    link = link_for(stage, purpose)
    assert stage.services.links.locate(TOKEN, purpose=purpose, now=stage.clock()) == link
