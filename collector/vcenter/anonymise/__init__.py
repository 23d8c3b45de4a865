"""Anonymising what a vCenter says before it reaches a disk: an allow list, keyed pseudonyms, and a rewriter of XML."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from vcr.request import Request

from collector.vcenter.anonymise import rules
from collector.vcenter.anonymise.pseudonyms import Pseudonyms
from collector.vcenter.anonymise.rewriting import NotRewritable, rewrite
from collector.vcenter.anonymise.tagging import rest_path, rewrite_json
from collector.vcenter.anonymise.vocabulary import Vocabulary
from collector.vcenter.scrub import HOST, PLACEHOLDER

__all__ = ["Anonymiser", "Vocabulary"]

_HEADERS = {
    "soapaction": re.compile(r'"urn:vim25/[\w.]{1,20}"'),
    "content-type": re.compile(r'(?:text|application)/[a-z+]{1,20}(?:; ?charset="?[A-Za-z0-9-]{1,20}"?)?'),
}
_PATHS = frozenset({"/sdk", "/sdk/vimServiceVersions.xml"})
_METHODS = frozenset({"GET", "POST", "DELETE"})


class Anonymiser:
    """Anonymises the messages of one recording, after credentials and cookies were taken out of them.

    ``key`` is random unless a test gives one; it is never stored.
    """

    def __init__(self, vocabulary: Vocabulary | None = None, *, key: bytes | None = None) -> None:
        self._pseudonyms = Pseudonyms(vocabulary or Vocabulary(), key)

    def request(self, request: Request) -> Request:
        """A request in which what came from earlier answers has the same pseudonyms as there."""
        path = request.parsed_uri.path
        path = path if path in _PATHS else rest_path(path, self._pseudonyms) or "/"
        uri = f"https://{HOST}{path}"
        method = request.method if request.method in _METHODS else "GET"
        return Request(method, uri, self._body(request.body), _headers(request.headers))

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        """An answer with nothing in it that is not on the allow list; one that is neither XML nor JSON loses its body."""
        code = int(response["status"]["code"])
        known = code in {status.value for status in HTTPStatus}
        headers = {name: value if isinstance(value, str) else " ".join(value) for name, value in response["headers"].items()}
        return {
            "status": {"code": code, "message": HTTPStatus(code).phrase if known else ""},
            "headers": {name: [value] for name, value in _headers(headers).items()},
            "body": {"string": self._body(response["body"]["string"]) or b""},
        }

    def reference(self, text: str) -> str:
        """A managed object id as a recording says it."""
        return rules.reference(text, self._pseudonyms)

    def version(self, text: str) -> str:
        """A version as a recording may say it."""
        return rules.version(text, self._pseudonyms) or PLACEHOLDER

    def _body(self, body: bytes | None) -> bytes | None:
        if not body:
            return body
        if body.lstrip()[:1] != b"<":
            return rewrite_json(body, self._pseudonyms)
        try:
            return rewrite(body, self._pseudonyms)
        except NotRewritable:
            return b""


def _headers(headers: Any) -> dict[str, str]:  # noqa: ANN401  # vcrpy's dictionary without case
    """The headers that may pass, whose values are as expected."""
    return {
        name: value
        for name, value in headers.items()
        if (known := _HEADERS.get(name.lower())) is not None and known.fullmatch(value)
    }
