"""Rules and resource pools: whether anybody steers where machines run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from collector.facts import (
    Allocation,
    ClusterGroup,
    ClusterRule,
    DrsConfig,
    HaConfig,
    License,
    ResourcePool,
)

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

STANDARD = License("VMware vSphere 7 Standard", "esx.standard.cpuPackage")
NORMAL, HIGH = Allocation("normal", 4000, 0, -1), Allocation("high", 8000, 0, -1)
TYPED_CPU, TYPED_MEMORY = Allocation("custom", 4000, 0, -1), Allocation("custom", 163840, 0, -1)
"""The shares of a normal pool, typed as a number."""


def test_rules_in_use_are_believed_before_the_licence(build: EstateBuilder) -> None:
    """Rules and pools need DRS; where some are in use it is there, whatever the licences are called."""
    rule = ClusterRule("apart", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("vm-1", "vm-2"))
    build.more["licenses"] = (STANDARD,)
    found = build.cluster(rules=(rule,)).cluster("c2").machines(2).observe("rules_pools")
    assert (found.state, found.numerator, found.denominator) == ("observed", 1, 2)


def test_rules_of_no_cluster_are_silent(build: EstateBuilder) -> None:
    """Neither no cluster nor an empty one can be steered."""
    assert build.cluster("empty", hosts=0).observe("rules_pools").reason == "there is no cluster with hosts"


def test_rules_unreadable_are_unknown(build: EstateBuilder) -> None:
    """Hidden rules are not missing ones."""
    assert build.cluster().machines(2).cluster_gap("rules").observe("rules_pools").state == "unknown"


def test_pools_with_hidden_shares_are_unknown(build: EstateBuilder) -> None:
    """A pool whose shares could not be read may claim something; a rule of its cluster is told all the same."""
    hidden = ResourcePool(id="r1", name="Team A", parent="r0", owner="c1", unreadable=frozenset({"cpu", "memory"}))
    build.more["resource_pools"] = (hidden,)
    assert build.cluster().machines(2).observe("rules_pools").state == "unknown"
    rule = ClusterRule("apart", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("vm-1", "vm-2"))
    build.clusters[0] = replace(build.clusters[0], rules=(rule,))
    assert build.observe("rules_pools").value == 1.0


def test_rules_off_of_appliances_and_plain_pools_are_zero(build: EstateBuilder) -> None:
    """A rule that is off, one about appliances alone, and pools used as folders steer nothing."""
    rules = (
        ClusterRule("off", "ClusterAntiAffinityRuleSpec", enabled=False, vms=("vm-1", "vm-2")),
        ClusterRule("nsx", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("nsx-manager-1",)),
        ClusterRule("none", "ClusterVmHostRuleInfo", enabled=True, vm_group="empty", host_group="some"),
    )
    build.more["resource_pools"] = (
        ResourcePool(id="r0", name="Resources", parent="c1", owner="c1", cpu=Allocation("normal", 4000, 500, -1)),
        ResourcePool(id="r1", name="Team A", parent="r0", owner="c1", cpu=NORMAL, memory=NORMAL),
        ResourcePool(id="r2", name="Team B", parent="r0", owner="c1", cpu=TYPED_CPU, memory=TYPED_MEMORY),
    )
    build.cluster(rules=rules, groups=(ClusterGroup("empty"),)).machines(2).machine("nsx-manager-1")
    found = build.observe("rules_pools")
    assert (found.state, found.value) == ("observed", 0.0)


@pytest.mark.parametrize(
    "claim", [Allocation("normal", 4000, 500, -1), Allocation("normal", 4000, 0, 900)], ids=["least", "most"]
)
def test_a_pool_claims_by_a_reservation_or_a_limit_too(claim: Allocation, build: EstateBuilder) -> None:
    """Its shares may be those that every pool is made with."""
    build.more["resource_pools"] = (ResourcePool(id="r1", name="Gold", parent="r0", owner="c1", cpu=NORMAL, memory=claim),)
    assert build.cluster().machines(2).observe("rules_pools").value == 1.0


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (ClusterRule("alone", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("vm-1",)), 0.0),
        (ClusterRule("alone", "ClusterAffinityRuleSpec", enabled=True, vms=("vm-1",)), 0.0),
        (ClusterRule("pair", "ClusterAffinityRuleSpec", enabled=True, vms=("vm-1", "nsx-manager-1")), 1.0),
        (ClusterRule("nowhere", "ClusterVmHostRuleInfo", enabled=True, vm_group="one", host_group="no hosts"), 0.0),
        (ClusterRule("somewhere", "ClusterVmHostRuleInfo", enabled=True, vm_group="one", host_group="hosts"), 1.0),
        (ClusterRule("after", "ClusterDependencyRuleInfo", enabled=True, vm_group="one"), 1.0),
    ],
)
def test_a_rule_needs_something_to_steer(rule: ClusterRule, value: float, build: EstateBuilder) -> None:
    """One machine is kept apart from nothing, and bound to no host by an empty group; a group of one machine is one."""
    groups = (ClusterGroup("one", vms=("vm-1",)), ClusterGroup("no hosts"), ClusterGroup("hosts", hosts=("c1-h1",)))
    build.cluster(rules=(rule,), groups=groups).machines(2).machine("nsx-manager-1")
    assert build.observe("rules_pools").value == value


@pytest.mark.parametrize(
    ("drs", "ha", "value"),
    [(False, False, 0.0), (True, False, 1.0), (False, True, 1.0), (None, False, 1.0), (False, None, 1.0)],
)
def test_a_rule_needs_drs_or_ha_to_follow_it(drs: bool | None, ha: bool | None, value: float, build: EstateBuilder) -> None:
    """DRS places by rules and HA restarts by them; where one of them could not be read, it may."""
    rule = ClusterRule("apart", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("vm-1", "vm-2"))
    hidden = frozenset(name for name, on in (("drs", drs), ("ha", ha)) if on is None)
    build.cluster(rules=(rule,), drs=DrsConfig(enabled=drs), ha=HaConfig(enabled=ha), unreadable=hidden).machines(2)
    assert build.observe("rules_pools").value == value


def test_rules_hold_while_their_machines_are_out_of_reach(build: EstateBuilder) -> None:
    """Hosts that do not respond are an outage and no rule given up."""
    rule = ClusterRule("apart", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("vm-1", "vm-2"))
    build.cluster(rules=(rule,)).cluster("c2").machines(2, connection="disconnected").machine("other", host="c2-h1")
    found = build.observe("rules_pools")
    assert (found.numerator, found.denominator) == (1, 2)


def test_rules_and_pools_in_use_are_counted_by_cluster(build: EstateBuilder) -> None:
    """One cluster with a rule, one with a rule by group, one with shares, one with nothing."""
    rule = ClusterRule("apart", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("vm-1", "vm-2"))
    grouped = ClusterRule("site", "ClusterVmHostRuleInfo", enabled=True, vm_group="g", host_group="h")
    build.cluster("c1", rules=(rule,)).cluster("c2", rules=(grouped,), groups=(ClusterGroup("g", vms=("vm-1",)),))
    build.cluster("c3").cluster("c4").machines(2)
    build.more["resource_pools"] = (ResourcePool(id="r1", name="Gold", parent="r0", owner="c3", cpu=NORMAL, memory=HIGH),)
    found = build.observe("rules_pools")
    assert (found.numerator, found.denominator) == (3, 4)
    build.more["resource_pools"] += (ResourcePool(id="r2", name="Own", parent="r0", owner="c4", cpu=TYPED_MEMORY),)
    assert build.observe("rules_pools").numerator == 4


def test_rules_of_hidden_machines_are_unknown(build: EstateBuilder) -> None:
    """Whether a rule is about workloads cannot be told without them."""
    rule = ClusterRule("apart", "ClusterAntiAffinityRuleSpec", enabled=True, vms=("vm-1", "vm-2"))
    assert build.gap("vms").cluster(rules=(rule,)).observe("rules_pools").state == "unknown"


def test_hidden_pools_may_claim_something(build: EstateBuilder) -> None:
    """A cluster without a rule is not known to be steered by nobody."""
    assert build.cluster().machines(2).gap("resource_pools").observe("rules_pools").state == "unknown"


def test_rules_count_where_everything_was_read(build: EstateBuilder) -> None:
    """As soon as one cluster is hidden, another one that happens to show a pool would make the share too high."""
    hidden = frozenset({"rules"})
    build.cluster("c1", unreadable=hidden).cluster("c2").cluster("c3").machines(2)
    build.more["resource_pools"] = (ResourcePool(id="r1", name="Gold", parent="r0", owner="c1", cpu=HIGH),)
    assert (build.observe("rules_pools").numerator, build.observe("rules_pools").denominator) == (1, 3)
    found = build.cluster("c4", unreadable=hidden).observe("rules_pools")
    assert (found.numerator, found.denominator, found.seen) == (0, 2, 0.5)
