"""The page and the report as people get them: Chromium opens every view, in both themes, on a phone and on a desk."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from exporters.web.advice import LOOK, advice
from vjourney.demo import recordings

if TYPE_CHECKING:
    from tests.e2e.pages.conftest import Check, Theme, Visits

pytestmark = pytest.mark.e2e

THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS = (360, 1440)
PATIENCE = 120.0
"""Seconds a busy machine may take until every recording was replayed."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration of the four recordings, with everything declared."""
    made = tmp_path_factory.mktemp("pages")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    entries = [f"  - {{name: {name}, replay: {file}, poll_interval: 1s}}" for name, file in recordings().items()]
    lines = ["vcenters:", *entries, f'web: {{listen: "127.0.0.1:{port}"}}', f'store: {{url: "sqlite:///{made}/s.db"}}']
    declared = (Path(__file__).parents[3] / "docs" / "declared.example.yaml").read_text(encoding="utf-8")
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


@pytest.mark.parametrize(("theme", "width"), list(itertools.product(THEMES, WIDTHS)))
def test_every_view_fits_and_is_accessible(theme: Theme, width: int, address: str, visit: Visits, check: Check) -> None:
    """On the four estates: no sideways scrolling, no overlap, no console error, no other host, nothing serious from axe."""
    visited = visit(theme, width)
    for url in _views(address):
        check(visited, url)
    assert [error for error in visited.errors if "404" not in error] == []  # that of the scope that is not there
    assert [url for url in visited.requests if not url.startswith((address, "data:"))] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_fits_and_is_accessible(
    width: int,
    address: str,  # noqa: ARG001  # the service fills the store
    folder: Path,
    visit: Visits,
    check: Check,
) -> None:
    """One file that asks for nothing."""
    out = folder / "report.html"
    command = [sys.executable, "-m", "vjourney", "report", "--config", str(folder / "vjourney.yaml"), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # ourselves
    visited = visit("light", width)
    check(visited, out.as_uri())
    assert visited.requests == [out.as_uri()]
    assert visited.errors == []


def test_the_page_is_usable_by_keyboard(address: str, visit: Visits) -> None:
    """The first key leads past the head; what is folded opens by a key; every link shows its focus."""
    page = visit("light", 1440).page
    page.goto(f"{address}/?scope=business-production")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    fold = page.locator("#lenses ~ .lens summary").first
    fold.focus()
    page.keyboard.press("Enter")
    assert fold.evaluate("each => each.parentElement.open") is True


def test_a_stage_is_told_without_colour(address: str, visit: Visits) -> None:
    """Every picture has a text, and the stage stands in words on the first screen."""
    page = visit("dark", 360).page
    page.goto(f"{address}/?scope=it-production")
    assert page.locator("svg:not([aria-hidden]):not([aria-label])").count() == 0
    stage = page.locator(".lead").first
    assert "IT Production" in stage.inner_text()
    box = stage.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 800


def test_whatever_is_unknown_comes_with_advice(address: str) -> None:
    """None of the reasons that the recorded estates give is left to the reader."""
    assessments = httpx.get(f"{address}/api/v1/assessments", timeout=30).json()["assessments"]
    unknown = [each for one in assessments for each in one["observations"] if each["state"] == "unknown"]
    assert len({each["reason"] for each in unknown}) > 5
    assert {each["reason"] for each in unknown if advice(each) == LOOK} == set()
