"""Whom a link was sent to, and who sent a referral: sealed under the case's key."""

from __future__ import annotations

from chalicelib.domain import places
from chalicelib.domain.links import Link
from chalicelib.domain.people import Person, Role
from chalicelib.ports import CaseKey


def seal_person(key: CaseKey, place: str, person: Person) -> bytes:
    """A person's name and address, sealed."""
    return key.seal(place, "\n".join((person.label, person.name, person.email)).encode())


def unseal_person(key: CaseKey, place: str, sealed: bytes, role: Role) -> Person:
    """The person that ``seal_person`` sealed at ``place``."""
    label, name, email = key.unseal(place, sealed).decode().split("\n")
    return Person(role=role, label=label, name=name, email=email)


def holder_of(key: CaseKey, link: Link) -> Person:
    """Whom a link was sent to."""
    return unseal_person(key, places.holder(link.digest), link.holder, link.role)


def referrer_of(key: CaseKey, case_id: str, sealed: bytes) -> Person:
    """Who sent a referral, as its key's item holds them."""
    return unseal_person(key, places.referrer(case_id), sealed, Role.REFERRER)
