"""The dashboards as Grafana imports them: made by the code, complete, without overlap, and about metrics that exist."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from grafana_foundation_sdk.models import units
from grafana_foundation_sdk.models.dashboard import Dashboard

from exporters.grafana.render import DASHBOARDS, FOLDER, render
from exporters.prometheus.catalogue import METRICS

STORED = {name: json.loads((FOLDER / f"{name}.json").read_text("utf-8")) for name in DASHBOARDS}
UNITS = {value for name, value in vars(units).items() if isinstance(value, str) and not name.startswith("__")}
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def panels(name: str) -> list[dict[str, Any]]:
    """The panels that show data."""
    return [panel for panel in STORED[name]["panels"] if panel["type"] != "row"]


def settings(panel: dict[str, Any], setting: str) -> Iterator[Any]:
    """A setting of a panel's fields, with its overrides."""
    config = panel["fieldConfig"]
    if setting in config["defaults"]:
        yield config["defaults"][setting]
    yield from (one["value"] for override in config["overrides"] for one in override["properties"] if one["id"] == setting)


def cells(panel: dict[str, Any]) -> set[tuple[int, int]]:
    """The places of Grafana's grid that a panel covers."""
    at = panel["gridPos"]
    return {(x, y) for x in range(at.get("x", 0), at.get("x", 0) + at["w"]) for y in range(at["y"], at["y"] + at["h"])}


@pytest.mark.parametrize("name", DASHBOARDS)
def test_the_stored_dashboard_is_what_the_code_makes(name: str) -> None:
    """Neither is changed without the other."""
    assert (FOLDER / f"{name}.json").read_text("utf-8") == render(DASHBOARDS[name]()), "write them again with: make dashboards"


def test_no_other_dashboard_is_stored() -> None:
    """A file that no code makes would never be updated."""
    assert {file.stem for file in FOLDER.iterdir()} == set(DASHBOARDS)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_grafana_s_own_schema_reads_it_without_loss_of_panels(name: str) -> None:
    """What the SDK reads back has the same address and the same panels."""
    read = Dashboard.from_json(STORED[name])
    assert (read.uid, read.title) == (STORED[name]["uid"], STORED[name]["title"])
    assert [panel.type_val for panel in read.panels or ()] == [panel["type"] for panel in STORED[name]["panels"]]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_panels_have_ids_of_their_own_and_do_not_overlap(name: str) -> None:
    """Grafana's grid is 24 wide; no cell is covered twice."""
    every = STORED[name]["panels"]
    assert len({panel["id"] for panel in every}) == len(every)
    for panel in every:
        assert panel["gridPos"].get("x", 0) + panel["gridPos"]["w"] <= 24, panel["title"]
    for one, other in combinations(every, 2):
        assert not cells(one) & cells(other), (one["title"], other["title"])


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_panel_explains_itself(name: str) -> None:
    """A title, a description that is a sentence, and words where there is no value."""
    titles = [panel["title"] for panel in panels(name)]
    assert len(set(titles)) == len(titles)
    for panel in panels(name):
        assert len(panel["description"]) > 40, panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["noValue"]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_units_are_known_and_thresholds_set(name: str) -> None:
    """Grafana knows each unit; each panel says what its colours depend on."""
    for panel in panels(name):
        assert set(settings(panel, "unit")) <= UNITS, panel["title"]
        steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        assert steps[0]["value"] is None
        assert [step["value"] for step in steps[1:]] == sorted(step["value"] for step in steps[1:])


@pytest.mark.parametrize("name", DASHBOARDS)
def test_no_meaning_is_carried_by_colour_alone(name: str) -> None:
    """Every mapped value has words of its own, and every chart a legend."""
    for panel in panels(name):
        for mappings in settings(panel, "mappings"):
            texts = [result["text"] for mapping in mappings for result in mapping["options"].values()]
            assert all(texts)
            assert len(set(texts)) == len(texts), panel["title"]
        if panel["type"] in {"timeseries", "state-timeline"}:
            assert panel["options"]["legend"]["showLegend"], panel["title"]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_the_chosen_data_source_is_used_everywhere(name: str) -> None:
    """Panels, queries, variables and annotations all ask the Prometheus of the variable."""
    dashboard = STORED[name]
    first, *others = dashboard["templating"]["list"]
    assert (first["name"], first["type"], first["query"]) == ("datasource", "datasource", "prometheus")
    askers = [
        *others,
        *dashboard["annotations"]["list"],
        *panels(name),
        *(t for panel in panels(name) for t in panel["targets"]),
    ]
    assert all(asker["datasource"] == DATASOURCE for asker in askers)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_queries_name_metrics_that_exist_with_labels_that_they_have(name: str) -> None:
    """Every selector is about a metric of the catalogue, and matches only labels that it has."""
    labels = {metric.name: {*metric.labels, "job", "instance"} for metric in METRICS}
    dashboard = STORED[name]
    asked = [target["expr"] for panel in panels(name) for target in panel["targets"]]
    asked += [annotation["expr"] for annotation in dashboard["annotations"]["list"]]
    asked += [variable["query"]["query"] for variable in dashboard["templating"]["list"][1:]]
    for expression in asked:
        for metric, matchers in re.findall(r"(vjourney_\w+)(?:\{([^}]*)\})?", re.sub(r"\$\{[^}]*\}", "chosen", expression)):
            assert set(re.findall(r"(\w+)=", matchers)) <= labels[metric], expression


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_query_is_about_the_chosen_service(name: str) -> None:
    """Two services in one Prometheus have a fleet each: the larger of the two would be neither."""
    dashboard = STORED[name]
    services, *others = dashboard["templating"]["list"][1:]
    assert (services["name"], services["query"]["query"]) == ("job", "label_values(vjourney_build_info, job)")
    asked = [target["expr"] for panel in panels(name) for target in panel["targets"]]
    asked += [annotation["expr"] for annotation in dashboard["annotations"]["list"]]
    asked += [variable["query"]["query"] for variable in others]
    for expression in asked:
        matchers = re.findall(r"vjourney_\w+(\{job=`\$\{job:raw\}`)?", expression)
        assert {bool(each) for each in matchers} == {True}, expression


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_variable_is_used_and_every_used_one_is_there(name: str) -> None:
    """Nothing to choose is without effect, and nothing is asked for that nobody can choose."""
    text = json.dumps(STORED[name])
    known = {variable["name"] for variable in STORED[name]["templating"]["list"]}
    used = set(re.findall(r"\$\{?([a-z]\w*)", text))
    assert used == known


def test_names_reach_queries_and_links_as_they_are() -> None:
    """In queries between backticks, where quotes and backslashes mean nothing; in addresses with every character encoded."""
    for name, dashboard in STORED.items():
        asked = [target["expr"] for panel in panels(name) for target in panel["targets"]]
        asked += [mark["expr"] for mark in dashboard["annotations"]["list"]]
        asked += [variable["query"]["query"] for variable in dashboard["templating"]["list"][1:]]
        several = {variable["name"] for variable in dashboard["templating"]["list"] if variable.get("multi")}
        for expression in asked:
            for matcher, variable, form in re.findall(r"(\S)`\$\{(\w+):(\w+)\}\|?`", expression):
                assert (matcher, form) == (("~", "regex") if variable in several else ("=", "raw")), expression
            assert len(re.findall(r"\$(?!__)", expression)) == len(re.findall(r"=~?`\$\{", expression)), expression
        for panel in panels(name):
            for link in (link["url"] for group in settings(panel, "links") for link in group):
                assert all(":" in used or used == "__url_time_range" for used in re.findall(r"\$\{([^}]+)\}", link)), link


def test_stage_changes_are_marked_on_every_dashboard_and_links_lead_to_one() -> None:
    """One annotation each, placed at the time that is its value; addresses of links exist."""
    addresses = {dashboard["uid"] for dashboard in STORED.values()}
    for name, dashboard in STORED.items():
        assert [mark["useValueForTime"] for mark in dashboard["annotations"]["list"]] == [True]
        links = [link["url"] for panel in panels(name) for group in settings(panel, "links") for link in group]
        assert {re.split(r"[/?]", link)[2] for link in links} <= addresses
