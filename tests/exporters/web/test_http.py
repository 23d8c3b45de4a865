"""Every route through the whole stack of middleware: methods, headers, compression, errors, and that pages load nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import httpx
import pytest

from inference.publication import Publication

if TYPE_CHECKING:
    from tests.exporters.web.conftest import App, Ask

ROUTES = (
    "/",
    "/metrics",
    "/api/v1/assessments",
    "/api/v1/assessments/fleet",
    "/api/v1/history",
    "/-/healthy",
    "/-/ready",
    "/api/openapi.json",
)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("route", [*ROUTES, "/nowhere"])
def test_nothing_but_reading_is_allowed(method: str, route: str, publication: Publication, ask: Ask, app: App) -> None:
    """Any other method is refused everywhere, with those that are allowed."""
    answer = ask(app(publication), route, method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("route", ROUTES)
def test_head_is_a_get_without_its_body(route: str, publication: Publication, ask: Ask, app: App) -> None:
    """Status and headers are the same, the length among them."""
    get, head = ask(app(publication), route), ask(app(publication), route, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


@pytest.mark.parametrize("route", [*ROUTES, "/nowhere"])
def test_security_headers_are_on_every_answer(route: str, publication: Publication, ask: Ask, app: App) -> None:
    """Errors have them too."""
    headers = ask(app(publication), route).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [("gzip", True), ("br, *;q=0.1", True), ("identity", False), ("gzip;q=0", False), ("gzip;q=0.0, *", False)],
)
def test_gzip_is_used_where_it_is_accepted(
    accepted: str, compressed: bool, publication: Publication, ask: Ask, app: App, body: bytes
) -> None:
    """A quality of zero is a refusal."""
    answer = ask(app(publication), "/metrics", headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("content-encoding") == "gzip") == compressed
    assert (int(answer.headers["content-length"]) < len(body)) == compressed
    assert answer.content == body


@pytest.mark.parametrize("route", ["/", "/api/v1/assessments", "/api/v1/assessments/prod", "/api/v1/history"])
def test_what_a_reader_has_is_not_sent_again(route: str, publication: Publication, ask: Ask, app: App) -> None:
    """304 without a body until there is something new; every answer is asked about before it is used again."""
    first = ask(app(publication), route)
    assert first.headers["cache-control"] == "private, no-cache"
    tag = first.headers["etag"]
    for named in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
        again = ask(app(publication), route, headers={"If-None-Match": named, "Accept-Encoding": "gzip"})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    changed = replace(publication, taken_at=publication.taken_at + timedelta(hours=1), declarations={}, assessments=())
    assert ask(app(changed), route, headers={"If-None-Match": tag}).status_code in {200, 404}


@pytest.mark.parametrize(
    ("route", "method", "status"),
    [("/api/nowhere", "GET", 404), ("/api/v1/assessments/nothing", "GET", 404), ("/api/v1/assessments", "POST", 405)],
)
def test_errors_of_the_api_are_json_with_a_sentence(
    route: str, method: str, status: int, publication: Publication, ask: Ask, app: App
) -> None:
    """A program finds the sentence at the same place each time."""
    answer = ask(app(publication), route, method)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert answer.json()["detail"].endswith(".")


def test_an_address_that_is_not_there_has_a_page(publication: Publication, ask: Ask, app: App) -> None:
    """People find the way back, whatever they typed."""
    answer = ask(app(publication), "/<b>nowhere</b>")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "&lt;b&gt;nowhere" in answer.text
    assert '<a href="/">' in answer.text


def test_a_fault_of_our_own_is_a_sentence_with_every_header(publication: Publication, app: App) -> None:
    """Nothing of the fault itself is shown; a program gets JSON here too."""

    def failing(_scope: str) -> None:
        raise RuntimeError("secret")

    async def ask_twice() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app(publication, history=failing), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://vjourney") as client:
            return [await client.get("/"), await client.get("/api/v1/history?scope=fleet")]

    page, api = asyncio.run(ask_twice())
    for answer in (page, api):
        assert answer.status_code == 500
        assert "vjourney itself failed on this request" in answer.text
        assert "secret" not in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert api.json()["detail"].endswith("Please report this.")


class References(HTMLParser):
    """Collects what a browser would load or follow, and every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.events: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one tag."""
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]
        self.events += [name for name, _ in attrs if name.startswith("on") or name == "style"]


@pytest.mark.parametrize("index", range(5))
def test_the_page_loads_nothing_and_runs_nothing(index: int, publication: Publication, ask: Ask, app: App) -> None:
    """No script, no handler, no other host, whatever a cluster is called."""
    html = ask(app(publication), "/", params={"scope": publication.assessments[index].scope.id}).text
    found = References()
    found.feed(html)
    assert "script" not in found.tags
    assert found.events == []
    assert all(link.startswith(("/", "#", "data:image/svg+xml,")) and not link.startswith("//") for link in found.links)
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in html
