"""Hosts to which an account has no rights are in no list: machines name them, and what they do there is unknown and not no."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from inference.assess import assess
from inference.consolidation import consolidation
from inference.features import features
from inference.judging.model import load
from inference.results import Consolidation

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder

OUT_OF_SIGHT = "the account cannot see 1 host that VMs run on; grant it Read-only there"
OF_CLUSTERS = ("ha_share", "ha_admission", "ha_vm_monitoring", "drs_auto", "drs_initiated", "rules_pools", "cluster_share")
OF_HOSTS = ("vm_per_host", "vcpus_per_core", "vram_per_ram", "host_baseline")


@pytest.mark.parametrize("indicator", [*OF_CLUSTERS, *OF_HOSTS])
def test_machines_on_hosts_that_nobody_lists_show_no_cluster_and_none_missing(build: EstateBuilder, indicator: str) -> None:
    """A role on a folder of machines shows machines alone: they may be in any cluster, and those may have anything on."""
    found = build.machines(20, host="elsewhere").observe(indicator)
    topic = "clusters" if indicator in OF_CLUSTERS else "hosts"
    assert (found.state, found.reason) == ("unknown", f"{topic} could not be read: {OUT_OF_SIGHT}")


def test_features_that_clusters_have_are_unknown_where_no_cluster_is_listed(build: EstateBuilder) -> None:
    """Nor does the summary of features say that they are off."""
    found = features(build.machines(20, host="elsewhere").estate())
    assert [found[name].configured for name in ("vmotion", "ha", "drs")] == [None, None, None]


def test_machines_outside_the_part_that_an_account_sees_are_no_answer(build: EstateBuilder) -> None:
    """Of those beside them that can be told only so many count, and the answer is seen in part."""
    build.cluster(hosts=3).machines(20).machines(10, prefix="x", host="elsewhere")
    for indicator in ("ha_share", "drs_auto"):
        found = build.observe(indicator)
        assert (found.value, found.denominator) == (1.0, 20)
        assert found.seen == pytest.approx(2 / 3)
    assert build.observe("ha_vm_monitoring").seen == pytest.approx(2 / 3)
    for indicator in ("cluster_share", "ha_admission", "rules_pools"):
        assert build.observe(indicator).seen == 3 / 4
    build.machines(20, prefix="y", host="elsewhere")
    assert "30 of 50 missing" in build.observe("ha_share").reason


def test_no_ratio_is_made_of_machines_and_of_hosts_that_do_not_carry_them(build: EstateBuilder) -> None:
    """Thirty machines do not share the three hosts that are seen; in the cluster of these everything is known."""
    build.cluster(hosts=3).machines(20).machines(10, prefix="x", host="elsewhere")
    whole = build.estate()
    for indicator in ("vm_per_host", "vcpus_per_core", "vram_per_ram"):
        assert build.observe(indicator).reason == OUT_OF_SIGHT
    assert consolidation(whole) == Consolidation(workload_vms=30, powered_on_vms=30, production_vms=30)
    (part,) = whole.parts()
    assert consolidation(part).hosts == 3
    assert consolidation(part).vms_per_host == pytest.approx(20 / 3)


def test_a_cluster_tells_of_its_hosts_that_the_account_may_not_see(build: EstateBuilder) -> None:
    """A role on a cluster that is not handed down shows it and none of its hosts: where its machines are is known."""
    build.cluster(hosts=3).machines(20)
    build.hosts.clear()
    assert build.observe("ha_share").value == 1.0
    reason = "hosts could not be read: the account cannot see 3 hosts that VMs run on; grant it Read-only there"
    assert build.observe("vmotion_ready").reason == reason
    (_, part) = assess(build.snapshot(), build.history(), load("journey-1"))
    assert (part.scope.name, part.consolidation.hosts) == ("c1", None)


def test_drs_may_have_had_something_to_balance_where_it_is_not_seen(build: EstateBuilder) -> None:
    """That all is calm where one may look says nothing of the rest."""
    build.cluster(total_cpu_mhz=1000, cpu_demand_mhz=10).machines(20)
    assert build.observe("drs_initiated").state == "not_applicable"
    build.machines(1, prefix="x", host="elsewhere")
    assert build.observe("drs_initiated").reason == OUT_OF_SIGHT


def test_business_in_a_place_that_is_not_seen_is_not_without_ha(build: EstateBuilder) -> None:
    """The gate of business production waits for what can be read, and does not call it missing."""
    build.cluster(hosts=3).machines(20).machine("sql01", host="elsewhere", vcpus=8)
    found = build.observe("business_in_ha")
    assert (found.state, found.reason) == ("unknown", "the HA settings of the clusters could not be read")


def test_machines_out_of_reach_tell_of_no_further_host(build: EstateBuilder) -> None:
    """What is orphaned names a host that was taken out, and a host that was never read is told as a gap."""
    build.cluster(hosts=3).machines(20).machine("lost", host="gone", connection="orphaned")
    assert build.observe("cluster_share").seen == 1.0
    build.machines(1, prefix="lone", host="outside").gap("hosts")
    assert build.observe("ha_share").denominator == 21
    alone = replace(build.snapshot(), hosts=(), clusters=())
    assert assess(alone, build.history(), load("journey-1"))[0].consolidation.hosts is None
