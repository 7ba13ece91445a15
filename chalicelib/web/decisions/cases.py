"""The case as its decision-maker reads it, whether they may decide on it, and what they did."""

from __future__ import annotations

from chalicelib.domain import calendar
from chalicelib.domain.cases import State
from chalicelib.domain.decisions import Declaration, Interest
from chalicelib.domain.errors import BadRequest
from chalicelib.domain.forms.parsing import Invalid, parse
from chalicelib.domain.people import Role
from chalicelib.web import blocks
from chalicelib.web.decisions import downloads
from chalicelib.web.decisions.sessions import address, inputs, session_page, show, tokens
from chalicelib.web.pages import Redirect, Reply, Request

_INVALID = 400

# The form speaks to the referrer; here somebody else reads it.
_TITLES = {"referrer": "The referrer and their agency", "lead": "The referrer’s safeguarding lead"}


@session_page("/decisions/{token}/case")
def case(request: Request) -> Reply:
    """The whole referral."""
    reading = request.services.decisions.read(*tokens(request), now=request.now)
    return show(
        request,
        "case",
        session=reading.session,
        case=reading.case,
        requests=reading.requests,
        supplied=reading.supplied,
        files=downloads.parts(request, reading),
        opening=downloads.opening(request),
        sections=[
            (section.slug, _TITLES.get(section.slug, section.title), blocks.of(section))
            for section in reading.referral.summary()
        ],
    )


@session_page("/decisions/{token}/interest", methods=("GET", "POST"))
def interest(request: Request) -> Reply:
    """Whether the decision-maker has a conflict of interest. Asked for each case."""
    if request.method == "POST":
        return _declare(request)
    draft = request.services.decisions.pending(*tokens(request), now=request.now)
    declared = {"interest": [Interest.NONE.value]} if draft.is_declared else {}
    return show(
        request,
        "interest",
        session=draft.session,
        inputs=inputs(Declaration, declared),
    )


@session_page("/decisions/{token}/step-aside", methods=("GET", "POST"))
def step_aside(request: Request) -> Reply:
    """A last warning before the case is passed on, and the button that passes it on."""
    decisions = request.services.decisions
    if request.method == "POST":
        if request.fields:
            raise BadRequest("nothing is asked here")
        decisions.step_aside(*tokens(request), now=request.now)
        return Redirect(address(request, "done"))
    standing = decisions.status(*tokens(request), now=request.now)
    standing.case.ensure_open()
    return show(
        request,
        "step_aside",
        session=standing.session,
        passes_to=_deputy_of(request, standing.session.role),
    )


@session_page("/decisions/{token}/done")
def done(request: Request) -> Reply:
    """What was recorded or asked for. It can be read for as long as the session lasts."""
    standing = request.services.decisions.status(*tokens(request), now=request.now, ended=True)
    case, link = standing.case, standing.link
    if case.decided_at is None:
        case.ensure_open()
    if link.spent_at is None:
        case.ensure_open()
        asked = case.state is State.AWAITING_INFORMATION
        return show(request, "asked", case=case) if asked else Redirect(address(request, "case"))
    if case.decided_by is link.role:
        return show(request, "decided", case=case, by=request.services.settings.person(link.role))
    return show(request, "stepped_aside", case=case, passed_to=_deputy_of(request, link.role))


def _declare(request: Request) -> Reply:
    try:
        declared = parse(Declaration, request.fields, today=calendar.london_date(request.now))
    except Invalid as invalid:
        _, session = request.services.links.enter(*tokens(request), now=request.now)
        return show(
            request,
            "interest",
            session=session,
            inputs=inputs(Declaration, request.fields, invalid.problems),
            problems=invalid.problems,
            status=_INVALID,
        )
    if declared.interest is Interest.CONFLICT:
        return Redirect(address(request, "step-aside"))
    request.services.decisions.declare_no_conflict(*tokens(request), now=request.now)
    return Redirect(address(request, "outcome"))


def _deputy_of(request: Request, role: Role) -> str:
    """The label of whoever a case is passed to by ``role``, empty where nobody is named."""
    deputy = request.services.settings.person(Role.DEPUTY)
    return deputy.label if deputy and role is not Role.DEPUTY else ""
