"""Adding files to something, seeing how each fares, and removing them: the same everywhere.

A file goes from the browser straight to the storage's quarantine, never through this service.
With scripts, the page asks ``allow`` for each file's permit by its name and size and sends it by
itself. Without, "Add a file" keeps a place, and the page of that place holds a form that posts to
the storage, which leads back to the list.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain import attachments as rules
from chalicelib.domain import errors
from chalicelib.domain.attachments import State
from chalicelib.domain.forms.parsing import Problem
from chalicelib.ports import CaseKey
from chalicelib.templating import format_time
from chalicelib.web.attachments import files
from chalicelib.web.attachments.files import Shown
from chalicelib.web.headers import Opening
from chalicelib.web.pages import Handler, Html, Redirect, Reply, Request, Text

if TYPE_CHECKING:
    from chalicelib.services.attachments import Allowed

INVALID = 422
TOO_OFTEN = 429

LIMITS = (
    f"{rules.KINDS_IN_WORDS} files",
    f"up to {files.size(rules.MAX_FILE)} each",
    f"up to {rules.MAX_FILES} files, and {files.size(rules.MAX_TOTAL)} in all",
)

_LONGEST_NAME = 1000
_LONGEST_SIZE = 15
_EMPTY = "This file is empty"


@dataclass(frozen=True)
class Place:
    """Where files may be added, to what, and where its pages stand.

    ``owner`` is whom limits count: a draft's id or a case's reference. ``address`` is the list's;
    everything else is beneath it. ``goes_with`` says what the files are sent with.
    """

    owner: str
    case_id: str
    key: CaseKey
    part: str
    address: str
    back: str
    onward: str
    heading: str = "Add files"
    goes_with: str = "your referral"

    @property
    def allow(self) -> str:
        return f"{self.address}/allow"

    def form(self, attachment_id: str) -> str:
        return f"{self.address}/{attachment_id}"

    def removal(self, attachment_id: str) -> str:
        return f"{self.address}/{attachment_id}/remove"


@dataclass(frozen=True)
class View:
    """What the upload component shows: the files of a place, and what may still be added."""

    place: Place
    files: tuple[Shown, ...]

    @property
    def is_checking(self) -> bool:
        return any(file.state == State.CHECKING.value for file in self.files)

    @property
    def is_full(self) -> bool:
        return len(self._counted) >= rules.MAX_FILES

    @property
    def used(self) -> str:
        """How much of what may be added was added. What was refused takes no room."""
        total = files.size(sum(file.size for file in self._counted))
        most = f"{rules.MAX_FILES} files and {total} of {files.size(rules.MAX_TOTAL)}"
        return f"You have used {len(self._counted)} of {most}"

    @property
    def _counted(self) -> list[Shown]:
        return [file for file in self.files if file.state in rules.KEPT]


class Register(Protocol):
    """The decorator with which a capability registers its own pages."""

    def __call__(
        self, pattern: str, *, methods: tuple[str, ...] = ("GET",)
    ) -> Callable[[Handler], Handler]: ...


def routes(register: Register, pattern: str, place: Callable[[Request], Place]) -> None:
    """Register every page of a place. ``place`` raises where its files may not be changed."""

    @register(pattern)
    def attachments(request: Request) -> Reply:
        return listing(request, place(request))

    @register(f"{pattern}/allow", methods=("GET", "POST"))
    def attachments_allow(request: Request) -> Reply:
        return allow(request, place(request))

    @register(f"{pattern}/{{id}}")
    def attachments_form(request: Request) -> Reply:
        return form(request, place(request))

    @register(f"{pattern}/{{id}}/remove", methods=("GET", "POST"))
    def attachments_remove(request: Request) -> Reply:
        return remove(request, place(request))


def view(request: Request, place: Place) -> View:
    """The files of a place, for the component."""
    return View(place, shown(request, place))


def shown(request: Request, place: Place) -> tuple[Shown, ...]:
    """The files of a place, for a page that only lists them."""
    held = request.services.attachments.held(place.case_id, place.key, part=place.part)
    return files.shown(held)


def opening(request: Request) -> Opening:
    """What a page with the component may reach: its script sends files to the storage."""
    return Opening(connect_src=request.services.attachments.upload_origin)


def listing(request: Request, place: Place) -> Reply:
    """The files so far, and adding more."""
    if "etag" in request.query:
        # The storage puts its own names behind the address it leads back to: they end here.
        return Redirect(f"{place.address}?added=yes")
    return _list(request, place, added="added" in request.query)


def allow(request: Request, place: Place) -> Reply:
    """A permit for one file: by its name and size for the script, or a place for a form."""
    if request.method == "GET":
        # Whoever was signed out when they asked is led back here once they are in again.
        return Redirect(place.address)
    name, size = _asked(request)
    if size == 0:
        return _json({"problem": _EMPTY}, status=INVALID)
    try:
        allowed = _allow(request, place, name=name, size=size)
    except (errors.FileRefused, errors.TooOften) as refusal:
        problem = _words(refusal)
        status = TOO_OFTEN if isinstance(refusal, errors.TooOften) else INVALID
        if name is None:
            return _list(request, place, problem=problem, status=status)
        return _json({"problem": problem}, status=status)
    if name is None:
        return Redirect(place.form(allowed.attachment_id))
    return _json({"id": allowed.attachment_id, "url": allowed.url, "fields": dict(allowed.fields)})


def form(request: Request, place: Place) -> Reply:
    """The form that posts one file to the storage, for browsers without the script."""
    attachments = request.services.attachments
    try:
        allowed = attachments.form(
            place.case_id,
            request.params["id"],
            part=place.part,
            return_to=_return_to(request, place),
            now=request.now,
        )
    except (errors.FileGone, errors.FileRefused):
        # It was sent already, or given up: the list says which.
        return Redirect(place.address)
    context = {"place": place, "allowed": allowed, "limits": LIMITS, "accept": rules.ACCEPT}
    return Html(
        "attachments/form.html", context, opening=Opening(form_action=attachments.upload_origin)
    )


def remove(request: Request, place: Place) -> Reply:
    """Asks before a file is removed, and removes it."""
    attachment_id = request.params["id"]
    if request.method == "POST":
        if request.fields:
            raise errors.UnknownFields("nothing is asked here")
        request.services.attachments.remove(place.case_id, attachment_id, part=place.part)
        return Redirect(f"{place.address}?removed=yes")
    found = next((file for file in shown(request, place) if file.id == attachment_id), None)
    if found is None:
        # Removed before, in another tab: the list shows that.
        return Redirect(place.address)
    return Html("attachments/remove.html", {"place": place, "file": found})


def _words(refusal: errors.FileRefused | errors.TooOften) -> str:
    match refusal:
        case errors.TooManyFiles():
            return f"You can add {rules.MAX_FILES} files. Remove one before you add another"
        case errors.FileTooLarge():
            return f"The file is larger than {files.size(rules.MAX_FILE)}"
        case errors.FilesTooLarge():
            most = files.size(rules.MAX_TOTAL)
            return f"With this file, your files would be larger than {most} in all"
        case errors.TooOften():
            at = format_time(refusal.retry_at)
            return f"Too many files were added in a short time. Try again after {at}"
        case _:
            return f"This kind of file cannot be added. It must be a {rules.KINDS_IN_WORDS} file"


def _allow(request: Request, place: Place, *, name: str | None, size: int | None) -> Allowed:
    return request.services.attachments.allow(
        place.owner,
        place.case_id,
        place.key,
        part=place.part,
        name=name,
        size=size,
        return_to="" if name is not None else _return_to(request, place),
        network=request.network,
        now=request.now,
    )


def _return_to(request: Request, place: Place) -> str:
    return f"{request.services.settings.base_url}{place.address}"


def _asked(request: Request) -> tuple[str | None, int | None]:
    """The name and size that the script asks for, or neither for the form without it."""
    if not request.fields:
        return None, None
    if set(request.fields) != {"name", "size"}:
        raise errors.UnknownFields("fields that nothing of ours sends")
    (name, *others), (size, *more) = request.fields["name"], request.fields["size"]
    if others or more or len(name) > _LONGEST_NAME:
        raise errors.BadRequest("name or size doubled, or a name that no file has")
    if not (size.isascii() and size.isdigit() and len(size) <= _LONGEST_SIZE):
        raise errors.BadRequest("size is not a number")
    return name, int(size)


def _json(content: dict[str, object], *, status: int = 200) -> Text:
    return Text(json.dumps(content), "application/json", status=status)


def _list(
    request: Request, place: Place, *, added: bool = False, problem: str = "", status: int = 200
) -> Html:
    context = {
        "view": view(request, place),
        "added": added,
        "removed": "removed" in request.query,
        "problems": (Problem("", problem, "add-file"),) if problem else (),
        "limits": LIMITS,
        "accept": rules.ACCEPT,
    }
    return Html("attachments/list.html", context, status=status, opening=opening(request))
