"""What DRS does by itself to balance load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import (
    DrsConfig,
    License,
)
from inference.features import features
from inference.milestones import milestones

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

STANDARD = License("VMware vSphere 7 Standard", "esx.standard.cpuPackage")


def test_initiative_without_moves_is_unknown(build: EstateBuilder) -> None:
    """Where nothing moved, nobody's part of it can be told."""
    found = build.cluster().machines(4).observe("drs_initiated")
    assert (found.state, found.reason) == ("unknown", "no live migration was seen in the last 30 days")


@pytest.mark.parametrize("moves", [0, 3])
def test_initiative_does_not_apply_without_need(build: EstateBuilder, moves: int) -> None:
    """A cluster with little demand and no imbalance needs no balancing, whatever people move."""
    build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=100, recommendations=0).machines(4)
    for n in range(moves):
        build.live_move(f"vm-{n + 1}")
    assert build.observe("drs_initiated").state == "not_applicable"


@pytest.mark.parametrize(
    "need", [{"cpu_demand_mhz": 300}, {"cpu_demand_mhz": 100, "recommendations": 2}, {"cpu_demand_mhz": None}]
)
def test_initiative_of_people_alone_is_zero(build: EstateBuilder, need: dict[str, Any]) -> None:
    """Where there is demand, or it could not be read, moves by people alone leave DRS nothing."""
    build.cluster(total_cpu_mhz=1000, **need).machines(6)
    for n in range(5):
        build.live_move(f"vm-{n + 1}")
    found = build.observe("drs_initiated")
    assert (found.state, found.value, found.denominator) == ("observed", 0.0, 5)


@pytest.mark.parametrize("moves", [0, 2])
@pytest.mark.parametrize("need", [{"cpu_demand_mhz": 300}, {"cpu_demand_mhz": 100, "recommendations": 2}])
def test_a_month_of_need_without_a_move_of_drs_is_zero(build: EstateBuilder, need: dict[str, Any], moves: int) -> None:
    """Eligible and never happened is an observation, and needs no number of moves."""
    build.cluster(total_cpu_mhz=1000, **need).machines(4)
    for n in range(moves):
        build.live_move(f"vm-{n + 1}")
    found = build.observe("drs_initiated")
    assert (found.state, found.value, found.denominator, found.seen) == ("observed", 0.0, None, 1.0)
    assert f"it made none of {moves} live migrations" in found.evidence[0]


@pytest.mark.parametrize(
    ("days", "cluster"),
    [
        (26.0, {"cpu_demand_mhz": 300}),
        (30.0, {"cpu_demand_mhz": None}),
        (30.0, {"cpu_demand_mhz": 300, "drs": DrsConfig(enabled=True, behavior="manual", vmotion_rate=3)}),
        (30.0, {"cpu_demand_mhz": 300, "hosts": 1}),
    ],
)
def test_no_move_of_drs_is_unknown_without_a_month_of_need(build: EstateBuilder, days: float, cluster: dict[str, Any]) -> None:
    """A part of the month, demand that was not read, people who decide and a lone host prove nothing."""
    build.seen_days = days
    assert build.cluster(total_cpu_mhz=1000, **cluster).machines(4).observe("drs_initiated").state == "unknown"


def test_an_empty_cluster_needs_no_balance(build: EstateBuilder) -> None:
    """Clusters without a second host have nothing to say about the need of the others."""
    build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=100, recommendations=0).cluster("c2", hosts=0).cluster("c3", hosts=1)
    assert build.machines(4).observe("drs_initiated").state == "not_applicable"


def test_moves_by_drs_are_believed_before_the_licence(build: EstateBuilder) -> None:
    """What is seen at work is there, whatever the licences are called."""
    build.more["licenses"] = (STANDARD,)
    found = build.cluster().machines(4).drs_move("vm-1").observe("drs_initiated")
    assert (found.state, found.numerator, found.denominator) == ("observed", 1, 1)


def test_initiative_leaves_evacuations_out_of_what_drs_did(build: EstateBuilder) -> None:
    """Of five live moves two balanced, one emptied a host, two were made by people."""
    build.cluster(hosts=3).machines(6).drs_move("vm-1").drs_move("vm-2").live_move("vm-3").live_move("vm-4")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").drs_move("vm-5")
    found = build.observe("drs_initiated")
    assert (found.numerator, found.denominator) == (2, 5)
    assert found.evidence[0].endswith("to balance load in the last 30 days; 1 emptied hosts for maintenance.")


def test_moves_by_drs_are_of_unknown_cause_where_hosts_are_hidden(build: EstateBuilder) -> None:
    """With its hosts an account loses sight of their maintenance: evacuations would be taken for balancing."""
    build.cluster(hosts=3).machines(12)
    for n in range(1, 7):
        build.drs_move(f"vm-{n}").live_move(f"vm-{n + 6}")
    assert build.observe("drs_initiated").value == 0.5
    build.hosts.clear()
    for name in ("drs_initiated", "vmotion_rate", "maint_evac"):
        found = build.observe(name)
        assert found.state == "unknown"
        assert found.reason.startswith("hosts could not be read: the account cannot see 3 hosts")
        assert found.reason.endswith("; no event shows host maintenance")
    assert features(build.estate())["drs"].exercised is None
    assert "first_drs_move" not in {found.id for found in milestones(build.estate())}
    build.gap("hosts")
    assert build.observe("drs_initiated").reason.startswith("hosts could not be read: the account may not read it; grant it")
    build.event("EnteredMaintenanceModeEvent", host="c1-h3")
    assert build.observe("drs_initiated").value == 0.5  # events of hosts are seen


def test_initiative_beside_moves_that_cannot_be_told(build: EstateBuilder) -> None:
    """Moves that may have been live lower the part seen: DRS made two of two, and perhaps two of eight."""
    build.cluster().machines(8)
    for n in range(3, 9):
        build.event("VmMigratedEvent", vm=f"vm-{n}", source_host="c1-h1", host="c1-h2")
        build.event("VmPoweredOnEvent", vm=f"vm-{n}", host="c1-h2")
    assert build.observe("drs_initiated").reason.startswith("6 migrations could not be classified as live or cold")
    found = build.drs_move("vm-1").drs_move("vm-2").observe("drs_initiated")
    assert (found.numerator, found.denominator, found.seen) == (2, 2, 0.25)
    assert found.evidence[1] == "6 more migrations could not be classified as live or cold."


def test_initiative_without_events_is_unknown(build: EstateBuilder) -> None:
    """Nobody's moves were seen, whatever the need."""
    build.seen_days = None
    found = build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=300).machines(4).observe("drs_initiated")
    assert (found.state, found.reason) == ("unknown", "vCenter returned no events")


def test_initiative_without_machines_is_unknown(build: EstateBuilder) -> None:
    """Whose moves they were cannot be told: agents and shadows move too."""
    build.cluster().machines(6).machines(6, prefix="shadow", ft_role=2)
    for n in range(1, 7):
        build.live_move(f"vm-{n}").drs_move(f"shadow-{n}")
    assert build.observe("drs_initiated").value == 0.0
    assert build.gap("vms").observe("drs_initiated").value == 0.0
    build.vms.clear()
    assert build.observe("drs_initiated").reason.startswith("vms could not be read")


def test_initiative_is_of_moves_between_hosts_in_the_month(build: EstateBuilder) -> None:
    """Older ones and those between datastores have no part in it."""
    build.seen_days = 60.0
    build.cluster().machines(6).drs_move("vm-1", days_ago=40).live_move("vm-2", days_ago=40).drs_move("vm-3").live_move("vm-4")
    build.live_move("vm-5", dest="c1-h1", source_datastore="d1", datastore="d2")
    found = build.observe("drs_initiated")
    assert (found.numerator, found.denominator, found.seen) == (1, 2, 1.0)
    build.seen_days = 15.0
    assert build.observe("drs_initiated").seen == 0.5


@pytest.mark.parametrize("demand", [100, 300])
def test_few_moves_with_one_of_drs_are_a_share(build: EstateBuilder, demand: int) -> None:
    """What DRS did is counted, whether or not there is need for more."""
    build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=demand, recommendations=0).machines(4).drs_move("vm-1").live_move("vm-2")
    found = build.observe("drs_initiated")
    assert (found.state, found.numerator, found.denominator) == ("observed", 1, 2)


@pytest.mark.parametrize(
    ("cluster", "state"),
    [
        ({"current_balance": 300, "target_balance": 200}, "observed"),
        ({"current_balance": 200, "target_balance": 200}, "not_applicable"),
        ({"current_balance": 300}, "not_applicable"),
        ({"target_balance": 200}, "not_applicable"),
        ({"cpu_demand_mhz": 250}, "observed"),
        ({"total_cpu_mhz": None}, "unknown"),
        ({"total_cpu_mhz": 0}, "unknown"),
        ({"unreadable": frozenset({"cpu_demand_mhz"})}, "unknown"),
    ],
)
def test_need_is_demand_or_imbalance(build: EstateBuilder, cluster: dict[str, Any], state: str) -> None:
    """A quarter of the capacity, or further out of balance than DRS is told to leave it; what was not read is neither."""
    usual: dict[str, Any] = {"total_cpu_mhz": 1000, "cpu_demand_mhz": 100, "recommendations": 0}
    assert build.cluster(**usual | cluster).machines(4).observe("drs_initiated").state == state


@pytest.mark.parametrize(("other", "state"), [(300, "observed"), (100, "not_applicable"), (None, "unknown")])
def test_one_cluster_in_need_is_enough(build: EstateBuilder, other: int | None, state: str) -> None:
    """A calm one beside one that was not read proves neither need nor the lack of it."""
    build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=100, recommendations=0)
    build.cluster("c2", total_cpu_mhz=1000, cpu_demand_mhz=other, recommendations=0)
    assert build.machines(4).observe("drs_initiated").state == state


def test_the_part_of_the_month_that_was_seen_is_told(build: EstateBuilder) -> None:
    """Nearly all of it is enough to say that DRS did nothing."""
    build.seen_days = 28.5
    found = build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=300).machines(4).observe("drs_initiated")
    assert (found.value, found.seen) == (0.0, 0.95)


@pytest.mark.parametrize(("demand", "state"), [(100, "unknown"), (300, "observed")])
@pytest.mark.parametrize("hidden", ["drs", "cpu_demand_mhz"])
def test_moves_by_people_leave_drs_nothing_only_where_it_may_have_had_need(
    build: EstateBuilder, hidden: str, demand: int, state: str
) -> None:
    """One that hides its demand, or its automation, may be as calm as the other; beside a busy one that is no matter."""
    build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=demand, recommendations=0).machines(6)
    changes: dict[str, Any] = {hidden: None, "unreadable": frozenset({hidden})}
    build.cluster("c2", **changes)
    for n in range(5):
        build.live_move(f"vm-{n + 1}")
    found = build.observe("drs_initiated")
    assert (found.state, found.value) == (state, None if state == "unknown" else 0.0)
