"""Answers to what went wrong: a page for people, JSON for programs, a sentence in both."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from exporters.web.page import render_missing
from exporters.web.security import refusal

OURS = "vjourney itself failed on this request; its log says why. Please report this."


def answer_failures(app: FastAPI, headers: Mapping[str, str]) -> None:
    """Answer unknown addresses and faults of our own; ``headers`` are those of every answer."""

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        path, sentence = request.url.path, error.detail
        if error.status_code == HTTPStatus.NOT_FOUND and sentence == HTTPStatus.NOT_FOUND.phrase:
            sentence = f"There is nothing at {path}; the page is at / and the API is described at /api/openapi.json."
        if error.status_code == HTTPStatus.NOT_FOUND and not path.startswith("/api/"):
            return HTMLResponse(render_missing(sentence), error.status_code)
        return refusal(path, sentence, error.status_code, error.headers)

    @app.exception_handler(Exception)
    def failed(request: Request, _error: Exception) -> Response:
        # this answer is made outside of every middleware
        return refusal(request.url.path, OURS, HTTPStatus.INTERNAL_SERVER_ERROR, headers)
