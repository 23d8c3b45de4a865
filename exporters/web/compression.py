"""Answers as a browser keeps them: told apart by a tag, and compressed with gzip for whoever asks."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

SMALLEST = 1_000
"""Below this many bytes compression costs more than it saves."""

LEVEL = 4
MOST_KEPT = 6


@dataclass(slots=True)
class _Kept:
    """A body with its tag and, once somebody asked for it, its compressed form."""

    body: bytes
    tag: str
    small: bytes | None = None


class Compressor:
    """Makes responses; keeps tag and compressed form of the last few bodies, told apart by identity."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, _Kept] = OrderedDict()

    def respond(self, request: Request, body: bytes, content_type: str, status: int = 200) -> Response:
        """A response with this body, as gzip where the request accepts that; 304 without one where the reader has it."""
        kept = self._keep(body)
        headers = {"Vary": "Accept, Accept-Encoding", "ETag": kept.tag}
        if status == 200 and matches(request.headers.get("if-none-match", ""), kept.tag):  # noqa: PLR2004 - OK
            return Response(status_code=304, headers=headers)
        headers["Content-Type"] = content_type
        if len(body) < SMALLEST or not accepts_gzip(request.headers.get("accept-encoding", "")):
            return Response(body, status, headers)
        if kept.small is None:
            kept.small = gzip.compress(body, LEVEL, mtime=0)
        return Response(kept.small, status, {**headers, "Content-Encoding": "gzip"})

    def _keep(self, body: bytes) -> _Kept:
        kept = self._kept.get(id(body))
        if kept is None or kept.body is not body:
            # weak: the same for the compressed form, which is another representation
            kept = self._kept[id(body)] = _Kept(body, f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return kept


def matches(if_none_match: str, tag: str) -> bool:
    """Whether an If-None-Match header names this tag, or any; compared weakly, as HTTP asks here."""
    named = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in named or tag.removeprefix("W/") in named


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header names gzip, or everything, with a quality above zero."""
    qualities = {}
    for item in accept_encoding.lower().split(","):
        coding, _, parameter = (part.strip() for part in item.partition(";"))
        qualities[coding] = not parameter.replace(" ", "").rstrip("0.").endswith("q=")
    return qualities.get("gzip", qualities.get("*", False))
