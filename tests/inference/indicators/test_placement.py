"""DRS, storage DRS, rules and pools."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from collector.facts import (
    Datastore,
    DrsConfig,
    DrsOverride,
    HaConfig,
    License,
    StoragePod,
)

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

STANDARD = License("VMware vSphere 7 Standard", "esx.standard.cpuPackage")


@pytest.mark.parametrize(
    ("drs", "automated"),
    [
        (None, False),
        (DrsConfig(enabled=False, behavior="fullyAutomated", vmotion_rate=3), False),
        (DrsConfig(enabled=True, behavior="partiallyAutomated", vmotion_rate=3), False),
        (DrsConfig(enabled=True, behavior="fullyAutomated", vmotion_rate=5), False),
        (DrsConfig(enabled=True, behavior="fullyAutomated", vmotion_rate=4), True),
        (DrsConfig(enabled=None, behavior="fullyAutomated", vmotion_rate=None), True),
    ],
)
def test_effective_automation_is_behaviour_and_threshold(build: EstateBuilder, drs: DrsConfig | None, automated: bool) -> None:
    """Full automation at the most conservative threshold is as good as off; an unset switch says nothing."""
    found = build.cluster(drs=drs).machines(4).observe("drs_auto")
    assert (found.value, found.denominator) == (float(automated), 4)


def test_automation_of_lone_hosts_is_zero(build: EstateBuilder) -> None:
    """Outside a cluster nothing is moved by itself."""
    assert build.host("h1").machines(4, host="h1").observe("drs_auto").value == 0.0


def test_automation_hidden_is_unknown(build: EstateBuilder) -> None:
    """Settings that could not be read are not off."""
    found = build.cluster().machines(4).cluster_gap("drs").observe("drs_auto")
    assert (found.state, found.reason) == ("unknown", "the DRS settings of the clusters could not be read")


def test_machines_override_their_cluster_where_it_lets_them(build: EstateBuilder) -> None:
    """Manual and disabled machines in an automatic cluster, an automatic one in a manual cluster."""
    own = (
        DrsOverride("vm-1", behavior="manual"),
        DrsOverride("vm-2", enabled=False),
        DrsOverride("vm-3", behavior="fullyAutomated"),
    )
    build.cluster(drs_overrides=own).machines(4)
    assert build.observe("drs_auto").numerator == 2
    manual = DrsConfig(enabled=True, behavior="manual", vmotion_rate=3, overrides_allowed=True)
    build.clusters[0] = replace(build.clusters[0], drs=manual)
    assert build.observe("drs_auto").numerator == 1
    build.clusters[0] = replace(build.clusters[0], drs=replace(manual, behavior="fullyAutomated", overrides_allowed=False))
    assert build.observe("drs_auto").numerator == 4


@pytest.mark.parametrize("indicator", ["drs_auto", "drs_initiated", "sdrs", "rules_pools"])
def test_an_edition_without_drs_does_not_apply(build: EstateBuilder, indicator: str) -> None:
    """Not licensed is not the same as not adopted."""
    build.more["licenses"] = (STANDARD, License("VMware vCenter Server 7 Standard", "vc.standard.instance"))
    found = build.cluster(drs=None).machines(4).observe(indicator)
    assert found.state == "not_applicable"
    assert "VMware vSphere 7 Standard" in found.reason


@pytest.mark.parametrize("indicator", ["drs_auto", "drs_initiated", "sdrs", "rules_pools", "dvs_share"])
@pytest.mark.parametrize("licenses", [(), (License("VMware vCenter Server 7 Standard", "vc.standard.instance"),)])
def test_what_may_not_have_been_bought_is_not_known_to_be_missing(
    build: EstateBuilder, indicator: str, licenses: tuple[License, ...]
) -> None:
    """An account that may not read licences gets none, and common editions lack DRS and distributed switches."""
    build.more["licenses"] = licenses
    found = build.cluster(drs=None).machines(12, networks=("network-1",)).observe(indicator)
    assert found.state == "unknown"
    assert "could not be read" in found.reason


def test_what_is_in_use_was_bought(build: EstateBuilder) -> None:
    """DRS that only advises is there, so that it moves nothing by itself is zero; so is what every edition has."""
    build.gap("licenses").cluster(drs=DrsConfig(enabled=True, behavior="manual"), ha=HaConfig(enabled=False)).machines(4)
    assert build.observe("drs_auto").value == 0.0
    assert build.observe("ha_share").value == 0.0


def test_evaluation_includes_drs(build: EstateBuilder) -> None:
    """A trial has every feature, and so has one better edition beside a lesser."""
    build.more["licenses"] = (STANDARD, License("Evaluation Mode", "eval"))
    assert build.cluster(drs=None).machines(4).observe("drs_auto").value == 0.0


def test_initiative_without_moves_is_unknown(build: EstateBuilder) -> None:
    """Where nothing moved, nobody's part of it can be told."""
    found = build.cluster().machines(4).observe("drs_initiated")
    assert (found.state, found.reason) == ("unknown", "no live migration was seen in the last 30 days")


def test_hidden_clusters_may_have_nothing_to_balance(build: EstateBuilder) -> None:
    """Moves by people alone say nothing of DRS while nobody knows whether it had anything to do; moves by DRS do."""
    build.gap("clusters").host("h1").host("h2").machines(4).live_move("vm-1", "h1", "h2")
    assert build.observe("drs_initiated").state == "unknown"
    assert build.drs_move("vm-2", "h1", "h2").observe("drs_initiated").value == 0.5


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
    for n in range(6):
        build.live_move(f"vm-{n + 1}")
    found = build.observe("drs_initiated")
    assert (found.state, found.value, found.denominator) == ("observed", 0.0, 6)


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


def test_a_cluster_of_one_host_automates_nothing(build: EstateBuilder) -> None:
    """There is nowhere to move, whatever is switched on."""
    build.cluster("c1", hosts=1).machines(3).cluster("c2").machines(1, host="c2-h1", prefix="b")
    assert (build.observe("drs_auto").numerator, build.observe("drs_auto").denominator) == (1, 4)


def test_initiative_leaves_evacuations_out_of_what_drs_did(build: EstateBuilder) -> None:
    """Of five live moves two balanced, one emptied a host, two were made by people."""
    build.cluster(hosts=3).machines(6).drs_move("vm-1").drs_move("vm-2").live_move("vm-3").live_move("vm-4")
    build.event("EnteringMaintenanceModeEvent", host="c1-h1").drs_move("vm-5")
    found = build.observe("drs_initiated")
    assert (found.numerator, found.denominator) == (2, 5)


def test_initiative_beside_moves_that_cannot_be_told(build: EstateBuilder) -> None:
    """Moves that may have been live lower the part seen: DRS made two of two, and perhaps two of eight."""
    build.cluster().machines(8)
    for n in range(3, 9):
        build.event("VmMigratedEvent", vm=f"vm-{n}", source_host="c1-h1", host="c1-h2")
        build.event("VmPoweredOnEvent", vm=f"vm-{n}", host="c1-h2")
    assert build.observe("drs_initiated").reason.startswith("6 migrations could not be told live from cold")
    found = build.drs_move("vm-1").drs_move("vm-2").observe("drs_initiated")
    assert (found.numerator, found.denominator, found.seen) == (2, 2, 0.25)
    assert found.evidence[1] == "6 more migrations could not be told live from cold."


def test_storage_drs_of_vsan_alone_does_not_apply(build: EstateBuilder) -> None:
    """Datastores of vSAN and vVols balance themselves."""
    build.more["datastores"] = (Datastore(id="ds", type="vsan"),)
    assert build.cluster().machines(4).observe("sdrs").state == "not_applicable"


def test_storage_drs_without_datastore_clusters_is_zero(build: EstateBuilder) -> None:
    """No datastore cluster is an observation."""
    found = build.cluster().machines(4).observe("sdrs")
    assert (found.state, found.value, found.denominator) == ("observed", 0.0, 4)


@pytest.mark.parametrize("topic", ["storage_pods", "datastores"])
def test_storage_drs_is_unknown_when_unreadable(build: EstateBuilder, topic: str) -> None:
    """A lost topic is no zero."""
    assert build.cluster().machines(4).gap(topic).observe("sdrs").state == "unknown"


@pytest.mark.parametrize("hidden", ["parent", "type"])
def test_storage_drs_of_hidden_datastores_is_unknown(build: EstateBuilder, hidden: str) -> None:
    """A datastore whose datastore cluster or type could not be read is not one that nobody balances."""
    build.more["datastores"] = (Datastore(id="a", unreadable=frozenset({hidden})), Datastore(id="b", type="VMFS"))
    assert build.cluster().machines(3, datastores=("a",)).observe("sdrs").state == "unknown"
    found = build.machine("x", datastores=("b",)).observe("sdrs")
    assert (found.state, found.reason.rpartition(", ")[2]) == ("unknown", "but for 1 of 4")
    found = build.machines(3, prefix="y", datastores=("b",)).observe("sdrs")
    assert (found.numerator, found.denominator) == (0, 4)
    assert found.seen == pytest.approx(4 / 7)


def test_storage_drs_of_machines_whose_place_is_hidden_is_not_seen(build: EstateBuilder) -> None:
    """One machine that could be read says nothing about the three that could not."""
    build.cluster().machines(3).machine_gap("datastores").machine("x")
    found = build.observe("sdrs")
    assert (found.numerator, found.denominator, found.seen) == (0, 1, 0.25)


def test_storage_drs_counts_automatic_datastore_clusters(build: EstateBuilder) -> None:
    """Automated ones count, manual ones do not; vSAN is left out of the question."""
    build.more["datastores"] = (
        Datastore(id="auto", parent="p1", type="VMFS"),
        Datastore(id="manual", parent="p2", type="VMFS"),
        Datastore(id="vsan", type="vsan"),
    )
    build.more["storage_pods"] = (
        StoragePod(id="p1", sdrs_enabled=True, sdrs_behavior="automated"),
        StoragePod(id="p2", sdrs_enabled=True, sdrs_behavior="manual"),
    )
    build.cluster().machines(3, datastores=("auto",)).machine("a", datastores=("manual",)).machine("b", datastores=("vsan",))
    found = build.observe("sdrs")
    assert (found.numerator, found.denominator) == (3, 4)
