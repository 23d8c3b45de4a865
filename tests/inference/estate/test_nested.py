"""Hosts that are virtual themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inference.consolidation import consolidation

if TYPE_CHECKING:
    from tests.inference.conftest import EstateBuilder


def lab(build: EstateBuilder) -> EstateBuilder:
    """Two real hosts, three nested ones that they carry in a cluster of their own, and machines on both."""
    build.cluster("real").cluster("nested", hosts=3)
    makers = {"real": "Dell Inc.", "nested": "VMware, Inc."}
    build.hosts = [replace(host, vendor=makers[host.parent or ""]) for host in build.hosts]
    build.machines(3, host="real-h1", prefix="esx", guest_id="vmkernel7Guest").machines(4, host="real-h1", prefix="app")
    return build.machines(5, host="nested-h1", prefix="inner")


def test_nested_hosts_beside_real_ones_are_counted_apart(build: EstateBuilder) -> None:
    """Neither the nested hosts nor their cluster nor what runs on them is part of the estate."""
    estate = lab(build).estate()
    assert (len(estate.hosts.items), len(estate.clusters.items), len(estate.workloads.items)) == (2, 1, 4)
    assert [part.scope.name for part in estate.parts()] == ["real"]
    assert estate.counted_apart == ("Not counted as workloads: 3 nested hosts, 5 nested VMs.",)
    assert consolidation(estate).vms_per_host == 2.0


def test_an_estate_of_nested_hosts_alone_is_an_estate(build: EstateBuilder) -> None:
    """Where no host is real, or nothing says that the virtual ones run here, they are all there is."""
    every = lab(build).hosts
    build.hosts = [host for host in every if host.parent == "nested"]
    assert len(build.estate().hosts.items) == 3
    build.hosts, build.vms = every, [vm for vm in build.vms if vm.guest_id is None]
    assert (len(build.estate().hosts.items), len(build.estate().workloads.items)) == (5, 9)


def test_dummies_of_hcx_are_no_hosts(build: EstateBuilder) -> None:
    """The interconnect appliance registers a host for itself, which runs nothing."""
    build.cluster().host("hcx", vendor="VMware, Inc.", model="VMware Mobility Platform", parent="domain-s9").machines(4)
    estate = build.estate()
    assert [host.id for host in estate.hosts.items] == ["c1-h1", "c1-h2"]
    assert build.observe("cluster_share").value == 1.0


def test_the_witness_of_a_stretched_cluster_is_no_host(build: EstateBuilder) -> None:
    """Its machine runs at a third site, maybe under another vCenter; one that runs something or is in a cluster is a host."""
    build.cluster().machines(4)
    build.hosts = [replace(host, vendor="Dell Inc.") for host in build.hosts]
    build.host("witness", vendor="VMware, Inc.", parent="domain-s9")
    assert [host.id for host in build.estate().hosts.items] == ["c1-h1", "c1-h2"]
    assert build.observe("cluster_share").value == 1.0
    build.machines(1, prefix="on", host="witness")
    assert build.observe("cluster_share").denominator == 3
    build.vms.pop()
    build.hosts[2] = replace(build.hosts[2], parent="c1")
    assert build.observe("cluster_share").denominator == 3
    build.hosts[2] = replace(build.hosts[2], parent="domain-s9")
    assert build.gap("vms").observe("cluster_share").denominator == 3


def test_what_happens_on_nested_hosts_is_none_of_the_estate(build: EstateBuilder) -> None:
    """Neither their maintenance nor what was made, moved and deleted on them counts, whatever deleted machines were called."""
    lab(build)
    for n in range(5):
        gone: dict[str, Any] = {"vm": f"gone-{n}", "vm_name": f"try{n}", "user": "CORP\\jane"}
        build.event("VmCreatedEvent", host="nested-h1", **gone).event("EnteringMaintenanceModeEvent", host="nested-h1")
        build.event("VmPoweredOffEvent", host="nested-h1", **gone).event("EnteredMaintenanceModeEvent", host="nested-h1")
        build.drs_move(f"gone-{n}", "nested-h1", "nested-h2", vm_name=f"try{n}").event(
            "VmRemovedEvent", host="nested-h2", **gone
        )
    assert (build.observe("maint_evac").state, build.observe("auto_ops").state) == ("unknown", "unknown")
    assert (build.observe("churn").value, build.estate().moves) == (0, ())


def test_a_machine_that_left_by_hcx_was_moved(build: EstateBuilder) -> None:
    """It goes by way of the host that the appliance registers, and is gone then."""
    build.cluster().host("hcx", vendor="VMware, Inc.", model="VMware Mobility Platform", parent="domain-s9").machines(4)
    build.live_move("gone", "c1-h1", "hcx", vm_name="web01")
    assert [move.manner for move in build.estate().moves] == ["live"]
