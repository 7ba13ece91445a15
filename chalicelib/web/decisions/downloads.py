"""A decision-maker's way to the files of a case: safe ones only, each download on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain import attachments as rules
from chalicelib.domain.attachments import State
from chalicelib.domain.errors import FileGone, UnknownFields
from chalicelib.templating import format_date_time
from chalicelib.web.attachments import files
from chalicelib.web.attachments.files import Shown
from chalicelib.web.decisions.sessions import address, session_page, tokens
from chalicelib.web.headers import Opening
from chalicelib.web.pages import Download, Redirect, Reply, Request

if TYPE_CHECKING:
    from chalicelib.services.attachments import Held
    from chalicelib.services.decisions import Reading

# What the sender is told besides is how to put it right.
_NOT_KEPT = {
    State.EXPECTED.value: "The referrer began to upload it, and it did not arrive.",
    State.INFECTED.value: "It had a virus, so it was not kept.",
    State.UNSCANNABLE.value: "It could not be checked for viruses, so it was not kept.",
    State.WRONG_TYPE.value: "It was not of a kind that is accepted, so it was not kept.",
    State.EMPTY.value: "It was empty.",
}


@dataclass(frozen=True)
class Part:
    """The files that came together, with the referral or with information given later."""

    title: str
    files: tuple[Shown, ...]


def parts(request: Request, reading: Reading) -> tuple[Part, ...]:
    """Every file of a case, in the parts in which they were sent.

    What a referrer has begun to add and not sent yet is in none of them.
    """
    held = request.services.attachments.held(reading.case.case_id, reading.key)
    titles = {rules.REFERRAL: "Sent with the referral"} | {
        rules.information(each.number): f"Sent with information on {format_date_time(each.at)}"
        for each in reading.supplied
    }
    found = {part: _shown(each for each in held if each.part == part) for part in titles}
    return tuple(Part(titles[part], shown) for part, shown in found.items() if shown)


def opening(request: Request) -> Opening:
    """What the page of a case may reach: a download's form leads to the storage."""
    return Opening(form_action=request.services.attachments.download_origin)


@session_page("/decisions/{token}/attachments/{id}", methods=("POST",))
def download(request: Request) -> Reply:
    """Lead to the file itself, for a minute."""
    if request.fields:
        raise UnknownFields("nothing is asked here")
    standing = request.services.decisions.status(*tokens(request), now=request.now)
    attachments = request.services.attachments
    try:
        found = attachments.download(
            standing.case.reference,
            request.params["id"],
            role=standing.session.role,
            now=request.now,
        )
    except FileGone:
        # The list says what became of it.
        return Redirect(f"{address(request, 'case')}#files")
    return Download(found, attachments.download_origin)


def _shown(held: Iterable[Held]) -> tuple[Shown, ...]:
    """Files as their reader sees them. A download is saved under the number, so it is shown."""
    return tuple(
        replace(
            file,
            detail=f"File {file.number}: {file.detail}" if file.detail else f"File {file.number}",
            problem=_NOT_KEPT.get(file.state, ""),
        )
        for file in files.shown(held)
    )
