"""The REST side of a vCenter, as the official client wants it: reads only, over connections like those of the SOAP session.

The client makes requests of the newest dialect and reads its answers. Older vCenters and the simulator speak another one,
so both are translated here, and whatever fails becomes one line before the client sees it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import BAD_REQUEST, TOO_MANY_REQUESTS, UNAUTHORIZED, HTTPConnection
from typing import Any, Literal, Protocol
from urllib.parse import quote, unquote

from collector.vcenter.errors import MalformedAnswer, NotOffered, NotReadOnly, Refused, Unavailable, VcenterError
from collector.vcenter.methods import REST_ALLOWED
from collector.vcenter.session import GOODBYE_SECONDS, Session
from collector.vcenter.translate import STARTING, status, translate

Dialect = Literal["/api", "/rest"]
"""The beginning of the paths of an API: ``/api`` from vSphere 7.0 on, ``/rest`` since 6.5 and no longer for ever."""

DIALECTS: tuple[Dialect, ...] = ("/api", "/rest")

LOGIN, LOGOUT = "POST /session", "DELETE /session"
JSON = "application/json"

_PATH = re.compile(r"/(?:cis/)?(?P<service>session|tagging/[a-z-]+)(?:/(?P<id>[^/?]+))?(?:\?(?P<query>[a-z=-]+))?")
_ABSENT = frozenset({404, 405, 415, 501})
"""What a server answers to a path or a method that it does not have."""

_BLANKS: Mapping[str, Mapping[str, object]] = {
    "tagging/tag": {"description": "", "used_by": []},
    "tagging/category": {"description": "", "cardinality": "MULTIPLE", "associable_types": [], "used_by": []},
}
"""What the client insists on and nobody here needs; servers and recordings leave it out."""


class Asked(Protocol):
    """A request of the client."""

    method: str
    url_path: str
    body: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as the client takes it: whatever the dialect, its JSON is wrapped in ``value``."""

    status: int
    body: str | None
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": JSON})
    data: None = None

    def get_content_type(self) -> str:
        """Always JSON."""
        return JSON


class RestWire:
    """What the official client sends its requests through; for one thread, but for ``interrupt``."""

    def __init__(self, session: Session) -> None:
        self.dialect: Dialect = DIALECTS[0]
        self._session = session
        self._id: str | None = None
        self._open: HTTPConnection | None = None
        self._seconds = session.endpoint.timeout

    @property
    def logged_in(self) -> bool:
        """Whether there is a session to end."""
        return self._id is not None

    def connect(self) -> RestWire:
        """As the client wants it; connections are made when there is something to send."""
        return self

    def disconnect(self) -> None:
        """Close the connection and forget the session."""
        self._id = None
        self._hang_up()

    def interrupt(self) -> None:
        """From another thread: give up the request in flight, and wait for no other one for long."""
        self._seconds = GOODBYE_SECONDS
        connection = self._open
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def do_request(self, request: Asked) -> Answered:
        """Send one request of the client, in the dialect of the server.

        Raises:
            NotReadOnly: it is not in the list of reads; nothing was sent.
            VcenterError: the wire failed, or the answer is no success; ``NotOffered`` where the server lacks the path.
        """
        found = _PATH.fullmatch(request.url_path)
        asked = _called(request.method, found) if found else f"{request.method} {request.url_path}"
        endpoint = self._session.endpoint
        if found is None or asked not in REST_ALLOWED:
            raise NotReadOnly(endpoint, f"{asked} is not among the reading requests and was not sent")
        # in one spelling, so that a recording knows it again
        body = None if request.body is None else json.dumps(json.loads(request.body), sort_keys=True)
        code, text = self._exchange(request.method, _path(self.dialect, found), body, asked)
        if not 200 <= code < 300:  # noqa: PLR2004  # what HTTP calls success
            raise self._refusal(code, asked)
        if asked == LOGOUT or not text.strip():
            return Answered(code, None)
        try:
            value = _value(self.dialect, json.loads(text), found["service"])
        except ValueError:
            raise MalformedAnswer(endpoint, f"the answer to {asked} is not JSON; try again") from None
        if asked == LOGIN:
            if not isinstance(value, str):
                raise NotOffered(endpoint, f"the answer to {asked} holds no session")
            self._id = value
        return Answered(code, json.dumps({"value": value}))

    def _exchange(self, method: str, path: str, body: str | None, asked: str) -> tuple[int, str]:
        """The status and the text of the answer to one request."""
        self._session.count(asked)
        seconds = GOODBYE_SECONDS if asked == LOGOUT else self._seconds
        headers = {"Accept": JSON, "User-Agent": "vjourney", **self._credentials()}
        if body is not None or method == "POST":
            headers["Content-Type"] = JSON
        try:
            if self._open is None:
                self._open = self._session.another_connection(seconds)
                self._open.connect()
            elif self._open.sock is not None:
                self._open.sock.settimeout(seconds)
            self._open.request(method, path, body, headers)
            response = self._open.getresponse()
            return response.status, response.read().decode(errors="replace")
        except Exception as error:
            self._hang_up()
            raise translate(error, self._session.endpoint, asked) from error

    def _hang_up(self) -> None:
        connection, self._open = self._open, None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.close()

    def _credentials(self) -> dict[str, str]:
        """Kept from the client, which would write them to its log."""
        if self._id is not None:
            return {"vmware-api-session-id": self._id}
        endpoint = self._session.endpoint
        pair = base64.b64encode(f"{endpoint.username}:{endpoint.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def _refusal(self, code: int, asked: str) -> VcenterError:
        endpoint = self._session.endpoint
        if code in _ABSENT or (asked == LOGIN and code == BAD_REQUEST):
            return NotOffered(endpoint, f"it has no {asked} (HTTP {code})")
        if code == TOO_MANY_REQUESTS:
            return Unavailable(endpoint, f"it answered HTTP {code} to {asked}: too many requests; they are sent again later")
        if code == UNAUTHORIZED and asked != LOGIN:
            return Unavailable(endpoint, f"its REST session ended before {asked} (HTTP {code}); tags are read again later")
        if code in STARTING:
            return status(code, endpoint, asked)
        return Refused(endpoint, f"{_WHY.get(code, _OTHER).format(code=code, asked=asked, user=endpoint.username)}")


_WHY = {
    401: "the REST API does not accept the login of {user} (HTTP {code}), which the SOAP API did; "
    "see vCenter's vapi-endpoint log, or set tags: false",
    403: "{user} may not read tags (HTTP {code} to {asked}); grant it Read-only as a global permission, or set tags: false",
}
_OTHER = "it answered HTTP {code} to {asked}; see vCenter's vapi-endpoint log, or set tags: false"


def _called(method: str, found: re.Match[str]) -> str:
    """A request without ids, as lists and metrics call it."""
    service = found["service"]
    query = f"?{found['query']}" if found["query"] else ""
    return f"{method} {'' if service == 'session' else '/cis'}/{service}{query}"


def _path(dialect: Dialect, found: re.Match[str]) -> str:
    """Where a request goes in a dialect."""
    service, query = found["service"], found["query"]
    id_ = quote(unquote(found["id"]), safe=":") if found["id"] else ""
    if dialect == "/rest":
        return f"/rest/com/vmware/cis/{service}{f'/id:{id_}' if id_ else ''}{f'?~{query}' if query else ''}"
    cis = "" if service == "session" else "/cis"
    return f"/api{cis}/{service}{f'/{id_}' if id_ else ''}{f'?{query}' if query else ''}"


def _value(dialect: Dialect, answer: Any, service: str) -> Any:  # noqa: ANN401  # any JSON
    """What an answer says, without the wrapper of its dialect and with what the client insists on."""
    value = answer.get("value") if dialect == "/rest" and isinstance(answer, dict) else answer
    if value is None:  # as an empty list may be written
        return []
    if isinstance(value, dict):
        return {**_BLANKS.get(service, {}), **value}
    if service == "tagging/tag-association" and isinstance(value, list):
        return [{**entry, "tag_ids": entry.get("tag_ids") or []} if isinstance(entry, dict) else entry for entry in value]
    return value
