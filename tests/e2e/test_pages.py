"""The page and the report as people get them: Chromium opens every view, in both themes, on a phone and on a desk."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

from exporters.web.app import create_app
from exporters.web.server import serve
from inference.model import load as load_model
from inference.results import Publication, Scope
from vjourney import demo
from vjourney.demo import recordings
from vjourney.service import Service
from vjourney.sources import source
from vjourney.store import Store

pytestmark = pytest.mark.e2e

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS = (360, 1440)
CLUSTERS = 200
PATIENCE = 120.0
"""Seconds a busy machine may take until every recording was replayed."""

PAINT_MILLISECONDS = 1000.0
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OUTSIDE = """() => [...document.querySelectorAll('body *')]
  .filter(each => each.checkVisibility() && !each.closest('thead, .skip, svg'))
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
  .map(each => each.outerHTML.slice(0, 120))"""
"""What sticks out of the window on the right; table heads are moved out of sight on a phone."""

OVERLAPPING = """() => [...document.querySelectorAll('svg text:not(.digit)')].filter((one, place, every) =>
  every.slice(place + 1).some(other => {
    if (one.ownerSVGElement !== other.ownerSVGElement) return false;
    const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
    const slack = 0.25 * a.height;  // a box is higher than its letters
    return a.right > b.left + 1 && b.right > a.left + 1 && a.bottom > b.top + slack && b.bottom > a.top + slack;
  })).map(each => each.textContent)"""
OPEN = "document.querySelectorAll('details').forEach(each => { each.open = true })"
FIRST_PAINT = """new Promise(done => new PerformanceObserver(list => {
  const paint = list.getEntriesByName('first-contentful-paint')[0];
  if (paint) done(paint.startTime);
}).observe({type: 'paint', buffered: true}))"""


@dataclass
class Visit:
    """A page with whatever it said and asked for."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; none is downloaded."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed: on Debian, apt install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield opened
        finally:
            opened.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[[Theme, int], Visit]]:
    """``visit(theme, width)``: an empty page."""
    with contextlib.ExitStack() as opened:

        def make(theme: Theme, width: int) -> Visit:
            context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": 800})
            opened.callback(context.close)
            made = Visit(context.new_page())
            made.page.on("console", lambda message: made.errors.append(message.text) if message.type == "error" else None)
            made.page.on("pageerror", lambda error: made.errors.append(str(error)))
            made.page.on("request", lambda request: made.requests.append(request.url))
            return made

        yield make


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration of the four recordings, with everything declared."""
    made = tmp_path_factory.mktemp("pages")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    entries = [f"  - {{name: {name}, replay: {file}, poll_interval: 1s}}" for name, file in recordings().items()]
    lines = ["vcenters:", *entries, f'web: {{listen: "127.0.0.1:{port}"}}', f'store: {{url: "sqlite:///{made}/s.db"}}']
    declared = (Path(__file__).parents[2] / "docs" / "declared.example.yaml").read_text(encoding="utf-8")
    (made / "declared.yaml").write_text(declared.replace("  prod:", "  it-production:"), encoding="utf-8")
    (made / "vjourney.yaml").write_text("\n".join([*lines, "declared: declared.yaml", ""]), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The service as a process of its own, every recording replayed to its fourth poll or further."""
    command = [sys.executable, "-m", "vjourney", "run", "--config", str(folder / "vjourney.yaml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603  # ourselves
        try:
            assert process.stdout is not None
            found = next(word for word in process.stdout.readline().split() if word.startswith("http")).rstrip("/")
            deadline = time.monotonic() + PATIENCE
            while not all(_polls(found, name) >= 4 for name in recordings()):
                assert time.monotonic() < deadline, "the recordings were not replayed"
                time.sleep(0.5)
            yield found
        finally:
            process.kill()


def _polls(address: str, name: str) -> int:
    answer = httpx.get(f"{address}/api/v1/history", params={"scope": name}, timeout=30)
    return len(answer.json()["readings"]) if answer.status_code == httpx.codes.OK else 0


def _views(address: str) -> list[str]:
    """Every scope, and one that is not there."""
    scopes = [each["scope"]["id"] for each in httpx.get(f"{address}/api/v1/assessments").json()["assessments"]]
    assert len(scopes) > len(recordings()) + 1, "clusters are missing"
    return [f"{address}/", *(f"{address}/?scope={scope}" for scope in scopes), f"{address}/?scope=nowhere"]


def _check(visited: Visit, url: str) -> None:
    """Nothing sticks out or overlaps, and axe finds nothing serious, closed and with everything opened."""
    page = visited.page
    page.goto(url)
    for step in ("closed", "opened"):
        if step == "opened":
            page.evaluate(OPEN)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{url} {step}: scrolls sideways"
        assert page.evaluate(OUTSIDE) == [], f"{url} {step}"
    assert page.evaluate(OVERLAPPING) == [], url
    found = Axe().run(page).response["violations"]
    told = [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"][:3]]
    assert not [each for each in found if each["impact"] in {"serious", "critical"}], f"{url}: {told}"


@pytest.mark.parametrize(("theme", "width"), list(itertools.product(THEMES, WIDTHS)))
def test_every_view_fits_and_is_accessible(
    theme: Theme, width: int, address: str, visit: Callable[[Theme, int], Visit]
) -> None:
    """On the four estates: no sideways scrolling, no overlap, no console error, no other host, nothing serious from axe."""
    visited = visit(theme, width)
    for url in _views(address):
        _check(visited, url)
    assert [error for error in visited.errors if "404" not in error] == []  # that of the scope that is not there
    assert [url for url in visited.requests if not url.startswith((address, "data:"))] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_fits_and_is_accessible(
    width: int,
    address: str,  # noqa: ARG001  # the service fills the store
    folder: Path,
    visit: Callable[[Theme, int], Visit],
) -> None:
    """One file that asks for nothing."""
    out = folder / "report.html"
    command = [sys.executable, "-m", "vjourney", "report", "--config", str(folder / "vjourney.yaml"), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # ourselves
    visited = visit("light", width)
    _check(visited, out.as_uri())
    assert visited.requests == [out.as_uri()]
    assert visited.errors == []


def test_the_page_is_usable_by_keyboard(address: str, visit: Callable[[Theme, int], Visit]) -> None:
    """The first key leads past the head; what is folded opens by a key; every link shows its focus."""
    page = visit("light", 1440).page
    page.goto(f"{address}/?scope=business-production")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the reading"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    fold = page.locator("#lenses ~ .lens summary").first
    fold.focus()
    page.keyboard.press("Enter")
    assert fold.evaluate("each => each.parentElement.open") is True


def test_a_stage_is_told_without_colour(address: str, visit: Callable[[Theme, int], Visit]) -> None:
    """Every picture has a text, and the stage stands in words on the first screen."""
    page = visit("dark", 360).page
    page.goto(f"{address}/?scope=it-production")
    assert page.locator("svg:not([aria-hidden]):not([aria-label])").count() == 0
    stage = page.locator(".lead").first
    assert "IT Production" in stage.inner_text()
    box = stage.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 800


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


@pytest.mark.parametrize("query", ["", "?scope=Compute 7"])
def test_two_hundred_clusters_paint_within_a_second(
    query: str, large: Publication, visit: Callable[[Theme, int], Visit]
) -> None:
    """The best of five, since other programs use the machine too; folded and with the long table open."""
    app = create_app(lambda: large, metrics=lambda _: (b"", "text/plain"), version="1")
    server = serve(app, "127.0.0.1", 0)
    try:
        page = visit("light", 1440).page
        paints = []
        for _ in range(5):
            page.goto(f"{server.url}{query}")
            paints.append(page.evaluate(FIRST_PAINT))
        assert page.locator(".scopes tbody tr").count() >= CLUSTERS
        assert min(paints) < PAINT_MILLISECONDS, paints
    finally:
        server.stop()


def test_before_the_first_poll_there_is_a_page(visit: Callable[[Theme, int], Visit]) -> None:
    """Accessible as well; it asks again by itself, which a reader is told."""
    server = serve(create_app(lambda: None, metrics=lambda _: (b"", "text/plain"), version="1"), "127.0.0.1", 0)
    try:
        page = visit("dark", 360).page
        page.goto(server.url)
        assert "asks again every five seconds" in page.inner_text("main")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        server.stop()
