"""The application over what is published, and requests to it without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp

from exporters.web.app import create_app
from exporters.web.page import Readings, nothing
from inference.publication import Publication

App = Callable[..., FastAPI]
Ask = Callable[..., httpx.Response]
Metrics = Callable[[str], tuple[bytes, str]]


def send(
    app: ASGIApp,
    url: str,
    method: str = "GET",
    *,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """The answer of ``app`` to one request."""

    async def exchange() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://vjourney") as client:
            return await client.request(method, url, params=params, headers=headers)

    return asyncio.run(exchange())


@pytest.fixture
def ask() -> Ask:
    """``ask(app, url, method="GET", params=None, headers=None)``: the answer to one request."""
    return send


@pytest.fixture
def body() -> bytes:
    """Metrics as they could be."""
    return b"vjourney_build_info 1\n" * 100


@pytest.fixture
def metrics(body: bytes) -> Metrics:
    """A renderer that shows which Accept header it was given."""
    return lambda accept: (body, f"text/plain; version=0.0.4; given={accept.partition('/')[0]}")


@pytest.fixture
def app(metrics: Metrics) -> App:
    """``app(publication, history=nothing)``: an application over this publication."""

    def make(publication: Publication | None, history: Readings = nothing) -> FastAPI:
        return create_app(lambda: publication, metrics=metrics, version="1.2.3", history=history)

    return make
