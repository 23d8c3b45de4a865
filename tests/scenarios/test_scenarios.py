"""Scenarios, played through service, inference and store, declare what they shall, when they shall, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from collector.facts import Snapshot
from fixtures.scenario import Scenario, Within, load_scenario, scenarios
from fixtures.staging import Source, stage
from inference.judging.model import load
from inference.publication import Tally
from inference.results import Evidence, Milestone, Transition
from vjourney.service import Service
from vjourney.store import Store

DISTURBED = """
because: three things are wrong with the watching, one after the other
estate: it-production
length: 140d
disturbances:
  - {after: 7d, lasts: 7d, kind: outage}
  - {after: 14d, lasts: 7d, kind: purge, keeps: 2d}
  - {after: 28d, lasts: 7d, kind: clock, ahead: 90d}
declared: []
"""


@dataclass(frozen=True, slots=True)
class Played:
    """What was declared for vCenters, the milestones of the one that was there last, and what the fleet counts of it."""

    began: datetime
    transitions: Sequence[Transition]
    milestones: Sequence[Milestone]
    tallies: Sequence[Tally]
    evidence: Sequence[Evidence]

    def is_within(self, moment: datetime, bounds: Within) -> bool:
        """Whether a moment is where it shall be, counted from the first poll."""
        return bounds[0] <= moment - self.began <= bounds[1]


def play(scenario: Scenario, folder: Path) -> Played:
    """Poll a scenario to its end, with a service and a store as the program has."""
    source = Source(scenario)
    began = source.upcoming
    assert began is not None
    now = began
    store = Store.open(f"sqlite:///{folder / 'scenario.db'}")
    service = Service(
        {scenario.name: source},
        store,
        load("journey-1"),
        clock=lambda: now,
        prepare=lambda _: None,
        stopwatch=lambda: 0.0,
    )
    while (moment := source.upcoming) is not None:
        now = moment
        status = service.poll(scenario.name)
        assert status.status == "ok", status.error
    publication = service.publication
    store.close()
    assert publication is not None
    whole = next(each for each in publication.assessments if each.scope.kind == "vcenter")
    vcenters = [change for change in publication.transitions if len(change.scope_id) == len(whole.scope.id)]
    return Played(began, vcenters, whole.milestones, publication.tallies, whole.evidence)


def told(played: Played) -> str:
    """What was declared, for a reader of a failure."""
    return "; ".join(
        f"{change.from_stage} to {change.to_stage} ({change.cause}) after {(change.at - played.began).days} d"
        for change in played.transitions
    )


@pytest.mark.parametrize("name", scenarios())
def test_a_scenario_declares_what_it_shall(name: str, tmp_path: Path) -> None:
    """Every declaration comes in its order, with its cause and in its time, and no other; milestones have their dates."""
    scenario = load_scenario(scenarios()[name])
    played = play(scenario, tmp_path)
    assert len(played.transitions) == len(scenario.declared), told(played)
    for change, expected in zip(played.transitions, scenario.declared, strict=True):
        assert (change.from_stage, change.cause) == (expected.start, expected.cause), told(played)
        assert change.to_stage in expected.to, told(played)
        assert played.is_within(change.at, expected.within), told(played)
    dates = {milestone.id: milestone.first_seen for milestone in played.milestones}
    for milestone, bounds in scenario.milestones.items():
        assert milestone in dates, dates
        assert played.is_within(dates[milestone], bounds), f"{milestone} {dates[milestone] - played.began}"
    assert dates.keys().isdisjoint(scenario.no_milestones)


def test_a_day_without_a_look_changes_no_count(tmp_path: Path) -> None:
    """Ever after it everything is counted and observed as if somebody had looked all the time."""
    disturbed = load_scenario(scenarios()["outage-of-a-day"])
    missed = [moment for moment in disturbed.polls if any(what.covers(moment) for what in disturbed.disturbances)]
    assert len(missed) > 1
    calm = disturbed.model_copy(update={"disturbances": ()})
    played = []
    for scenario in (disturbed, calm):
        folder = tmp_path / str(len(scenario.disturbances))
        folder.mkdir()
        played.append(play(scenario, folder))
    assert sum(tally.count for tally in played[0].tallies) > 0
    assert played[0] == played[1]


def test_a_disturbance_is_what_it_says(tmp_path: Path) -> None:
    """An outage leaves polls out, a purge leaves events out, and a wrong clock is that of vCenter and not ours."""
    calm = list(islice(stage(load_scenario(scenarios()["standstill"])), 5))
    path = tmp_path / "disturbed.yaml"
    path.write_text(DISTURBED, encoding="utf-8")
    disturbed = list(islice(stage(load_scenario(path)), 4))
    assert [moment for moment, _ in disturbed] == [moment for moment, _ in calm[:1] + calm[2:5]]
    assert [(snapshot.taken_at - moment).days for moment, snapshot in disturbed] == [0, 0, 0, 90]
    assert [snapshot.clock_skew for _, snapshot in disturbed] == [0, 0, 0, 90 * 86400]
    oldest = [moment - snapshot.oldest_event for moment, snapshot in disturbed if snapshot.oldest_event]
    assert oldest[0] > timedelta(days=29)
    assert oldest[1] < timedelta(days=2)
    assert disturbed[1][1].events[-1].key > disturbed[0][1].events[-1].key


def test_objects_keep_their_ids_and_counts_until_the_vcenter_is_rebuilt() -> None:
    """What stays has the same id in all chapters; a vCenter installed anew has other ids and counts from nothing."""
    polls = [snapshot for _, snapshot in stage(load_scenario(scenarios()["rebuilt"]))]
    old, new = polls[6], polls[7]
    assert [snapshot.about for snapshot in polls] == [old.about] * 7 + [new.about] * 8
    assert old.about.instance_uuid != new.about.instance_uuid
    names = {vm.name: vm.id for vm in old.vms}
    assert {vm.name: vm.id for vm in polls[0].vms}.items() <= names.items()
    assert {vm.name for vm in new.vms} >= {vm.name for vm in polls[0].vms}
    assert new.events == ()
    assert max(cluster.num_vmotions or 0 for cluster in new.clusters) < 100 < most_moved(old)
    leaving = [snapshot for _, snapshot in stage(load_scenario(scenarios()["leaving"]))]
    hosts = [{host.name: host.id for host in snapshot.hosts} for snapshot in (leaving[0], leaving[-1])]
    assert hosts[1].items() < hosts[0].items()
    counts = [sum(cluster.num_vmotions or 0 for cluster in snapshot.clusters) for snapshot in leaving]
    assert counts == sorted(counts)


def most_moved(snapshot: Snapshot) -> int:
    """The most migrations that a cluster of it has counted."""
    return max(cluster.num_vmotions or 0 for cluster in snapshot.clusters)
