"""The HTTP interface, through the whole stack of middleware."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI

from exporters.document import document
from exporters.history import History
from exporters.schema import Document
from exporters.web.app import create_app
from exporters.web.page import Readings, nothing
from inference.publication import Publication
from inference.results import Scope

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
Ask = Callable[..., httpx.Response]
BODY = b"vjourney_build_info 1\n" * 100


def metrics(accept: str) -> tuple[bytes, str]:
    """A renderer that shows which Accept header it was given."""
    return BODY, f"text/plain; version=0.0.4; given={accept.partition('/')[0]}"


def app(publication: Publication | None, history: Readings = nothing) -> FastAPI:
    """An application over this publication."""
    return create_app(lambda: publication, metrics=metrics, version="1.2.3", history=history)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("route", [*ROUTES, "/nowhere"])
def test_nothing_but_reading_is_allowed(method: str, route: str, publication: Publication, ask: Ask) -> None:
    """Any other method is refused everywhere, with those that are allowed."""
    answer = ask(app(publication), route, method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("route", ROUTES)
def test_head_is_a_get_without_its_body(route: str, publication: Publication, ask: Ask) -> None:
    """Status and headers are the same, the length among them."""
    get, head = ask(app(publication), route), ask(app(publication), route, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


@pytest.mark.parametrize("route", [*ROUTES, "/nowhere"])
def test_security_headers_are_on_every_answer(route: str, publication: Publication, ask: Ask) -> None:
    """Errors have them too."""
    headers = ask(app(publication), route).headers
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


@pytest.mark.parametrize("route", ["/api/v1/assessments", "/api/v1/assessments/fleet", "/api/v1/history"])
def test_before_the_first_poll_the_api_asks_to_come_again(route: str, ask: Ask) -> None:
    """An empty document would look like an empty estate."""
    answer = ask(app(None), route)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "first poll is still running" in answer.json()["detail"]


def test_ready_waits_for_the_first_poll_and_healthy_does_not(publication: Publication, ask: Ask) -> None:
    """The process can be well while it has nothing to say."""
    assert [ask(app(None), probe).status_code for probe in ("/-/healthy", "/-/ready")] == [200, 503]
    assert [ask(app(publication), probe).status_code for probe in ("/-/healthy", "/-/ready")] == [200, 200]


def test_an_unknown_scope_is_answered_with_those_there_are(publication: Publication, ask: Ask) -> None:
    """The sentence says what could have been meant."""
    answer = ask(app(publication), "/api/v1/assessments/nothing")
    assert answer.status_code == 404
    assert "'prod', 'Compute (domain-c8)'" in answer.json()["detail"]
    assert ask(app(publication), "/api/v1/history?scope=nothing").status_code == 404
    assert ask(app(publication), "/?scope=nothing").status_code == 404


def test_a_scope_is_found_by_id_and_by_name(publication: Publication, ask: Ask) -> None:
    """Ids contain slashes, names anything at all."""
    for item in publication.assessments:
        for wanted in (item.scope.id, quote(item.scope.id, safe="")):
            assert ask(app(publication), f"/api/v1/assessments/{wanted}").json() == document(publication, item.scope.id)
    named = ask(app(publication), "/api/v1/assessments/prod/Compute%20(domain-c8)").json()
    assert [part["scope"]["id"] for part in named["assessments"]] == [publication.assessments[2].scope.id]
    assert ask(app(publication), "/", params={"scope": publication.assessments[-1].scope.name}).status_code == 200


def test_the_whole_document_follows_the_schema(publication: Publication, ask: Ask) -> None:
    """What is served is what the models say, and what other exporters render."""
    answer = ask(app(publication), "/api/v1/assessments")
    assert answer.headers["content-type"] == "application/json"
    Document.model_validate_json(answer.content)
    assert answer.json() == document(publication)


def test_a_new_publication_replaces_the_kept_document(publication: Publication, ask: Ask) -> None:
    """A rendering is kept for one publication only."""
    published: list[Publication | None] = [publication]
    web = create_app(lambda: published[0], metrics=metrics, version="1.2.3")
    assert len(ask(web, "/api/v1/assessments").json()["assessments"]) == 5
    published[0] = Publication(publication.taken_at, publication.model)
    assert ask(web, "/api/v1/assessments").json()["assessments"] == []


def test_history_hands_over_the_stored_readings(publication: Publication, ask: Ask) -> None:
    """The store is asked for the id of the scope that was named."""
    asked: list[str | None] = []

    def readings(scope: str | None) -> Sequence[Mapping[str, Any]]:
        asked.append(scope)
        return [{"scope": scope, "position": 1.5}]

    answer = ask(app(publication, readings), "/api/v1/history", params={"scope": "Compute (domain-c8)"})
    History.model_validate_json(answer.content)
    assert asked == [publication.assessments[2].scope.id]
    assert answer.json()["readings"][0]["position"] == 1.5


def test_metrics_are_rendered_for_the_accept_header(publication: Publication, ask: Ask) -> None:
    """The renderer decides; its content type is passed on."""
    answer = ask(app(publication), "/metrics", headers={"Accept": "application/openmetrics-text"})
    assert (answer.content, answer.headers["content-type"]) == (BODY, "text/plain; version=0.0.4; given=application")


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [("gzip", True), ("br, *;q=0.1", True), ("identity", False), ("gzip;q=0", False), ("gzip;q=0.0, *", False)],
)
def test_gzip_is_used_where_it_is_accepted(accepted: str, compressed: bool, publication: Publication, ask: Ask) -> None:
    """A quality of zero is a refusal."""
    answer = ask(app(publication), "/metrics", headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("content-encoding") == "gzip") == compressed
    assert (int(answer.headers["content-length"]) < len(BODY)) == compressed
    assert answer.content == BODY


def test_the_api_describes_its_answers(publication: Publication, ask: Ask) -> None:
    """Each JSON route names its model, and nothing interactive is loaded from elsewhere."""
    web = app(publication)
    description = ask(web, "/api/openapi.json").json()
    for route, model in (
        ("/api/v1/assessments", "Document"),
        ("/api/v1/assessments/{scope}", "Document"),
        ("/api/v1/history", "History"),
    ):
        answers = description["paths"][route]["get"]["responses"]
        assert answers["200"]["content"]["application/json"]["schema"]["$ref"].endswith(f"/{model}")
        assert answers["503"]["content"]["application/json"]["schema"]["$ref"].endswith("/Problem")
    assert [ask(web, route).status_code for route in ("/docs", "/redoc")] == [404, 404]


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
def test_the_page_loads_nothing_and_runs_nothing(index: int, publication: Publication, ask: Ask) -> None:
    """No script, no handler, no other host, whatever a cluster is called."""
    html = ask(app(publication), "/", params={"scope": publication.assessments[index].scope.id}).text
    found = References()
    found.feed(html)
    assert "script" not in found.tags
    assert found.events == []
    assert all(link.startswith(("/", "#", "data:image/svg+xml,")) and not link.startswith("//") for link in found.links)
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in html


def test_json_keeps_hostile_names_as_data(publication: Publication, ask: Ask) -> None:
    """A name comes back as it is, and a browser is told not to guess another type."""
    answer = ask(app(publication), "/api/v1/assessments")
    assert publication.assessments[-1].scope.name in {
        part["scope"]["name"] for part in json.loads(answer.content)["assessments"]
    }
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_vcenter_that_is_away_has_a_history(publication: Publication, ask: Ask) -> None:
    """What is declared of it is stored; how it is now nobody knows."""
    away = replace(publication, unread=(Scope("vcenter", "uuid-2", "branch", "branch"),))
    assert [each["name"] for each in ask(app(away), "/api/v1/history?scope=branch").json()["scopes"]] == ["branch"]
    assert ask(app(away), "/api/v1/assessments/branch").status_code == 404


def test_history_that_cannot_be_read_is_no_empty_history(publication: Publication, ask: Ask) -> None:
    """503 and when to come back, never a past without readings."""
    answer = ask(app(publication, history=lambda _scope: None), "/api/v1/history", params={"scope": "fleet"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["detail"].endswith("see the service log.")


@pytest.mark.parametrize("route", ["/", "/api/v1/assessments", "/api/v1/assessments/prod", "/api/v1/history"])
def test_what_a_reader_has_is_not_sent_again(route: str, publication: Publication, ask: Ask) -> None:
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
    route: str, method: str, status: int, publication: Publication, ask: Ask
) -> None:
    """A program finds the sentence at the same place each time."""
    answer = ask(app(publication), route, method)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert answer.json()["detail"].endswith(".")


def test_an_address_that_is_not_there_has_a_page(publication: Publication, ask: Ask) -> None:
    """People find the way back, whatever they typed."""
    answer = ask(app(publication), "/<b>nowhere</b>")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "&lt;b&gt;nowhere" in answer.text
    assert '<a href="/">' in answer.text


def test_a_fault_of_our_own_is_a_sentence_with_every_header(publication: Publication) -> None:
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


@pytest.mark.parametrize("name", ["a b", "50%", "a/b?c#d", "../..", "Zürich 🙂", "line\nbreak", "'\"<>&", "%2F", "."])
def test_a_scope_may_be_called_anything(name: str, publication: Publication, ask: Ask) -> None:
    """Written as an address asks for, every name is found: by the API and by the page."""
    *others, last = publication.assessments
    odd = replace(publication, assessments=(*others, replace(last, scope=replace(last.scope, name=name))))
    answer = ask(app(odd), f"/api/v1/assessments/{quote(name, safe='').replace('.', '%2E')}")
    assert (answer.status_code, answer.json()["assessments"][0]["scope"]["name"]) == (200, name)
    assert ask(app(odd), "/", params={"scope": name}).status_code == 200
    assert ask(app(odd), "/api/v1/history", params={"scope": name}).status_code == 200


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("query", ["", "?scope=", "?scope=nothing", "?scope=fleet&scope=prod", "?other=1", "?scope=%00%ff"])
def test_every_answer_is_one_that_the_description_names(
    query: str, published: bool, publication: Publication, ask: Ask
) -> None:
    """Status and content type, whatever is asked and whether or not there is something to say."""
    web = app(publication if published else None)
    paths = ask(web, "/api/openapi.json").json()["paths"]
    for path, described in paths.items():
        for scope in ("fleet", "no%00thing%ff") if "{scope}" in path else ("",):
            answer = ask(web, f"{path.replace('{scope}', scope)}{query}")
            named = described["get"]["responses"][str(answer.status_code)].get("content", {"text/html": {}})
            assert answer.headers["content-type"].partition(";")[0] in named, (path, query)
