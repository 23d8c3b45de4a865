"""Requests to an ASGI application without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import httpx
import pytest
from starlette.types import ASGIApp


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
def ask() -> Callable[..., httpx.Response]:
    """``ask(app, url, method="GET", params=None, headers=None)``: the answer to one request."""
    return send
