"""Answers, compressed with gzip for whoever asks; large ones that come again are compressed once."""

from __future__ import annotations

import gzip
from collections import OrderedDict

from fastapi import Request
from fastapi.responses import Response

SMALLEST = 1_000
"""Below this many bytes compression costs more than it saves."""

LEVEL = 4
MOST_KEPT = 6


class Compressor:
    """Makes responses; keeps the compressed form of the last few bodies, told apart by identity."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[bytes, bytes]] = OrderedDict()

    def respond(self, request: Request, body: bytes, content_type: str, status: int = 200) -> Response:
        """A response with this body, as gzip where the request accepts that."""
        headers = {"Content-Type": content_type, "Vary": "Accept, Accept-Encoding"}
        if len(body) < SMALLEST or not accepts_gzip(request.headers.get("accept-encoding", "")):
            return Response(body, status, headers)
        return Response(self._compressed(body), status, {**headers, "Content-Encoding": "gzip"})

    def _compressed(self, body: bytes) -> bytes:
        kept = self._kept.get(id(body))
        if kept is not None and kept[0] is body:
            return kept[1]
        small = gzip.compress(body, LEVEL, mtime=0)
        self._kept[id(body)] = body, small
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return small


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header names gzip, or everything, with a quality above zero."""
    qualities = {}
    for item in accept_encoding.lower().split(","):
        coding, _, parameter = (part.strip() for part in item.partition(";"))
        qualities[coding] = not parameter.replace(" ", "").rstrip("0.").endswith("q=")
    return qualities.get("gzip", qualities.get("*", False))
