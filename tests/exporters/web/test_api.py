"""What the API answers: documents, histories and metrics of what is published, and sentences where there is nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from exporters.document import document
from exporters.history import History
from exporters.schema import Document
from exporters.web.app import create_app
from inference.publication import Publication
from inference.results import Scope

if TYPE_CHECKING:
    from tests.exporters.web.conftest import App, Ask, Metrics


@pytest.mark.parametrize("route", ["/api/v1/assessments", "/api/v1/assessments/fleet", "/api/v1/history"])
def test_before_the_first_poll_the_api_asks_to_come_again(route: str, ask: Ask, app: App) -> None:
    """An empty document would look like an empty estate."""
    answer = ask(app(None), route)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "first poll is still running" in answer.json()["detail"]


def test_ready_waits_for_the_first_poll_and_healthy_does_not(publication: Publication, ask: Ask, app: App) -> None:
    """The process can be well while it has nothing to say."""
    assert [ask(app(None), probe).status_code for probe in ("/-/healthy", "/-/ready")] == [200, 503]
    assert [ask(app(publication), probe).status_code for probe in ("/-/healthy", "/-/ready")] == [200, 200]


def test_an_unknown_scope_is_answered_with_those_there_are(publication: Publication, ask: Ask, app: App) -> None:
    """The sentence says what could have been meant."""
    answer = ask(app(publication), "/api/v1/assessments/nothing")
    assert answer.status_code == 404
    assert "'prod', 'Compute (domain-c8)'" in answer.json()["detail"]
    assert ask(app(publication), "/api/v1/history?scope=nothing").status_code == 404
    assert ask(app(publication), "/?scope=nothing").status_code == 404


def test_a_scope_is_found_by_id_and_by_name(publication: Publication, ask: Ask, app: App) -> None:
    """Ids contain slashes, names anything at all."""
    for item in publication.assessments:
        for wanted in (item.scope.id, quote(item.scope.id, safe="")):
            assert ask(app(publication), f"/api/v1/assessments/{wanted}").json() == document(publication, item.scope.id)
    named = ask(app(publication), "/api/v1/assessments/prod/Compute%20(domain-c8)").json()
    assert [part["scope"]["id"] for part in named["assessments"]] == [publication.assessments[2].scope.id]
    assert ask(app(publication), "/", params={"scope": publication.assessments[-1].scope.name}).status_code == 200


@pytest.mark.parametrize("name", ["a b", "50%", "a/b?c#d", "../..", "Zürich 🙂", "line\nbreak", "'\"<>&", "%2F", "."])
def test_a_scope_may_be_called_anything(name: str, publication: Publication, ask: Ask, app: App) -> None:
    """Written as an address asks for, every name is found: by the API and by the page."""
    *others, last = publication.assessments
    odd = replace(publication, assessments=(*others, replace(last, scope=replace(last.scope, name=name))))
    answer = ask(app(odd), f"/api/v1/assessments/{quote(name, safe='').replace('.', '%2E')}")
    assert (answer.status_code, answer.json()["assessments"][0]["scope"]["name"]) == (200, name)
    assert ask(app(odd), "/", params={"scope": name}).status_code == 200
    assert ask(app(odd), "/api/v1/history", params={"scope": name}).status_code == 200


def test_the_whole_document_follows_the_schema(publication: Publication, ask: Ask, app: App) -> None:
    """What is served is what the models say, and what other exporters render."""
    answer = ask(app(publication), "/api/v1/assessments")
    assert answer.headers["content-type"] == "application/json"
    Document.model_validate_json(answer.content)
    assert answer.json() == document(publication)


def test_json_keeps_hostile_names_as_data(publication: Publication, ask: Ask, app: App) -> None:
    """A name comes back as it is, and a browser is told not to guess another type."""
    answer = ask(app(publication), "/api/v1/assessments")
    assert publication.assessments[-1].scope.name in {
        part["scope"]["name"] for part in json.loads(answer.content)["assessments"]
    }
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_new_publication_replaces_the_kept_document(publication: Publication, ask: Ask, metrics: Metrics) -> None:
    """A rendering is kept for one publication only."""
    published: list[Publication | None] = [publication]
    web = create_app(lambda: published[0], metrics=metrics, version="1.2.3")
    assert len(ask(web, "/api/v1/assessments").json()["assessments"]) == 5
    published[0] = Publication(publication.taken_at, publication.model)
    assert ask(web, "/api/v1/assessments").json()["assessments"] == []


def test_history_hands_over_the_stored_readings(publication: Publication, ask: Ask, app: App) -> None:
    """The store is asked for the id of the scope that was named."""
    asked: list[str | None] = []

    def readings(scope: str | None) -> Sequence[Mapping[str, Any]]:
        asked.append(scope)
        return [{"scope": scope, "position": 1.5}]

    answer = ask(app(publication, readings), "/api/v1/history", params={"scope": "Compute (domain-c8)"})
    History.model_validate_json(answer.content)
    assert asked == [publication.assessments[2].scope.id]
    assert answer.json()["readings"][0]["position"] == 1.5


def test_a_vcenter_that_is_away_has_a_history(publication: Publication, ask: Ask, app: App) -> None:
    """What is declared of it is stored; how it is now nobody knows."""
    away = replace(publication, unread=(Scope("vcenter", "uuid-2", "branch", "branch"),))
    assert [each["name"] for each in ask(app(away), "/api/v1/history?scope=branch").json()["scopes"]] == ["branch"]
    assert ask(app(away), "/api/v1/assessments/branch").status_code == 404


def test_history_that_cannot_be_read_is_no_empty_history(publication: Publication, ask: Ask, app: App) -> None:
    """503 and when to come back, never a past without readings."""
    answer = ask(app(publication, history=lambda _scope: None), "/api/v1/history", params={"scope": "fleet"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["detail"].endswith("see the service log.")


def test_metrics_are_rendered_for_the_accept_header(publication: Publication, ask: Ask, app: App, body: bytes) -> None:
    """The renderer decides; its content type is passed on."""
    answer = ask(app(publication), "/metrics", headers={"Accept": "application/openmetrics-text"})
    assert (answer.content, answer.headers["content-type"]) == (body, "text/plain; version=0.0.4; given=application")


def test_the_api_describes_its_answers(publication: Publication, ask: Ask, app: App) -> None:
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


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize("query", ["", "?scope=", "?scope=nothing", "?scope=fleet&scope=prod", "?other=1", "?scope=%00%ff"])
def test_every_answer_is_one_that_the_description_names(
    query: str, published: bool, publication: Publication, ask: Ask, app: App
) -> None:
    """Status and content type, whatever is asked and whether or not there is something to say."""
    web = app(publication if published else None)
    paths = ask(web, "/api/openapi.json").json()["paths"]
    for path, described in paths.items():
        for scope in ("fleet", "no%00thing%ff") if "{scope}" in path else ("",):
            answer = ask(web, f"{path.replace('{scope}', scope)}{query}")
            named = described["get"]["responses"][str(answer.status_code)].get("content", {"text/html": {}})
            assert answer.headers["content-type"].partition(";")[0] in named, (path, query)
