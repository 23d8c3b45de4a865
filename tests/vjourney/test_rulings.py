"""Rules of the operator go by names, and a recording has none: it brings along what they made of each machine."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collector.facts import About, Snapshot, VirtualMachine
from collector.vcenter import cassette
from collector.vcenter.errors import RecordingUnreadable
from exporters.document import assessment_document
from inference.assess import assess_estate
from inference.classification.lexicon import builtin
from inference.classification.rules import Rule
from inference.estate.estate import Estate
from inference.estate.history import History
from inference.judging.model import load
from vjourney import recording, rulings
from vjourney.sources import Replay

APPS = {app.id: app for app in builtin().apps.values()}
RULES = (
    Rule(name="print*", app=APPS["sap"]),
    Rule(name="dc*", nothing=True),
    Rule(name="SQLPRD*", environment="test"),
    Rule(folder="Production/Oracle", app=APPS["file"]),
    Rule(name="EXCH*", nothing=True),
    Rule(attribute=("Owner", "*"), name="FILE*", app=APPS["erp"], environment="production"),
)


def assessed(snapshot: Snapshot, rules: tuple[Rule, ...] = ()) -> list[dict[str, Any]]:
    """The assessments of every scope at a poll, without what names the scope."""
    estate = Estate.of(snapshot, History(events=snapshot.events, seen_since=snapshot.oldest_event), rules=rules)
    documents = [assessment_document(assessment) for assessment in assess_estate(estate, load("journey-1"))]
    return [document | {"scope": document["scope"]["kind"]} for document in documents]


def test_rules_of_the_operator_hold_in_a_recording(tmp_path: Path, record_bundled: Callable[..., recording.Recorded]) -> None:
    """Rules that go by names are applied while there are names: the assessment is the same, and no pattern is recorded."""
    out = tmp_path / "ruled.yaml.gz"
    (original,) = record_bundled("business-production", out, 1, rules=RULES).snapshots
    copy = Replay("again", out).poll(lambda _: None)
    assert assessed(copy) == assessed(original, RULES) != assessed(original)
    said = cassette.description(out)["workloads"]
    assert {(line["class"], line["environment"]) for line in said} == {
        ("none", None),
        (None, "test"),
        ("file", None),
        ("erp", "production"),
    }
    assert {line["from_poll"] for line in said} == {1}
    text = gzip.decompress(out.read_bytes()).decode()
    assert all(pattern not in text for pattern in ("SQLPRD", "Production/Oracle", "EXCH*"))


def test_rules_of_the_configuration_come_before_those_of_the_recording(
    tmp_path: Path, record_bundled: Callable[..., recording.Recorded]
) -> None:
    """Whoever replays may know better: what his rules fit is as they say, and the rest as it was recorded."""
    out = tmp_path / "ruled.yaml.gz"
    record_bundled("business-production", out, 1, rules=RULES)
    estate = Estate.of(Replay("again", out).poll(lambda _: None), History(), rules=(Rule(folder="*", app=APPS["hr"]),))
    found = {workload.app.id for workload in estate.base.workload_of.values() if workload.app}
    assert found == {"hr"}
    assert estate.base.workload_of.keys() >= {ruling.machine for ruling in estate.snapshot.rulings if ruling.app}


def test_rulings_change_from_poll_to_poll() -> None:
    """A machine that is renamed is what it is from then on, one that no rule fits any more is nothing special again."""
    about = About("uuid", "8.0.3", "1", "VirtualCenter", "8.0")
    polls = [
        Snapshot(vcenter="v", about=about, taken_at=datetime(2026, 1, 1, tzinfo=UTC), vms=vms)
        for vms in (
            (VirtualMachine(id="vm-1", name="dc1"), VirtualMachine(id="vm-2", name="print1")),
            (VirtualMachine(id="vm-1", name="dc1"), VirtualMachine(id="vm-2", name="print1")),
            (VirtualMachine(id="vm-1", name="print2"), VirtualMachine(id="vm-2", name="lunch")),
        )
    ]
    told = rulings.told(polls, RULES, str.upper)
    assert [(line["from_poll"], line["class"], line["machines"]) for line in told] == [
        (1, "none", ["VM-1"]),
        (1, "sap", ["VM-2"]),
        (3, "sap", ["VM-1"]),
        (3, None, ["VM-2"]),
    ]
    again = rulings.Rulings(Path("r.yaml.gz"), {"workloads": told})
    assert [{(each.machine, each.app, each.nothing) for each in again.following()} for _ in range(3)] == [
        {("VM-1", None, True), ("VM-2", "sap", False)},
        {("VM-1", None, True), ("VM-2", "sap", False)},
        {("VM-1", "sap", False), ("VM-2", None, False)},
    ]


@pytest.mark.parametrize("said", [["x"], [{"from_poll": 1}], [{"from_poll": "soon", "machines": []}], 7])
def test_rulings_that_make_no_sense_are_refused(said: object) -> None:
    """Somebody edited the file: one sentence says where."""
    with pytest.raises(RecordingUnreadable, match="what it says under workloads cannot be understood"):
        rulings.Rulings(Path("r.yaml.gz"), {"workloads": said})
