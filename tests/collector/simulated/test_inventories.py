"""Odd inventories: none of something, one of a kind, and more than fits into one answer."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call,union-attr,call-arg"
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyVmomi import vim

if TYPE_CHECKING:
    from tests.collector.simulated.conftest import Benches

pytestmark = pytest.mark.vcsim


def test_one_host_without_cluster(bench: Benches) -> None:
    """A vCenter without any cluster has hosts whose parents are none."""
    snapshot = bench("-cluster", "0", "-standalone-host", "2", "-vm", "2").poll()
    assert (snapshot.clusters, len(snapshot.hosts), len(snapshot.vms)) == ((), 2, 4)
    assert all((host.parent or "").startswith("domain-s") for host in snapshot.hosts)


def test_no_machines_and_no_datacenter(bench: Benches) -> None:
    """Zero machines, then zero of everything, are answers."""
    snapshot = bench("-vm", "0").poll()
    assert (snapshot.vms, len(snapshot.clusters), snapshot.gaps) == ((), 1, ())
    snapshot = bench("-dc", "0", "-cluster", "0", "-standalone-host", "0", "-vm", "0").poll()
    assert (snapshot.hosts, snapshot.datacenters, snapshot.missed("hosts")) == ((), (), None)
    assert [folder.name for folder in snapshot.folders] == ["Datacenters"]


def test_empty_cluster_template_and_disconnected_host(bench: Benches) -> None:
    """A cluster without hosts, a template and a host that went away are each what they are, at the poll after the change."""
    sim = bench("-vm", "3", "-standalone-host", "0", "-pod", "1", "-app", "1")
    before = sim.poll()
    center = sim.ref(vim.Datacenter, before.datacenters[0].id)
    center.hostFolder.CreateClusterEx("empty", vim.cluster.ConfigSpecEx())
    host = sim.ref(vim.HostSystem, before.hosts[0].id)
    sim.finish(host.DisconnectHost_Task())
    machine = sim.ref(vim.VirtualMachine, before.vms[0].id)
    spec = vim.vm.CloneSpec(location=vim.vm.RelocateSpec(), template=True, powerOn=False)
    sim.finish(machine.CloneVM_Task(center.vmFolder, "golden", spec))
    after = sim.poll(before)
    assert {cluster.name: len(cluster.hosts) for cluster in after.clusters} == {"DC0_C0": 3, "empty": 0}
    assert {h.connection for h in after.hosts if h.id == before.hosts[0].id} == {"disconnected"}
    assert [vm.name for vm in after.vms if vm.template] == ["golden"]
    assert len(after.storage_pods) == 1
    assert [pool.is_vapp for pool in after.resource_pools].count(True) == 1


def test_larger_inventory_is_read_in_pages(bench: Benches) -> None:
    """More objects than one answer holds are all read, and reported on the way."""
    sim = bench("-vm", "120", "-standalone-host", "0")
    snapshot = sim.poll()
    assert len(snapshot.vms) == 120
    assert sim.poller.requests()["WaitForUpdatesEx"] > 1
    assert len({vm.id for vm in snapshot.vms}) == 120
