"""What changed between two polls, and only that."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call,union-attr,call-arg"
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyVmomi import vim

from collector.vcenter.errors import SessionExpired

if TYPE_CHECKING:
    from tests.collector.simulated.conftest import Benches

pytestmark = pytest.mark.vcsim


def test_power_change_updates_exactly_its_object(bench: Benches) -> None:
    """One machine switched off is one new fact; every other fact stays the same object."""
    sim = bench("-vm", "10", "-standalone-host", "0")
    before = sim.poll()
    target = next(vm for vm in before.vms if vm.power == "poweredOn")
    sim.finish(sim.ref(vim.VirtualMachine, target.id).PowerOffVM_Task())
    after = sim.poll(before)
    assert after.changed
    changed = [new for old, new in zip(before.vms, after.vms, strict=True) if new is not old]
    assert [(vm.id, vm.power) for vm in changed] == [(target.id, "poweredOff")]
    assert [event.type for event in after.events] == ["VmPoweredOffEvent"]


def test_settings_changed_between_polls(bench: Benches) -> None:
    """HA and DRS switched on, maintenance mode, a resized and a removed machine are seen at the next poll."""
    sim = bench("-vm", "4", "-standalone-host", "0")
    before = sim.poll()
    spec = vim.cluster.ConfigSpecEx(
        dasConfig=vim.cluster.DasConfigInfo(enabled=True),
        drsConfig=vim.cluster.DrsConfigInfo(enabled=True, defaultVmBehavior="fullyAutomated"),
    )
    sim.finish(sim.ref(vim.ClusterComputeResource, before.clusters[0].id).ReconfigureComputeResource_Task(spec, modify=True))
    sim.finish(sim.ref(vim.HostSystem, before.hosts[0].id).EnterMaintenanceMode_Task(0))
    resized, removed = (sim.ref(vim.VirtualMachine, vm.id) for vm in before.vms[:2])
    sim.finish(resized.ReconfigVM_Task(vim.vm.ConfigSpec(numCPUs=6, annotation="larger")))
    sim.finish(removed.PowerOffVM_Task())
    sim.finish(removed.Destroy_Task())
    after = sim.poll(before)
    (cluster,) = after.clusters
    assert cluster.ha is not None
    assert cluster.drs is not None
    assert (cluster.ha.enabled, cluster.drs.behavior) == (True, "fullyAutomated")
    assert {host.id: host.in_maintenance for host in after.hosts}[before.hosts[0].id] is True
    machines = {vm.id: vm for vm in after.vms}
    assert (machines[before.vms[0].id].vcpus, machines[before.vms[0].id].annotation) == (6, "larger")
    assert before.vms[1].id not in machines


def test_lost_session_leads_to_a_full_read(bench: Benches) -> None:
    """A session ended at the server is opened again in the same poll, which sees what changed meanwhile."""
    sim = bench("-vm", "3", "-standalone-host", "0")
    before = sim.poll()
    sim.finish(sim.ref(vim.VirtualMachine, before.vms[0].id).PowerOffVM_Task())
    sim.sessions[0].content.sessionManager.Logout()
    after = sim.poll(before)
    assert {vm.id: vm.power for vm in after.vms}[before.vms[0].id] == "poweredOff"
    assert len(sim.sessions) == 2
    with pytest.raises(SessionExpired):
        sim.sessions[0].now()
    sim.sessions[0].close()


def test_extension_registered_between_polls(bench: Benches) -> None:
    """A product that registers is seen at the next poll, and its events are asked for from then on."""
    sim = bench("-vm", "1", "-standalone-host", "0")
    before = sim.poll()
    own = "com.vmware.vcDr.SomethingNew"
    sim.content.extensionManager.RegisterExtension(
        vim.Extension(
            key="com.vmware.vcDr-site1",
            version="9.0",
            description=vim.Description(label="SRM", summary="SRM"),
            lastHeartbeatTime=sim.other.CurrentTime(),
            eventList=[vim.Extension.EventTypeInfo(eventID=own)],
        )
    )
    sim.post(vim.event.EventEx, eventTypeId=own)
    after = sim.poll(before)
    assert {entry.key for entry in after.extensions} - {entry.key for entry in before.extensions} == {"com.vmware.vcDr-site1"}
    assert [event.type for event in after.events] == [own]
