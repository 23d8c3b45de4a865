"""Pages of estates that nobody recorded: two hundred clusters with a year behind them, hostile names, nothing at all yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from exporters.document import assessment_document
from exporters.web.app import create_app
from exporters.web.server import serve
from inference.judging.model import load as load_model
from inference.publication import Publication
from inference.results import Scope
from vjourney import demo
from vjourney.past import last_events, readings
from vjourney.service import Service
from vjourney.sources import source
from vjourney.store import PollRecord, Store

if TYPE_CHECKING:
    from tests.e2e.pages.conftest import Check, Visits

pytestmark = pytest.mark.e2e

CLUSTERS = 200
PAINT_MILLISECONDS = 1000.0
FIRST_PAINT = """new Promise(done => new PerformanceObserver(list => {
  const paint = list.getEntriesByName('first-contentful-paint')[0];
  if (paint) done(paint.startTime);
}).observe({type: 'paint', buffered: true}))"""


@pytest.fixture(scope="module")
def large() -> Publication:
    """One recorded estate of which a cluster is there two hundred times."""
    with demo.settings(0) as settings:
        store = Store.open(settings.store.url.get_secret_value())
        vcenter = next(each for each in settings.vcenters if each.name == "it-production")
        pollers = {vcenter.name: source(vcenter, lambda *_: None)}
        clock = lambda: datetime.now(UTC)  # noqa: E731  # handed on at once
        service = Service(pollers, store, load_model("journey-1"), clock=clock, prepare=lambda publication: publication)
        service.poll(vcenter.name)
        publication = service.publication
        service.close()
        store.close()
    assert publication is not None
    *others, cluster = publication.assessments
    scopes = (Scope("cluster", f"x/domain-c{number}", f"Compute {number}", vcenter.name) for number in range(CLUSTERS))
    return replace(publication, assessments=(*others, *(replace(cluster, scope=scope) for scope in scopes)))


@pytest.fixture(scope="module")
def past(large: Publication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store that holds as many readings of the vCenter as a year leaves behind."""
    [vcenter] = (each for each in large.assessments if each.scope.kind == "vcenter")
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('past')}/year.db") as store:
        for days in (*range(399, 90, -7), *range(90, -1, -1)):
            then = replace(vcenter, taken_at=vcenter.taken_at - timedelta(days=days))
            store.record(
                PollRecord(
                    instance_uuid=vcenter.scope.id,
                    vcenter=vcenter.scope.name,
                    taken_at=then.taken_at,
                    model=large.model,
                    assessments=(then,),
                    documents={vcenter.scope.id: assessment_document(then)},
                )
            )
        yield store


@pytest.mark.parametrize("query", ["", "?scope=it-production", "?scope=Compute 7"])
def test_two_hundred_clusters_paint_within_a_second(query: str, large: Publication, past: Store, visit: Visits) -> None:
    """The best of five, since other programs use the machine too: the list, what a year left behind, one cluster."""
    app = create_app(
        lambda: large,
        metrics=lambda _: (b"", "text/plain"),
        version="1",
        history=lambda scope: readings(past, scope, large.taken_at),
        events=lambda scope: last_events(past, scope),
    )
    server = serve(app, "127.0.0.1", 0)
    try:
        page = visit("light", 1440).page
        paints = []
        for _ in range(5):
            page.goto(f"{server.url}{query}")
            paints.append(page.evaluate(FIRST_PAINT))
        assert page.locator(".scopes tbody tr").count() >= CLUSTERS
        assert ("Last reading of each week" in page.content()) == ("it-production" in query)
        assert min(paints) < PAINT_MILLISECONDS, paints
    finally:
        server.stop()


NAMES = (
    "VeryLongNameWithoutAnySpace" * 6,
    '<img src=x onerror="document.title=1">',
    "Zürich & \"Genève\" 'O\\N'",
    "\u202eright to left\u202c مجموعة",
    "  ",
)


@pytest.mark.parametrize("width", [320, 1440])
def test_names_may_be_anything(width: int, large: Publication, visit: Visits, check: Check) -> None:
    """They fit, at the 320 pixels of a page enlarged four times too, and stay text; every link has a word."""
    vcenter = replace(next(each for each in large.assessments if each.scope.kind == "vcenter"))
    clusters = [each for each in large.assessments if each.scope.kind == "cluster"][: len(NAMES)]
    named = [replace(each, scope=replace(each.scope, name=name)) for each, name in zip(clusters, NAMES, strict=True)]
    odd = replace(large, assessments=(vcenter, *named))
    server = serve(create_app(lambda: odd, metrics=lambda _: (b"", "text/plain"), version="1"), "127.0.0.1", 0)
    try:
        visited = visit("light", width)
        for scope in (vcenter.scope, named[0].scope, named[-1].scope):
            check(visited, f"{server.url}?scope={scope.id}")
            assert visited.page.title() != "1"
        assert visited.errors == []
    finally:
        server.stop()


def test_print_shows_what_is_folded_in_tables(large: Publication, visit: Visits, tmp_path: Path) -> None:
    """Every lens and number, on white, and neither a hundred events nor two hundred clusters nobody opened."""
    server = serve(create_app(lambda: large, metrics=lambda _: (b"", "text/plain"), version="1"), "127.0.0.1", 0)
    try:
        page = visit("dark", 700).page
        page.goto(f"{server.url}?scope=it-production")
        page.emulate_media(media="print")
        assert page.locator("details:not(.many) td").first.is_visible()
        assert not page.locator("details.many td").first.is_visible()
        shown = "getComputedStyle(document.querySelector('.evidence tbody tr:not(.family)')).display"
        assert page.evaluate(shown) == "table-row"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert len(page.pdf(path=tmp_path / "page.pdf")) > 10_000
    finally:
        server.stop()


def test_before_the_first_poll_there_is_a_page(visit: Visits) -> None:
    """Accessible as well; it asks again by itself, which a reader is told."""
    server = serve(create_app(lambda: None, metrics=lambda _: (b"", "text/plain"), version="1"), "127.0.0.1", 0)
    try:
        page = visit("dark", 360).page
        page.goto(server.url)
        assert "reloads every five seconds" in page.inner_text("main")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        server.stop()
