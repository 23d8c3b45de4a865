"""Polls of the simulator: captured vCenters, odd inventories, changes and events."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call,union-attr,call-arg"
from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from pyVmomi import vim, vmodl
from pyVmomi.SoapAdapter import SoapStubAdapter
from pyVmomi.VmomiSupport import newestVersions

from collector.facts import Snapshot
from collector.overlap import Mark
from collector.poll import Poller
from collector.vcenter.endpoint import Endpoint
from collector.vcenter.errors import SessionExpired
from collector.vcenter.session import Session
from collector.wants import Vim

pytestmark = pytest.mark.vcsim

PC = vmodl.query.PropertyCollector
CAPTURES = ["cloud-sddc-1-host-17-vms-vc70", "home-lab-2-hosts-20-vms-vc70", "lab-4-hosts-97-vms-vc67"]


class Simulator(Protocol):
    """A running simulator."""

    host: str
    port: int
    username: str
    password: str


StartVcsim = Callable[..., Simulator]


class Bench:
    """A simulator with a poller on it and a second login that may change things."""

    def __init__(self, simulator: Simulator) -> None:
        endpoint = Endpoint("sim", simulator.host, simulator.username, simulator.password, port=simulator.port, verify=False)
        self.sessions: list[Session] = []
        self.poller = Poller(lambda: self._open(endpoint), "sim")
        trusting = ssl._create_unverified_context()  # noqa: S323, SLF001 - the simulator makes its own certificate
        self.stub = SoapStubAdapter(simulator.host, simulator.port, version=newestVersions.GetName("vim"), sslContext=trusting)
        self.other = vim.ServiceInstance("ServiceInstance", self.stub)
        self.content = self.other.RetrieveContent()
        self.content.sessionManager.Login(simulator.username, simulator.password)

    def _open(self, endpoint: Endpoint) -> Session:
        self.sessions.append(Session.open(endpoint))
        return self.sessions[-1]

    def ref(self, kind: type, id_: str) -> Vim:
        """An object in the second login."""
        return kind(id_, self.stub)

    def query(self, kind: type, *paths: str) -> dict[str, dict[str, Vim]]:
        """The properties of every object of a type, asked for in the plainest way: no filter, no paging, no facts."""
        view = self.content.viewManager.CreateContainerView(self.content.rootFolder, [kind], recursive=True)
        step = PC.TraversalSpec(type=vim.view.ContainerView, path="view", skip=False)
        spec = PC.FilterSpec(
            propSet=[PC.PropertySpec(type=kind, pathSet=list(paths))],
            objectSet=[PC.ObjectSpec(obj=view, skip=True, selectSet=[step])],
        )
        answer = self.content.propertyCollector.RetrievePropertiesEx([spec], PC.RetrieveOptions())
        view.Destroy()
        objects = answer.objects if answer else []
        return {content.obj._moId: {prop.name: prop.val for prop in content.propSet} for content in objects}  # noqa: SLF001 - pyVmomi offers the id nowhere else

    def post(self, kind: type, **more: Vim) -> None:
        """Post an EventEx or a migration; the simulator wants every argument to be there and to exist."""
        machine, host = next(iter(self.query(vim.VirtualMachine, "name"))), next(iter(self.query(vim.HostSystem, "name")))
        cluster = next(iter(self.query(vim.ClusterComputeResource, "name")))
        center = next(iter(self.query(vim.Datacenter, "name")))
        store = next(iter(self.query(vim.Datastore, "name")))
        if kind is vim.event.EventEx:
            more |= {"objectType": vim.VirtualMachine, "objectId": machine}
        else:
            more |= {
                "template": False,
                "sourceHost": vim.event.HostEventArgument(name="host", host=self.ref(vim.HostSystem, host)),
            }
        event = kind(
            vm=vim.event.VmEventArgument(name="vm", vm=self.ref(vim.VirtualMachine, machine)),
            host=vim.event.HostEventArgument(name="host", host=self.ref(vim.HostSystem, host)),
            computeResource=vim.event.ComputeResourceEventArgument(
                name="cluster", computeResource=self.ref(vim.ClusterComputeResource, cluster)
            ),
            datacenter=vim.event.DatacenterEventArgument(name="dc", datacenter=self.ref(vim.Datacenter, center)),
            ds=vim.event.DatastoreEventArgument(name="ds", datastore=self.ref(vim.Datastore, store)),
            key=0,
            chainId=0,
            createdTime=self.other.CurrentTime(),
            userName="",
            **more,
        )
        self.content.eventManager.PostEvent(event)

    def close(self) -> None:
        """Log out twice."""
        self.poller.close()
        self.content.sessionManager.Logout()
        self.stub.DropConnections()


@pytest.fixture
def bench(vcsim: StartVcsim) -> Iterator[Callable[..., Bench]]:
    """Start a simulator with these arguments and log in."""
    benches: list[Bench] = []

    def start(*arguments: str) -> Bench:
        benches.append(Bench(vcsim(*arguments)))
        return benches[-1]

    yield start
    for made in benches:
        made.close()


def finish(task: Vim) -> None:
    """Ask for a task until it has ended, well."""
    while (info := task.info).state in {"queued", "running"}:
        pass
    assert info.error is None, info.error


def mark(snapshot: Snapshot) -> Mark | None:
    """The high-water mark that follows."""
    return Mark(snapshot.events[-1].key, snapshot.events[-1].at) if snapshot.events else None


@pytest.mark.parametrize("name", CAPTURES)
def test_captured_vcenter_counts(bench: Callable[..., Bench], captures: dict[str, Path], name: str) -> None:
    """Facts of a captured vCenter agree with an independent query, object by object and value by value."""
    sim = bench("-load", str(captures[name]))
    snapshot = sim.poller.poll(None)
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
    assert not sim.poller.poll(mark(snapshot)).changed


def test_one_host_without_cluster(bench: Callable[..., Bench]) -> None:
    """A vCenter without any cluster has hosts whose parents are none."""
    snapshot = bench("-cluster", "0", "-standalone-host", "2", "-vm", "2").poller.poll(None)
    assert (snapshot.clusters, len(snapshot.hosts), len(snapshot.vms)) == ((), 2, 4)
    assert all((host.parent or "").startswith("domain-s") for host in snapshot.hosts)


def test_no_machines_and_no_datacenter(bench: Callable[..., Bench]) -> None:
    """Zero machines, then zero of everything, are answers."""
    snapshot = bench("-vm", "0").poller.poll(None)
    assert (snapshot.vms, len(snapshot.clusters), snapshot.gaps) == ((), 1, ())
    snapshot = bench("-dc", "0", "-cluster", "0", "-standalone-host", "0", "-vm", "0").poller.poll(None)
    assert (snapshot.hosts, snapshot.datacenters, snapshot.missed("hosts")) == ((), (), None)
    assert [folder.name for folder in snapshot.folders] == ["Datacenters"]


def test_empty_cluster_template_and_disconnected_host(bench: Callable[..., Bench]) -> None:
    """A cluster without hosts, a template and a host that went away are each what they are, at the poll after the change."""
    sim = bench("-vm", "3", "-standalone-host", "0", "-pod", "1", "-app", "1")
    before = sim.poller.poll(None)
    center = sim.ref(vim.Datacenter, before.datacenters[0].id)
    center.hostFolder.CreateClusterEx("empty", vim.cluster.ConfigSpecEx())
    host = sim.ref(vim.HostSystem, before.hosts[0].id)
    finish(host.DisconnectHost_Task())
    machine = sim.ref(vim.VirtualMachine, before.vms[0].id)
    spec = vim.vm.CloneSpec(location=vim.vm.RelocateSpec(), template=True, powerOn=False)
    finish(machine.CloneVM_Task(center.vmFolder, "golden", spec))
    after = sim.poller.poll(mark(before))
    assert {cluster.name: len(cluster.hosts) for cluster in after.clusters} == {"DC0_C0": 3, "empty": 0}
    assert {h.connection for h in after.hosts if h.id == before.hosts[0].id} == {"disconnected"}
    assert [vm.name for vm in after.vms if vm.template] == ["golden"]
    assert len(after.storage_pods) == 1
    assert [pool.is_vapp for pool in after.resource_pools].count(True) == 1


def test_power_change_updates_exactly_its_object(bench: Callable[..., Bench]) -> None:
    """One machine switched off is one new fact; every other fact stays the same object."""
    sim = bench("-vm", "10", "-standalone-host", "0")
    before = sim.poller.poll(None)
    target = next(vm for vm in before.vms if vm.power == "poweredOn")
    finish(sim.ref(vim.VirtualMachine, target.id).PowerOffVM_Task())
    after = sim.poller.poll(mark(before))
    assert after.changed
    changed = [new for old, new in zip(before.vms, after.vms, strict=True) if new is not old]
    assert [(vm.id, vm.power) for vm in changed] == [(target.id, "poweredOff")]
    assert [event.type for event in after.events] == ["VmPoweredOffEvent"]


def test_settings_changed_between_polls(bench: Callable[..., Bench]) -> None:
    """HA and DRS switched on, maintenance mode, a resized and a removed machine are seen at the next poll."""
    sim = bench("-vm", "4", "-standalone-host", "0")
    before = sim.poller.poll(None)
    spec = vim.cluster.ConfigSpecEx(
        dasConfig=vim.cluster.DasConfigInfo(enabled=True),
        drsConfig=vim.cluster.DrsConfigInfo(enabled=True, defaultVmBehavior="fullyAutomated"),
    )
    finish(sim.ref(vim.ClusterComputeResource, before.clusters[0].id).ReconfigureComputeResource_Task(spec, modify=True))
    finish(sim.ref(vim.HostSystem, before.hosts[0].id).EnterMaintenanceMode_Task(0))
    resized, removed = (sim.ref(vim.VirtualMachine, vm.id) for vm in before.vms[:2])
    finish(resized.ReconfigVM_Task(vim.vm.ConfigSpec(numCPUs=6, annotation="larger")))
    finish(removed.PowerOffVM_Task())
    finish(removed.Destroy_Task())
    after = sim.poller.poll(mark(before))
    (cluster,) = after.clusters
    assert cluster.ha is not None
    assert cluster.drs is not None
    assert (cluster.ha.enabled, cluster.drs.behavior) == (True, "fullyAutomated")
    assert {host.id: host.in_maintenance for host in after.hosts}[before.hosts[0].id] is True
    machines = {vm.id: vm for vm in after.vms}
    assert (machines[before.vms[0].id].vcpus, machines[before.vms[0].id].annotation) == (6, "larger")
    assert before.vms[1].id not in machines


def test_lost_session_leads_to_a_full_read(bench: Callable[..., Bench]) -> None:
    """A session ended at the server is opened again in the same poll, which sees what changed meanwhile."""
    sim = bench("-vm", "3", "-standalone-host", "0")
    before = sim.poller.poll(None)
    finish(sim.ref(vim.VirtualMachine, before.vms[0].id).PowerOffVM_Task())
    sim.sessions[0].content.sessionManager.Logout()
    after = sim.poller.poll(mark(before))
    assert {vm.id: vm.power for vm in after.vms}[before.vms[0].id] == "poweredOff"
    assert len(sim.sessions) == 2
    with pytest.raises(SessionExpired):
        sim.sessions[0].now()
    sim.sessions[0].close()


def test_posted_events_are_read_once_each(bench: Callable[..., Bench]) -> None:
    """Events of the API and of extensions arrive once over several polls, in the order of their keys."""
    sim = bench("-vm", "2", "-standalone-host", "0")
    first = sim.poller.poll(None)
    restarted, tested = "com.vmware.vc.HA.VmRestartedByHAEvent", "com.vmware.vcDr.RecoveryPlanExecuteTestEnd"
    arrived = "com.vmware.vc.vm.DstVmMigratedEvent"
    sim.post(vim.event.DrsVmMigratedEvent)
    sim.post(vim.event.EventEx, eventTypeId=restarted)
    second = sim.poller.poll(mark(first))
    for _ in range(30):
        sim.post(vim.event.VmMigratedEvent)
    sim.post(vim.event.EventEx, eventTypeId=tested)
    sim.post(vim.event.EventEx, eventTypeId=arrived)
    sim.post(vim.event.EventEx, eventTypeId="com.example.nobody.asks")
    third = sim.poller.poll(mark(second))
    fourth = sim.poller.poll(mark(third))
    assert [event.type for event in second.events] == ["DrsVmMigratedEvent", restarted]
    assert [event.type for event in third.events] == ["VmMigratedEvent"] * 30 + [tested, arrived]
    assert fourth.events == ()
    keys = [event.key for snapshot in (first, second, third) for event in snapshot.events]
    assert keys == sorted(set(keys))
    assert {event.host for event in second.events} == {first.hosts[0].id}


def test_first_event_is_not_left_out(bench: Callable[..., Bench]) -> None:
    """The oldest event that is kept is read too: creating the inventory left one for each machine."""
    sim = bench("-vm", "5", "-standalone-host", "0")
    snapshot = sim.poller.poll(None)
    created = [event for event in snapshot.events if event.type == "VmCreatedEvent"]
    assert len(created) == len(snapshot.vms) == 5
    assert snapshot.oldest_event is not None
    assert snapshot.oldest_event <= min(event.at for event in snapshot.events)


def test_extension_registered_between_polls(bench: Callable[..., Bench]) -> None:
    """A product that registers is seen at the next poll, and its events are asked for from then on."""
    sim = bench("-vm", "1", "-standalone-host", "0")
    before = sim.poller.poll(None)
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
    after = sim.poller.poll(mark(before))
    assert {entry.key for entry in after.extensions} - {entry.key for entry in before.extensions} == {"com.vmware.vcDr-site1"}
    assert [event.type for event in after.events] == [own]


def test_larger_inventory_is_read_in_pages(bench: Callable[..., Bench]) -> None:
    """More objects than one answer holds are all read, and reported on the way."""
    sim = bench("-vm", "120", "-standalone-host", "0")
    snapshot = sim.poller.poll(None)
    assert len(snapshot.vms) == 120
    assert sim.poller.requests()["WaitForUpdatesEx"] > 1
    assert len({vm.id for vm in snapshot.vms}) == 120
