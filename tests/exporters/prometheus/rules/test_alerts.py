"""What a reader of an alert can rely on: severity, words and a runbook, and a test that it fires and that it does not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporters.prometheus.catalogue import METRICS

ROOT = Path(__file__).parents[4]
RULES = {
    file.stem: [rule for group in yaml.safe_load(file.read_text("utf-8"))["groups"] for rule in group["rules"]]
    for file in sorted((ROOT / "exporters" / "prometheus" / "rules").glob("*.yaml"))
}
ALERTS = {rule["alert"]: rule for rule in RULES["alerts"]}
RECORDED = {rule["record"] for rule in RULES["recording"]}
EXPECTATIONS = [
    case
    for file in Path(__file__).parent.glob("*.yaml")
    for test in yaml.safe_load(file.read_text("utf-8"))["tests"]
    for case in test["alert_rule_test"]
]


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_is_tested_to_stay_silent_and_to_fire(name: str) -> None:
    """Promtool is asked at least once for silence and once for the alert."""
    expected = [bool(case["exp_alerts"]) for case in EXPECTATIONS if case["alertname"] == name]
    assert set(expected) == {False, True}


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_says_how_bad_it_is_and_what_to_do(name: str) -> None:
    """Severity, one-line summary, description and the link to a runbook that is there and has its four parts."""
    rule: dict[str, Any] = ALERTS[name]
    assert rule["labels"]["severity"] in {"info", "warning"}
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert "\n" not in rule["annotations"]["summary"].strip()
    assert rule["annotations"]["runbook_url"] == f"docs/runbooks/{name}.md"
    runbook = (ROOT / rule["annotations"]["runbook_url"]).read_text("utf-8")
    assert runbook.startswith(f"# {name}\n")
    assert re.findall(r"^## (.*)$", runbook, re.MULTILINE) == [
        "What it means",
        "Why it matters",
        "What to look at",
        "What to do",
    ]


def test_there_is_no_runbook_without_an_alert_and_the_overview_names_all() -> None:
    """docs/runbooks and docs/alerts.md follow the rules."""
    assert {file.stem for file in (ROOT / "docs" / "runbooks").glob("*.md")} == set(ALERTS)
    overview = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    assert {name for name in ALERTS if f"(runbooks/{name}.md)" in overview} == set(ALERTS)


@pytest.mark.parametrize(
    "rule", [rule for rules in RULES.values() for rule in rules], ids=lambda rule: next(iter(rule.values()))
)
def test_rules_use_only_metrics_that_exist(rule: dict[str, Any]) -> None:
    """A metric of the catalogue or a recording rule stands behind every name."""
    names = set(re.findall(r"[a-z_]*:?vjourney_[a-z0-9_]+(?::[a-z0-9_]+)?", rule["expr"]))
    assert names
    assert names <= {metric.name for metric in METRICS} | RECORDED


def test_every_recording_is_used() -> None:
    """No series is recorded for nobody."""
    expressions = " ".join(rule["expr"] for rules in RULES.values() for rule in rules)
    assert {name for name in RECORDED if name in expressions} == RECORDED


def test_no_look_back_is_longer_than_what_prometheus_keeps() -> None:
    """With the default retention of 15 days every rule works."""
    for rule in ALERTS.values():
        ranges = sum(int(days) for days in re.findall(r"(?:\[|offset )(\d+)d", rule["expr"]))
        assert ranges < 15
