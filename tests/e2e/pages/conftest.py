"""Debian's Chromium, and what every page has to pass in it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

Theme = Literal["light", "dark"]

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


@dataclass
class Visit:
    """A page with whatever it said and asked for."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
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


Visits = Callable[[Theme, int], Visit]
Check = Callable[[Visit, str], None]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visits]:
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


@pytest.fixture(scope="session")
def check() -> Check:
    """``check(visit, url)``: opens the address and fails with what is wrong with it."""
    return _check


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
