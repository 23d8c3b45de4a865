"""Who may read, and what a browser may do with the answers: ASGI middleware around the whole application."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Mapping, MutableMapping
from typing import Any

import bcrypt
from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

READ_METHODS = ("GET", "HEAD")
MOST_REMEMBERED = 64
"""Verified credentials kept at most: a scraper, a few people, and whatever else they configured."""


def refusal(path: str, sentence: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A sentence in place of an answer: JSON below ``/api/``, text elsewhere."""
    if path.startswith("/api/"):
        return JSONResponse({"detail": sentence}, status, headers)
    return PlainTextResponse(f"{sentence}\n", status, headers)


class ReadOnly:
    """Lets GET and HEAD through, HEAD as a GET without its body, and answers 405 to everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] == "GET":
            await self._app(scope, receive, send)
        elif scope["method"] in READ_METHODS:
            await self._app({**scope, "method": "GET"}, receive, _without_body(send))
        else:
            answer = refusal(
                scope["path"], "This service is read only; use GET or HEAD.", 405, {"Allow": ", ".join(READ_METHODS)}
            )
            await answer(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def head(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return head


class SecurityHeaders:
    """Adds headers to every answer, to refusals too; an answer that sets one of them itself keeps its own."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = dict(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=_with_header_list(message))
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _with_header_list(message: Message) -> MutableMapping[str, Any]:
    message.setdefault("headers", [])
    return message


class BasicAuth:
    """Asks for one of ``users``, each with the bcrypt hash of a password, as Prometheus exporters do.

    An unknown user costs as much time as a wrong password. Verified credentials are remembered, so that a scrape does not
    pay for bcrypt each time; they are kept as keyed digests that are worth nothing outside this process.

    Raises:
        ValueError: a hash is not a bcrypt hash.
    """

    def __init__(self, app: ASGIApp, users: Mapping[str, str]) -> None:
        self._app = app
        self._hashes = {user: hashed.encode() for user, hashed in users.items()}
        for user, hashed in self._hashes.items():
            if not _is_bcrypt(hashed):
                raise ValueError(f"The password of user {user!r} is not a bcrypt hash; make one with: htpasswd -nBC 10 {user}")
        self._decoy = next(iter(self._hashes.values()), None) or bcrypt.hashpw(secrets.token_bytes(16), bcrypt.gensalt())
        self._key = secrets.token_bytes(32)
        self._verified: OrderedDict[bytes, None] = OrderedDict()
        self._limiter: CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or await self._admits(Headers(scope=scope).get("authorization", "")):
            await self._app(scope, receive, send)
            return
        challenge = {"WWW-Authenticate": 'Basic realm="vjourney", charset="UTF-8"'}
        answer = refusal(scope["path"], "A user name and a password are required.", 401, challenge)
        await answer(scope, receive, send)

    async def _admits(self, authorization: str) -> bool:
        credentials = _credentials(authorization)
        if credentials is None:
            return False
        user, password = credentials
        hashed = self._hashes.get(user)
        digest = hashlib.blake2b(repr((user, hashed)).encode() + b"\0" + password, key=self._key).digest()
        if digest in self._verified:
            return True
        if self._limiter is None:
            # one at a time: a flood of wrong passwords must not take every core and every thread
            self._limiter = CapacityLimiter(1)
        matches = await to_thread.run_sync(_matches, password, hashed or self._decoy, limiter=self._limiter)
        if hashed is None or not matches:
            return False
        self._verified[digest] = None
        while len(self._verified) > MOST_REMEMBERED:
            self._verified.popitem(last=False)
        return True


def _credentials(authorization: str) -> tuple[str, bytes] | None:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return (user.decode(), password) if colon else None
    except (binascii.Error, UnicodeDecodeError):
        return None


def _matches(password: bytes, hashed: bytes) -> bool:
    try:
        return bcrypt.checkpw(password, hashed)
    except ValueError:  # longer than bcrypt can tell apart
        return False


def _is_bcrypt(hashed: bytes) -> bool:
    try:
        bcrypt.checkpw(b"", hashed)
    except ValueError:
        return False
    return True
