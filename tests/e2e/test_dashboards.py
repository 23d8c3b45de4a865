"""Every query of every dashboard, asked of a real Prometheus that knows a year, and of its very first scrape."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest

pytestmark = pytest.mark.e2e

FOLDER = Path(__file__).parents[2] / "exporters" / "grafana" / "dashboards"
DASHBOARDS = {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.json"))}
FIRST = datetime.fromisoformat("2025-01-06T00:00:00+00:00")
LAST = FIRST + timedelta(days=365, hours=2)
ALL = (".*",)
Choice = dict[str, str | tuple[str, ...]]


class Prometheus(Protocol):
    """What these tests ask of the server."""

    def instant(self, expression: str, at: datetime) -> list[dict[str, Any]]:
        """Series with one value."""

    def over_time(self, expression: str, start: datetime, end: datetime, every: timedelta) -> list[dict[str, Any]]:
        """Series with values at each step."""

    def label_values(self, series: str, label: str) -> list[str]:
        """Values of a label; one empty value where there is none."""


def substituted(expression: str, choice: Choice, interval: str) -> str:
    """The expression as Grafana sends it: each variable once, in the form that the expression asks for."""

    def value(found: re.Match[str]) -> str:
        name, form = found[1] or found[3], found[2]
        if name == "__rate_interval":
            return interval
        chosen = choice[name]
        if form == "raw":
            assert isinstance(chosen, str)
            return chosen
        assert form == "regex"
        if chosen == ALL:
            return ".*"
        escaped = [re.sub(r"[\\^$.*+?()\[\]{}|/-]", r"\\\g<0>", one) for one in chosen]
        return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"

    return re.sub(r"\$(?:\{(\w+)(?::(\w+))?\}|(\w+))", value, expression)


def choices(dashboard: dict[str, Any], prometheus: Prometheus) -> list[Choice]:
    """Every combination of values that the variables of a dashboard can take; where several can be chosen, All, one and two."""
    found: list[Choice] = [{}]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            found = [{**choice, variable["name"]: value} for choice in found for value in _values(variable, choice, prometheus)]
    return found


def _values(variable: dict[str, Any], choice: Choice, prometheus: Prometheus) -> Iterable[str | tuple[str, ...]]:
    query = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"])
    assert query is not None
    found = prometheus.label_values(substituted(query[1], choice, ""), query[2])
    if not variable.get("includeAll"):
        return found
    assert variable["allValue"] == ".*"
    if variable["name"] == "indicator":  # one by itself may be unknown, and then has neither value nor contribution
        return (ALL,)
    return ALL, (found[0],), (found[-1],), tuple(found[:2])


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The panels that show data."""
    return (panel for panel in dashboard["panels"] if panel["type"] != "row")


def numbers(series: list[dict[str, Any]]) -> list[float]:
    """Every value that came back."""
    return [float(value) for one in series for _, value in one.get("values", [one.get("value")])]


@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_query_returns_data_of_the_year(name: str, prometheus: Prometheus) -> None:
    """As of now, over the last two hours and over the whole year, whatever is chosen."""
    every = choices(DASHBOARDS[name], prometheus)
    assert any('"' in one for choice in every for one in choice["vcenter"]), "a hostile name must be among them"
    for choice in every:
        for panel in panels(DASHBOARDS[name]):
            for target in panel["targets"]:
                now = prometheus.instant(substituted(target["expr"], choice, "20m"), LAST)
                assert now, (panel["title"], choice, target["expr"])
                assert all(map(math.isfinite, numbers(now))), (panel["title"], choice)
                if target.get("range"):
                    days = prometheus.over_time(substituted(target["expr"], choice, "2d"), FIRST, LAST, timedelta(days=1))
                    assert {moment for one in days for moment, _ in one["values"]} >= {
                        (FIRST + timedelta(days=300)).timestamp()
                    }


@pytest.mark.parametrize("name", DASHBOARDS)
def test_no_panel_is_empty_on_first_start(name: str, prometheus: Prometheus) -> None:
    """One scrape, nothing declared and nothing but the vCenters' answer known: every panel shows something."""
    for choice in choices(DASHBOARDS[name], prometheus):
        if choice.get("scope") == "cluster" and not prometheus.instant(
            substituted(
                "vjourney_coverage_ratio{vcenter=`${vcenter:raw}`, vsphere_cluster=`${vsphere_cluster:raw}`}", choice, ""
            ),
            FIRST,
        ):
            continue
        for panel in panels(DASHBOARDS[name]):
            shown = [prometheus.instant(substituted(target["expr"], choice, "20m"), FIRST) for target in panel["targets"]]
            assert any(shown), (panel["title"], choice)


def test_words_for_nothing_are_never_shown_beside_numbers(prometheus: Prometheus) -> None:
    """The stand-in for an absent value goes away as soon as there is one."""
    expressions = [
        substituted(target["expr"], {"job": "vjourney", "vcenter": "prod", "vsphere_cluster": ALL}, "20m")
        for panel in panels(DASHBOARDS["vcenter"])
        for target in panel["targets"]
        if "label_replace" in target["expr"]
    ]
    assert expressions
    for expression in expressions:
        names = {value for one in prometheus.instant(expression, LAST) for value in one["metric"].values()}
        assert "none" not in names, expression


@pytest.mark.parametrize("name", DASHBOARDS)
def test_stage_changes_are_annotated_when_they_happened(name: str, prometheus: Prometheus) -> None:
    """Each annotation stands at the moment that the declaration names, with the name of the stage."""
    [annotation] = [a for a in DASHBOARDS[name]["annotations"]["list"] if a.get("useValueForTime")]
    choice: Choice = {"job": "vjourney", "scope": "vcenter", "vcenter": "prod", "vsphere_cluster": ""}
    found = prometheus.over_time(substituted(annotation["expr"], choice, ""), FIRST, LAST, timedelta(days=1))
    marks = {(one["metric"]["reached"], value) for one in found for _, value in one["values"]}
    assert all(FIRST.timestamp() * 1000 <= float(value) <= LAST.timestamp() * 1000 for _, value in marks)
    assert {reached for reached, _ in marks} & {"IT Production", "Business Production"}
    if name == "vcenter":
        reached = [title for title, _ in sorted(marks, key=lambda mark: float(mark[1])) if _]
        assert reached.count("IT Production") >= 2
