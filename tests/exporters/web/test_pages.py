"""Pages are rendered once for each publication, and again where that would hide something."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from exporters.web.page import nothing
from exporters.web.pages import MOST_KEPT, Pages
from inference.publication import Publication
from inference.results import Scope

Found = Sequence[Mapping[str, Any]] | None


class Store:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.found: Found = ()

    def readings(self, _scope: str) -> Found:
        """What is stored."""
        self.asked += 1
        return self.found


def test_a_page_is_rendered_once_until_something_is_published(publication: Publication) -> None:
    """The same bytes come back, so that their tag and compressed form are the same as well."""
    published, store = [publication], Store()
    pages = Pages(lambda: published[0], store.readings, nothing)
    first = pages.render("prod")
    assert pages.render("prod")[1] is first[1]
    assert pages.render(None)[1] != first[1]
    assert store.asked == 2
    published[0] = replace(publication, vcenters=())
    assert pages.render("prod")[1] != first[1]


def test_a_moment_without_the_store_is_not_kept(publication: Publication) -> None:
    """The past is back with the next reload."""
    store = Store()
    pages = Pages(lambda: publication, store.readings, nothing)
    store.found = None
    assert b"cannot be read right now" in pages.render("prod")[1]
    store.found = ()
    assert b"cannot be read right now" not in pages.render("prod")[1]


def test_neither_waiting_nor_a_wrong_name_is_kept(publication: Publication) -> None:
    """A name may be there later, and waiting ends."""
    published: list[Publication | None] = [None]
    pages = Pages(lambda: published[0], nothing, nothing)
    assert b"The first poll is running" in pages.render(None)[1]
    published[0] = publication
    assert b"The first poll is running" not in pages.render(None)[1]
    assert [pages.render("nothing")[0] for _ in range(2)] == [404, 404]


def test_not_more_than_a_few_are_kept(publication: Publication) -> None:
    """Hundreds of clusters do not fill the memory."""
    last = publication.assessments[-1]
    scopes = [Scope("cluster", f"u/{number}", f"c{number}", "prod") for number in range(MOST_KEPT + 1)]
    many = replace(publication, assessments=tuple(replace(last, scope=scope) for scope in scopes))
    pages = Pages(lambda: many, nothing, nothing)
    first = [pages.render(scope.id)[1] for scope in scopes]
    again = [pages.render(scope.id)[1] for scope in scopes]
    assert [one is other for one, other in zip(first, again, strict=True)] == [True] * MOST_KEPT + [False]
    assert first == again


def test_readers_who_come_at_once_share_one_rendering(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight browsers that reload together cost as much as one, however slow the machine is."""
    monkeypatch.setattr("exporters.web.pages.PATIENCE", 60.0)
    store, arrived = Store(), threading.Barrier(8)
    pages = Pages(lambda: publication, store.readings, nothing)

    def read(_reader: int) -> bytes:
        arrived.wait()
        return pages.render("prod")[1]

    with ThreadPoolExecutor(8) as readers:
        found = list(readers.map(read, range(8)))
    assert len({id(page) for page in found}) == 1
    assert store.asked == 1
