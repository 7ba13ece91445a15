"""How a request becomes a page, the same way for every page.

``page`` registers a handler. Around it: the form is parsed and must be ours, path parameters are
decoded, the reply is rendered, an error becomes its page, every answer gets its headers, HEAD
loses its body. ``every_answer`` is the middleware that does the same for answers that Chalice
makes by itself, and writes the request log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from chalice.app import Blueprint, Chalice, Response
from chalice.app import Request as ChaliceRequest

from chalicelib import logs, templating
from chalicelib.domain.errors import BadRequest, NotFound, ServiceError, Tampered
from chalicelib.metrics import LogMeter, Metric, StatusClass
from chalicelib.web import assets, cookies, csrf, errors, forms, headers
from chalicelib.web.cookies import Cookie
from chalicelib.web.networks import network
from chalicelib.web.replies import Download, Html, Redirect, Reply, Text

if TYPE_CHECKING:
    from chalicelib.bootstrap import Services

__all__ = [
    "Access",
    "Cookie",
    "Download",
    "Html",
    "Redirect",
    "Reply",
    "Request",
    "Route",
    "Text",
    "every_answer",
    "page",
    "routes",
    "serving",
]

log = logging.getLogger(__name__)

Provider = Callable[[], "Services"]


class Access(Enum):
    """Who may open a route. Each route has one value, held by a test over all routes."""

    PUBLIC = "public"
    DRAFT = "draft"
    LINK = "link"
    SESSION = "session"


@dataclass(frozen=True)
class Request:
    """What a handler gets. ``method`` is GET or POST: HEAD is asked as GET.

    ``network`` is where the request came from, as limits count it; it is never stored as it is.
    """

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    fields: Mapping[str, list[str]]
    cookies: Mapping[str, str]
    services: Services
    now: datetime
    network: str = ""


Handler = Callable[[Request], Reply]


@dataclass(frozen=True)
class Route:
    """One registered pattern."""

    pattern: str
    methods: tuple[str, ...]
    access: Access
    handler: Handler


@dataclass(frozen=True)
class Visitor:
    """What every answer to one request is made with, error pages too."""

    services: Services
    cookies: Mapping[str, str]
    visit: csrf.Visit
    path: str
    now: datetime

    @property
    def secure(self) -> bool:
        return self.services.settings.is_secure


_route_of_view: dict[Callable[..., Response], Route] = {}


def _from_bootstrap() -> Services:
    # Imported at the first request, so that nothing is built when a job imports app.py.
    from chalicelib import bootstrap

    return bootstrap.services()


_provider: ContextVar[Provider] = ContextVar("provider", default=_from_bootstrap)
_meter: ContextVar[LogMeter | None] = ContextVar("meter", default=None)


@contextmanager
def serving(provider: Provider) -> Iterator[None]:
    """Within it, requests are answered with the services that ``provider`` returns."""
    token = _provider.set(provider)
    try:
        yield
    finally:
        _provider.reset(token)


def page(
    blueprint: Blueprint,
    pattern: str,
    *,
    access: Access,
    methods: Sequence[str] = ("GET",),
) -> Callable[[Handler], Handler]:
    """Register the decorated handler for ``pattern``; HEAD comes with GET.

    The handler stays callable as it is. It may raise any ServiceError.
    """
    allowed = tuple(methods) + (("HEAD",) if "GET" in methods else ())

    def register(handler: Handler) -> Handler:
        route = Route(pattern, allowed, access, handler)

        def view(**params: str) -> Response:
            request = blueprint.current_request
            return _guarded(lambda: _answer(route, request, params))

        view.__name__ = handler.__name__
        # Without content types Chalice leaves the check of them to us, whose 415 is a page.
        blueprint.route(pattern, methods=list(allowed), content_types=[])(view)
        _route_of_view[view] = route
        return handler

    return register


def routes(app: Chalice) -> dict[str, Route]:
    """Every route of an app by its pattern. Raises KeyError for one that ``page`` did not make."""
    return {
        pattern: _route_of_view[entry.view_function]
        for pattern, by_method in app.routes.items()
        for entry in by_method.values()
    }


def every_answer(request: ChaliceRequest | None, get_response: Callable[[Any], Response]) -> Any:
    """HTTP middleware: Chalice's own errors become pages, and each request gets its log line."""
    started = perf_counter()
    if request is None:
        return get_response(request)
    logs.invoked(getattr(request.lambda_context, "aws_request_id", ""))
    _meter.set(None)
    response = get_response(request)
    if response.status_code >= 400 and not isinstance(response.body, str):
        response = _as_page(request, response)
    if request.method == "HEAD":
        response.body = ""
    _log_answer(request, response.status_code, round((perf_counter() - started) * 1000, 1))
    return response


def _guarded(work: Callable[[], Response]) -> Response:
    """The last guard: a bug is logged by type and place, and answered as an error of Chalice's.

    The only ``except Exception`` of the service, beside the jobs'. Without it Chalice would log the
    message of the exception, and messages of unforeseen errors may quote what somebody typed.
    """
    try:
        return work()
    except Exception as bug:
        log.error("request failed", extra=logs.failure(bug))
        return Response(body={"Code": "Failed"}, status_code=500)


def _as_page(request: ChaliceRequest, response: Response) -> Response:
    reply = errors.page_for_status(response.status_code)
    made = _guarded(lambda: _respond(reply, _visitor(request, request.path)))
    if not isinstance(made.body, str):
        made = Response(errors.LAST_WORDS, {**headers.standard(secure=False)}, 500)
    allow = response.headers.get("Allow")
    return Response(
        made.body,
        headers={**made.headers, **({"Allow": allow} if allow else {})},
        status_code=made.status_code,
    )


def _answer(route: Route, request: ChaliceRequest, params: Mapping[str, str]) -> Response:
    visitor = _visitor(request, route.pattern.format(**params))
    try:
        reply = route.handler(_read(request, params, visitor))
    except ServiceError as error:
        reply = errors.page_for(error)
        _log_refusal(error, route, reply.status)
        if isinstance(error, Tampered):
            visitor.services.meter.emit(Metric.SEAL_BROKEN)
    return _respond(reply, visitor)


def _visitor(request: ChaliceRequest, path: str) -> Visitor:
    services = _provider.get()()
    _meter.set(services.meter)
    found = cookies.read(request.headers.get("cookie", ""), secure=services.settings.is_secure)
    return Visitor(services, found, csrf.visit(found), path, services.clock())


def _read(request: ChaliceRequest, params: Mapping[str, str], visitor: Visitor) -> Request:
    posted = request.method == "POST"
    return Request(
        method="POST" if posted else "GET",
        path=visitor.path,
        params=_decoded(params),
        query=_query(request),
        fields=_own_form(request, visitor) if posted else {},
        cookies=visitor.cookies,
        services=visitor.services,
        now=visitor.now,
        network=network(request.context.get("identity", {}).get("sourceIp", "")),
    )


def _own_form(request: ChaliceRequest, visitor: Visitor) -> dict[str, list[str]]:
    body = request.raw_body
    fields = forms.parse(
        body.encode() if isinstance(body, str) else body,
        content_type=request.headers.get("content-type", ""),
    )
    csrf.check(
        visitor.visit,
        tokens=fields.pop(csrf.FIELD, []),
        origin=request.headers.get("origin", ""),
        fetch_site=request.headers.get("sec-fetch-site", ""),
        base_url=visitor.services.settings.base_url,
    )
    return fields


def _decoded(params: Mapping[str, str]) -> dict[str, str]:
    try:
        return {
            name: forms.clean(unquote(value, errors="strict")) for name, value in params.items()
        }
    except (UnicodeDecodeError, BadRequest):
        raise NotFound("address is not readable text") from None


def _query(request: ChaliceRequest) -> dict[str, str]:
    given: Mapping[str, str] = request.query_params or {}
    return {forms.clean(name): forms.clean(given[name]) for name in given}


def _respond(reply: Reply, visitor: Visitor) -> Response:
    match reply:
        case Html():
            return _page_response(reply, visitor)
        case Redirect():
            made = headers.standard(secure=visitor.secure)
            return _response("", 303, made | {"Location": reply.to}, reply.cookies, visitor)
        case Download():
            made = headers.standard(secure=visitor.secure)
            return _response("", 303, made | {"Location": reply.to}, (), visitor)
        case Text():
            made = headers.standard(
                secure=visitor.secure, content_type=reply.content_type, cache=reply.cache
            )
            if reply.filename:
                made["Content-Disposition"] = f'attachment; filename="{reply.filename}"'
            return _response(reply.body, reply.status, made, reply.cookies, visitor)


def _page_response(reply: Html, visitor: Visitor) -> Response:
    settings = visitor.services.settings
    context = {
        "problems": (),
        **reply.context,
        "settings": settings,
        "csrf": visitor.visit.token,
        "assets": assets.prefix(settings.accent_colour),
        "path": visitor.path,
        "now": visitor.now,
    }
    body = templating.render(reply.template, context)
    given: tuple[Cookie, ...] = reply.cookies
    if visitor.visit.is_new:
        given = (*given, Cookie(csrf.COOKIE, visitor.visit.value))
    made = headers.standard(secure=visitor.secure, opening=reply.opening)
    return _response(body, reply.status, made, given, visitor)


def _response(
    body: str,
    status: int,
    made: dict[str, str],
    given: tuple[Cookie, ...],
    visitor: Visitor,
) -> Response:
    all_headers: dict[str, str | list[str]] = {**made}
    if given:
        all_headers["Set-Cookie"] = [cookies.header(each, secure=visitor.secure) for each in given]
    return Response(body, headers=headers.checked(all_headers), status_code=status)


def _log_answer(request: ChaliceRequest, status: int, duration_ms: float) -> None:
    """One line, which holds the metrics too wherever the services could be made."""
    extra = {
        "route": request.path,
        "method": request.method,
        "status": status,
        "duration_ms": duration_ms,
        "gateway_request_id": request.context.get("requestId", ""),
    }
    meter = _meter.get()
    if meter:
        values: dict[Metric, float] = {
            Metric.REQUEST_ANSWERED: 1,
            Metric.REQUEST_DURATION: duration_ms,
        }
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            values[Metric.AWS_UNAVAILABLE] = 1
        extra |= meter.fields(values, of=StatusClass(f"{status // 100}xx"))
    log.info("request answered", extra=extra)


def _log_refusal(error: ServiceError, route: Route, status: int) -> None:
    level = logging.ERROR if status >= 500 else logging.INFO
    extra = {"route": route.pattern, "status": status, **logs.failure(error)}
    log.log(level, "request refused", extra=extra)
