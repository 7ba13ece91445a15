"""What messages, links and files belong to: a case by its reference, a draft by its id."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.adapters import keys
from chalicelib.domain import errors, places
from chalicelib.domain.people import Role
from chalicelib.services.links import unseal_person
from tests.stage import Stage

pytestmark = pytest.mark.aws


def test_a_reference_is_read_as_its_case(stage: Stage):
    reference = stage.submit().reference
    owner = stage.services.owners.read(reference)
    assert (owner.reference, owner.undecided, owner.expires_at) == (reference, True, None)
    key = stage.services.cases.vault.open_key(owner.case_id, owner.wrapped)
    place = places.referrer(owner.case_id)
    referrer = unseal_person(key, place, owner.referrer, Role.REFERRER)
    assert referrer.email == "priya@hospital.example.org"


def test_a_case_that_was_decided_says_so(stage: Stage):
    reference = stage.submit().reference
    stage.deliver()
    link, session, nonce = stage.pending()
    stage.services.decisions.confirm(link, session, nonce, now=stage.clock())
    assert not stage.services.owners.read(reference).undecided


def test_an_id_is_read_as_its_draft(stage: Stage):
    draft = stage.draft()
    owner = stage.services.owners.read(draft.stored.case_id)
    assert (owner.reference, owner.case_id) == ("", draft.stored.case_id)
    assert owner.expires_at == draft.expires_at
    assert not owner.has_ended(now=draft.expires_at - timedelta(seconds=1))
    assert owner.has_ended(now=draft.expires_at)


def test_the_id_of_a_sent_draft_is_read_as_its_case(stage: Stage):
    draft = stage.draft()
    sent = stage.services.referrals.submit(draft, seen=draft.version, now=stage.clock())
    owner = stage.services.owners.read(draft.stored.case_id)
    assert owner == stage.services.owners.read(sent.reference)


def test_what_is_not_there_is_not_found(stage: Stage):
    with pytest.raises(errors.DraftNotFound):
        stage.services.owners.read("f" * 32)
    with pytest.raises(errors.CaseNotFound):
        stage.services.owners.read("PR-22222222")


def test_a_reference_and_an_id_never_share_a_partition():
    assert keys.partition("PR-22222222") == "CASE#PR-22222222"
    assert keys.partition("f" * 32) == "DRAFT#" + "f" * 32
