"""A referral that is interrupted at every page, and gone on with on another device each time.

Each device types half of a page, selects "Save and come back later" and is never used again. The
next one comes back hours later by the link and a code, finds what was typed, and finishes the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from chalicelib.domain.drafts import IDLE
from chalicelib.domain.referrals.journey import PAGES
from tests.factories import FormFields, answers_from, full_answers
from tests.fuzz.shown import Shown
from tests.stage import Stage
from tests.web.decider import leads_to
from tests.web.referrer import Referrer, version_of

pytestmark = pytest.mark.aws

EMAIL = "priya@hospital.example.org"
CODE = r"^(\d{3}) (\d{3})$"
LINK = r"/refer/resume/[\w-]+"


def steps() -> Iterator[tuple[str, str, FormFields]]:
    """Every form of a whole referral, in order: its page, its address, and what is typed in it."""
    forms = full_answers()
    for path, page in PAGES.items():
        for number, form in enumerate(forms.get(path, ()), start=1):
            yield path, f"/refer/{path}/{number}" if page.many else f"/refer/{path}", form


def newest(stage: Stage, pattern: str) -> str:
    """What the newest e-mail to the referrer that has it says there."""
    stage.answer()
    for email in reversed(stage.mailbox.to(EMAIL)):
        found = re.search(pattern, email.text, re.MULTILINE)
        if found:
            return "".join(found.groups()) or found.group()
    raise AssertionError(f"no e-mail has {pattern}")


def confirmed(stage: Stage) -> Referrer:
    """Somebody who has begun and confirmed their address at once."""
    referrer = Referrer(stage).start()
    referrer.get("/refer/confirm")
    assert leads_to(referrer.post("/refer/confirm", {"email": EMAIL})) == "/refer/confirm/code"
    code = newest(stage, CODE)
    assert referrer.post("/refer/confirm/code", {"code": code}).status_code == 303
    return referrer


def on_another_device(stage: Stage) -> Referrer:
    """The same person hours later, with the e-mail and nothing else."""
    stage.clock.advance(IDLE * 2)
    referrer, link = Referrer(stage), newest(stage, LINK)
    referrer.get(link)
    assert leads_to(referrer.post(f"{link}/code", {"action": "send"})) == f"{link}/code"
    code = newest(stage, CODE)
    assert leads_to(referrer.post(f"{link}/code", {"code": code})) == "/refer/tasks"
    return referrer


def half(form: FormFields) -> FormFields:
    """Every other field of a form, and no more than the beginning of what is long."""
    return {name: [value[:30] for value in form[name]] for name in list(form)[::2]}


def plain(values: list[str]) -> set[str]:
    """Values without what a page writes in its own way once they are answers."""
    return {"".join(filter(str.isalnum, value)).lower() for value in values}


def test_a_referral_interrupted_at_every_page_is_finished_elsewhere(stage: Stage):
    referrer = confirmed(stage)
    interrupted = 0
    for path, address, form in steps():
        asked = referrer.get(address)
        typed = half(form) | {"version": version_of(asked), "action": "later"}
        assert leads_to(referrer.post(address, typed)) == "/refer/saved", address
        interrupted += 1

        referrer = on_another_device(stage)
        shown = referrer.get(address)
        fields = Shown(shown.body.decode()).fields
        for name, values in half(form).items():
            assert plain(values) <= plain(fields[name]), (address, name)
        if not referrer.answers.answered(PAGES[path]):
            assert b"not finished" in referrer.get("/refer/tasks").body, address
        saved = referrer.post(address, form | {"version": version_of(shown)})
        assert saved.status_code == 303, address

    assert interrupted == len(list(steps())) > 40
    assert referrer.answers == answers_from()
    check = referrer.get("/refer/check")
    assert leads_to(referrer.post("/refer/check", {"version": version_of(check)})) == "/refer/sent"
