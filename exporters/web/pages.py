"""Pages as they were rendered: a reload, or a second reader, costs nothing until there is something new."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from exporters.web.page import Events, Readings, render_page
from inference.publication import Publication

T = TypeVar("T")
MOST_KEPT = 16
PATIENCE = 1.0
"""Seconds that a reader waits for the page that another one is having rendered."""


class Pages:
    """Renders the page of a scope; keeps those of the last publication, but none of a moment when the store was away."""

    def __init__(self, latest: Callable[[], Publication | None], readings: Readings, events: Events) -> None:
        """Render what ``latest`` returns, with ``readings`` and ``events`` of the store."""
        self._latest = latest
        self._readings = readings
        self._events = events
        # replaced as a whole, since readers come in threads of their own
        self._last: tuple[Publication | None, dict[str | None, bytes]] = (None, {})
        self._rendering = threading.Lock()

    def render(self, scope: str | None) -> tuple[int, bytes]:
        """Status and HTML of the page of ``scope``, by id or name, or of the start page."""
        publication = self._latest()
        kept = self._kept_of(publication)
        if (page := kept.get(scope)) is not None:
            return 200, page
        # whoever comes at the same time waits for the page of the first, but not for a store that hangs
        alone = self._rendering.acquire(timeout=PATIENCE)
        try:
            page = kept.get(scope)
            return (200, page) if page is not None else self._rendered(publication, scope, kept)
        finally:
            if alone:
                self._rendering.release()

    def _kept_of(self, publication: Publication | None) -> dict[str | None, bytes]:
        of, kept = self._last
        if of is not publication:
            kept = {}
            self._last = publication, kept
        return kept

    def _rendered(self, publication: Publication | None, scope: str | None, kept: dict[str | None, bytes]) -> tuple[int, bytes]:
        unread: list[object] = []
        readings, events = _noting(self._readings, unread), _noting(self._events, unread)
        status, html = render_page(publication, scope, readings, events)
        page = html.encode()
        if publication is not None and status == 200 and not unread and len(kept) < MOST_KEPT:  # noqa: PLR2004 - OK
            kept[scope] = page
        return status, page


def _noting(
    read: Callable[[T], Sequence[Mapping[str, Any]] | None], unread: list[object]
) -> Callable[[T], Sequence[Mapping[str, Any]] | None]:
    def noted(of: T) -> Sequence[Mapping[str, Any]] | None:
        found = read(of)
        if found is None:
            unread.append(of)
        return found

    return noted
