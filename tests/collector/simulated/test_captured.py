"""Captured vCenters: every fact equals what an independent query says."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call,union-attr,call-arg"
from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyVmomi import vim

if TYPE_CHECKING:
    from tests.collector.simulated.conftest import Benches

pytestmark = pytest.mark.vcsim
CAPTURES = ["cloud-sddc-1-host-17-vms-vc70", "home-lab-2-hosts-20-vms-vc70", "lab-4-hosts-97-vms-vc67"]


@pytest.mark.parametrize("name", CAPTURES)
def test_captured_vcenter_counts(bench: Benches, captures: dict[str, Path], name: str) -> None:
    """Facts of a captured vCenter agree with an independent query, object by object and value by value."""
    sim = bench("-load", str(captures[name]))
    snapshot = sim.poll()
    machines = sim.query(
        vim.VirtualMachine,
        "config.template",
        "runtime.powerState",
        "runtime.host",
        "config.hardware.numCPU",
        "config.hardware.memoryMB",
        "config.managedBy",
        "snapshot",
    )
    assert {vm.id for vm in snapshot.vms} == set(machines)
    for vm in snapshot.vms:
        asked = machines[vm.id]
        assert vm.template == asked.get("config.template")
        assert vm.power == asked.get("runtime.powerState")
        assert vm.host == (asked["runtime.host"]._moId if "runtime.host" in asked else None)  # noqa: SLF001 - pyVmomi offers the id nowhere else
        assert (vm.vcpus, vm.memory_mb) == (asked.get("config.hardware.numCPU"), asked.get("config.hardware.memoryMB"))
        assert (vm.managed_by is None) == (asked.get("config.managedBy") is None)
        assert bool(vm.snapshots) == ("snapshot" in asked)
    hosts = sim.query(vim.HostSystem, "summary.hardware", "runtime.connectionState")
    assert sum(host.cores or 0 for host in snapshot.hosts) == sum(h["summary.hardware"].numCpuCores for h in hosts.values())
    assert Counter(host.connection for host in snapshot.hosts) == Counter(
        host["runtime.connectionState"] for host in hosts.values()
    )
    clusters = sim.query(vim.ClusterComputeResource, "configurationEx", "summary", "host")
    for cluster in snapshot.clusters:
        asked = clusters[cluster.id]
        assert cluster.ha is not None
        assert cluster.drs is not None
        assert cluster.ha.enabled == asked["configurationEx"].dasConfig.enabled
        assert cluster.drs.behavior == asked["configurationEx"].drsConfig.defaultVmBehavior
        assert cluster.num_vmotions == asked["summary"].numVmotions
        assert len(cluster.hosts) == len(asked["host"])
    for kind, facts in (
        (vim.Datastore, snapshot.datastores),
        (vim.ResourcePool, snapshot.resource_pools),
        (vim.ClusterComputeResource, snapshot.clusters),
        (vim.HostSystem, snapshot.hosts),
        (vim.DistributedVirtualSwitch, snapshot.switches),
        (vim.Datacenter, snapshot.datacenters),
    ):
        assert {fact.id for fact in facts} == set(sim.query(kind, "name"))
    # Our folders have the root, which no view has.
    assert len(snapshot.folders) == len(sim.query(vim.Folder, "name")) + 1
    registered = {entry.key for entry in sim.content.extensionManager.extensionList}
    assert {entry.key for entry in snapshot.extensions} == registered
    assert not sim.poll(snapshot).changed
