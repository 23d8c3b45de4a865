"""The HTTP interface: the page, the JSON API, the metrics and the two probes, over the last published result."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.convertors import PathConvertor, register_url_convertor

from exporters.document import document, history_document
from exporters.history import History
from exporters.schema import Document, Problem
from exporters.scopes import UnknownScopeError, find, known_scopes
from exporters.web.compression import Compressor
from exporters.web.failures import answer_failures
from exporters.web.page import CONTENT_SECURITY_POLICY, Events, Readings, nothing
from exporters.web.pages import Pages
from exporters.web.security import BasicAuth, ReadOnly, SecurityHeaders
from inference.publication import Publication
from inference.results import Scope

Latest = Callable[[], Publication | None]
Metrics = Callable[[str], tuple[bytes, str]]
Responses = dict[int | str, dict[str, Any]]

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
FIRST_POLL = "The first poll is still running; try again in a moment."
UNREADABLE = "The stored readings cannot be read right now; see the service log."
RETRY_SECONDS = "5"

ABOUT = """
Read only: GET and HEAD. Every answer comes from the last published result; no request reaches a vCenter.
Times are RFC 3339 in UTC, unknown is null, and keys are only ever added.
"""
METRIC_TYPES = {kind: {"schema": {"type": "string"}} for kind in ("text/plain", "application/openmetrics-text")}


def create_app(
    latest: Latest,
    *,
    metrics: Metrics,
    version: str,
    history: Readings = nothing,
    events: Events = nothing,
    users: Mapping[str, str] | None = None,
) -> FastAPI:
    """The application over what ``latest`` returns.

    ``metrics`` renders /metrics for an Accept header: body and content type. ``history`` gives the stored readings of a
    scope id, ``events`` the last stored events of a scope; both ``None`` while they cannot be read. ``users`` maps names to
    bcrypt hashes; without any, everyone may read.
    """
    app = FastAPI(
        title="vjourney",
        version=version,
        summary="How far an organisation has adopted virtualization, and how sure that reading is",
        description=ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(ReadOnly)
    if users:
        app.add_middleware(BasicAuth, users=users)
    app.add_middleware(SecurityHeaders, headers=HEADERS)
    answer_failures(app, HEADERS)
    compressor = Compressor()
    _add_probes(app, latest)
    _add_page(app, Pages(latest, history, events), compressor)
    _add_metrics(app, metrics, compressor)
    _add_api(app, latest, history, compressor)
    return app


def _published(latest: Latest) -> Publication:
    publication = latest()
    if publication is None:
        raise HTTPException(503, FIRST_POLL, {"Retry-After": RETRY_SECONDS})
    return publication


def _scope(publication: Publication, scopes: Iterable[Scope], wanted: str) -> Scope:
    try:
        return find(scopes, wanted, publication.vcenters)
    except UnknownScopeError as error:
        raise HTTPException(404, str(error)) from error


def _add_probes(app: FastAPI, latest: Latest) -> None:
    @app.get("/-/healthy", tags=["probes"], response_class=PlainTextResponse)
    def healthy() -> str:
        """The process answers."""
        return "vjourney is running.\n"

    @app.get(
        "/-/ready",
        tags=["probes"],
        response_class=PlainTextResponse,
        responses={503: {"description": "The first poll is still running", "content": {"text/plain": {}}}},
    )
    def ready() -> Response:
        """The first poll is done."""
        if latest() is None:
            return PlainTextResponse(f"{FIRST_POLL}\n", 503, {"Retry-After": RETRY_SECONDS})
        return PlainTextResponse("The first poll is done.\n")


def _add_page(app: FastAPI, pages: Pages, compressor: Compressor) -> None:
    missing: Responses = {404: {"description": "There is no such scope; the page lists the scopes"}}

    @app.get("/", tags=["page"], response_class=HTMLResponse, responses=missing)
    def page(
        request: Request,
        scope: Annotated[str | None, Query(description="Id or name of the scope to show in full")] = None,
    ) -> Response:
        """The page for people: one scope at a glance and in full, every scope in a row."""
        status, html = pages.render(scope)
        return compressor.respond(request, html, "text/html; charset=utf-8", status)


def _add_metrics(app: FastAPI, metrics: Metrics, compressor: Compressor) -> None:
    @app.get("/metrics", tags=["metrics"], response_class=Response, responses={200: {"content": METRIC_TYPES}})
    def scrape(request: Request) -> Response:
        """The metrics in the Prometheus text format 0.0.4 or, where asked for, in OpenMetrics 1.0."""
        body, content_type = metrics(request.headers.get("accept", ""))
        return compressor.respond(request, body, content_type)


def _add_api(app: FastAPI, latest: Latest, history: Readings, compressor: Compressor) -> None:
    whole = _Kept(lambda publication: _json(document(publication)))
    early: Responses = {503: {"model": Problem, "description": "The first poll is still running"}}
    unknown: Responses = {404: {"model": Problem, "description": "There is no such scope; the message lists the scopes"}}

    @app.get("/api/v1/assessments", tags=["api"], response_class=JSONResponse, responses={200: {"model": Document}, **early})
    def assessments(request: Request) -> Response:
        """Everything the last published result says."""
        return compressor.respond(request, whole(_published(latest)), "application/json")

    @app.get(
        "/api/v1/assessments/{scope:anything}",
        tags=["api"],
        response_class=JSONResponse,
        responses={200: {"model": Document}, **unknown, **early},
    )
    def assessment(request: Request, scope: str) -> Response:
        """The same document with the assessment of one scope, by its id or, where it is the only one of that name, by name."""
        publication = _published(latest)
        assessed = (assessment.scope for assessment in publication.assessments)
        one = document(publication, _scope(publication, assessed, scope).id)
        return compressor.respond(request, _json(one), "application/json")

    @app.get(
        "/api/v1/history", tags=["api"], response_class=JSONResponse, responses={200: {"model": History}, **unknown, **early}
    )
    def past(
        request: Request,
        scope: Annotated[str | None, Query(description="Id or name of one scope; every scope without it")] = None,
    ) -> Response:
        """Declarations, their changes and milestones; with a scope also its stored readings."""
        publication = _published(latest)
        scope_id = None if scope is None else _scope(publication, known_scopes(publication), scope).id
        readings = () if scope_id is None else history(scope_id)
        if readings is None:
            raise HTTPException(503, UNREADABLE, {"Retry-After": RETRY_SECONDS})
        return compressor.respond(request, _json(history_document(publication, scope_id, readings)), "application/json")


class _Anything(PathConvertor):
    """The rest of a path, whatever a cluster is called: the one that comes with the framework stops at a line break."""

    regex = r"(?s:.*)"


register_url_convertor("anything", _Anything())


class _Kept:
    """A rendering of the last publication, made once for each."""

    def __init__(self, render: Callable[[Publication], bytes]) -> None:
        self._render = render
        self._last: tuple[Publication, bytes] | None = None

    def __call__(self, publication: Publication) -> bytes:
        last = self._last
        if last is None or last[0] is not publication:
            last = self._last = publication, self._render(publication)
        return last[1]


def _json(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
