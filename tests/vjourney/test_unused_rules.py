"""Rules of the operator that decide for no machine are told, once and only when that is certain."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from collector.facts import About, Folder, Gap, Snapshot, VirtualMachine
from collector.facts.vcenter import CustomField
from inference.classification.rules import Rule
from vjourney.cli import app
from vjourney.demo import recordings
from vjourney.unused_rules import UnusedRules

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ABOUT = About("lab", "8.0.2", "1", "VirtualCenter", "8.0.2.0")


def snapshot(*names: str, **read: Any) -> Snapshot:  # noqa: ANN401 - any field
    """A vCenter with machines of these names in the folder ERP."""
    machines = tuple(VirtualMachine(id=name, name=name, parent="f1", custom_values=((1, "SAP"),)) for name in names)
    every: dict[str, Any] = {"folders": (Folder(id="f1", name="ERP"),), "custom_fields": (CustomField(1, "App"),), **read}
    return Snapshot(vcenter="lab", about=ABOUT, taken_at=NOW, vms=machines, **every)


def test_rules_that_decide_are_not_idle() -> None:
    """By whatever pattern."""
    rules = (Rule(name="a*"), Rule(folder="ERP"))
    assert UnusedRules(rules, ["one"]).found("one", snapshot("a1", "b1")) == ()


def test_a_slip_is_found() -> None:
    """And so is a rule whose machines are all an earlier one's."""
    rules = (Rule(name="*"), Rule(name="sqlveiw-*"), Rule(attribute=("App", "SAP")))
    assert UnusedRules(rules, ["one"]).found("one", snapshot("sqlview-1")) == (1, 2)


def test_one_of_several_vcenters_is_enough() -> None:
    """Nothing is said before each was read, nor a second time."""
    idle = UnusedRules((Rule(name="a*"), Rule(name="c*")), ["one", "two"])
    assert idle.found("one", snapshot("b1")) == ()
    assert idle.found("one", snapshot("b1")) == ()
    assert idle.found("two", snapshot("a1")) == (1,)
    assert idle.found("two", snapshot("a1")) == ()


@pytest.mark.parametrize(
    ("rule", "topic"),
    [
        (Rule(name="x"), "vms"),
        (Rule(folder="x"), "folders"),
        (Rule(folder="x"), "resource_pools"),
        (Rule(attribute=("App", "x")), "custom_fields"),
        (Rule(tag="x"), "tags"),
    ],
)
def test_what_was_not_read_accuses_no_rule(rule: Rule, topic: str) -> None:
    """Its machines may be there."""
    assert UnusedRules([rule], ["one"]).found("one", snapshot("a", tags=(), gaps=(Gap(topic, "denied"),))) == ()
    assert UnusedRules([rule], ["one"]).found("one", snapshot("a", tags=())) == (0,)


def test_tags_that_nobody_asked_for_accuse_no_rule() -> None:
    """Without any gap."""
    assert UnusedRules([Rule(tag="x")], ["one"]).found("one", snapshot("a")) == ()


def test_an_operator_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """By a line of the log that names the rule by its place in the file."""
    (tmp_path / "workloads.yaml").write_text("rules:\n  - {name: '*', class: sap}\n  - {name: sqlveiw-*, class: none}\n")
    replay = recordings()["experimentation"]
    (tmp_path / "v.yaml").write_text(f"vcenters: [{{name: lab, replay: {replay}}}]\nworkloads: workloads.yaml\n")
    result = CliRunner().invoke(app, ["once", "--config", str(tmp_path / "v.yaml")])
    assert result.exit_code == 0, result.output
    said = [line for line in (result.stderr + capfd.readouterr().err).splitlines() if "workload rule" in line]
    assert len(said) == 1
    assert "rule=rules[1]" in said[0]
