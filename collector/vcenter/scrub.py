"""What is taken out of a recording before it reaches a disk: who logged in, from where, and what would let others in.

Requests pass through here on replay too, so that a replay matches whatever name it logs in with.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from vcr.filters import decode_response
from vcr.request import Request

PLACEHOLDER = "recorded"
HOST = "vcenter.invalid"
MOMENT = "2000-01-01T00:00:00Z"

KEPT_REQUEST_HEADERS = frozenset({"soapaction", "content-type"})
KEPT_RESPONSE_HEADERS = frozenset({"content-type"})

_CREDENTIALS = re.compile(r"<(userName|password|sessionId|sessionID|vcSessionCookie)\b([^<>]*)>[^<]+</\1>")
_USER_SESSION = re.compile(
    r"<LoginResponse\b.*?</LoginResponse>"
    r'|<(\w+)\b[^<>]*:type="(?:\w+:)?(?:ArrayOf)?UserSession"[^<>]*>.*?</\1>',
    re.DOTALL,
)
_WHO = re.compile(r"<(key|userName|fullName|ipAddress|userAgent)\b([^<>]*)>[^<]*</\1>")
_WHEN = re.compile(r"<(loginTime|lastActiveTime)\b([^<>]*)>[^<]*</\1>")
_CALLS = re.compile(r"<(callCount)\b([^<>]*)>[^<]*</\1>")
_SESSION_OBJECT = re.compile(r"\bsession\[[0-9A-Fa-f-]+\]")
_LICENSE_KEY = re.compile(r"<(licenseKey)\b([^<>]*)>[^<]+</\1>")
_REST_SESSION = re.compile(r'\s*(\{\s*"value"\s*:\s*)?"[^"]*"\s*(\}?)\s*')
_BETWEEN_ELEMENTS = re.compile(r"(</[^<>]+>|/>)(?=<)")


def scrub_request(request: Request) -> Request:
    """A copy without credentials, cookies, addresses and the client's description."""
    path = request.parsed_uri.path or "/"
    headers = {name: value for name, value in request.headers.items() if name.lower() in KEPT_REQUEST_HEADERS}
    return Request(request.method, f"https://{HOST}{path}", _on_text(request.body, _clean_request), headers)


def scrub_response(response: dict[str, Any]) -> dict[str, Any]:
    """A copy as plain text, one element a line, without cookies, session keys and who holds them."""
    plain = decode_response(response)
    kept = {name: list(values) for name, values in plain["headers"].items() if name.lower() in KEPT_RESPONSE_HEADERS}
    return {
        "status": dict(plain["status"]),
        "headers": kept,
        "body": {"string": _on_text(plain["body"]["string"], _clean_response)},
    }


def _clean_request(body: str) -> str:
    return _SESSION_OBJECT.sub(f"session[{PLACEHOLDER}]", _replace(_CREDENTIALS, PLACEHOLDER, body))


def _clean_response(body: str) -> str:
    if rest := _REST_SESSION.fullmatch(body):  # the only text that the REST API answers with, and nothing else around it
        return f'{rest[1] or ""}"{PLACEHOLDER}"{rest[2]}'
    body = _USER_SESSION.sub(lambda found: _clean_user_session(found[0]), body)
    body = _SESSION_OBJECT.sub(f"session[{PLACEHOLDER}]", body)
    body = _replace(_LICENSE_KEY, PLACEHOLDER, body)
    # White space between elements means nothing in SOAP; between a start tag and its end tag it would.
    return body if "<![CDATA[" in body else _BETWEEN_ELEMENTS.sub(r"\1\n", body)


def _clean_user_session(part: str) -> str:
    part = _replace(_WHO, PLACEHOLDER, part)
    part = _replace(_WHEN, MOMENT, part)
    return _replace(_CALLS, "0", part)


def _replace(elements: re.Pattern[str], text: str, body: str) -> str:
    """Put ``text`` into the elements, which the pattern splits into name and attributes."""
    return elements.sub(lambda found: f"<{found[1]}{found[2]}>{text}</{found[1]}>", body)


def _on_text(body: bytes | None, change: Callable[[str], str]) -> bytes | None:
    """Apply ``change`` to a body that is text; leave any other as it is."""
    try:
        return body if body is None else change(body.decode()).encode()
    except UnicodeDecodeError:
        return body
