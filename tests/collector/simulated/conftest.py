"""Simulated vCenters with a poller on them."""

# pyVmomi types its data, not its functions
# mypy: disable-error-code="no-untyped-call,union-attr,call-arg"
from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from pyVmomi import vim, vmodl
from pyVmomi.SoapAdapter import SoapStubAdapter
from pyVmomi.VmomiSupport import newestVersions

from collector.facts import Snapshot
from collector.overlap import Mark
from collector.poll import Poller
from collector.vcenter.endpoint import Endpoint
from collector.vcenter.session import Session
from collector.wants import Vim
from fixtures.simulator import Simulator

if TYPE_CHECKING:
    from tests.conftest import StartVcsim

PC = vmodl.query.PropertyCollector


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

    def poll(self, last: Snapshot | None = None) -> Snapshot:
        """One poll, behind the events of the last one."""
        events = last.events if last else ()
        return self.poller.poll(Mark(events[-1].key, events[-1].at) if events else None)

    @staticmethod
    def finish(task: Vim) -> None:
        """Ask for a task until it has ended, well."""
        while (info := task.info).state in {"queued", "running"}:
            pass
        assert info.error is None, info.error

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


Benches = Callable[..., Bench]


@pytest.fixture
def bench(vcsim: StartVcsim) -> Iterator[Benches]:
    """Start a simulator with these arguments and log in."""
    benches: list[Bench] = []

    def start(*arguments: str) -> Bench:
        benches.append(Bench(vcsim(*arguments)))
        return benches[-1]

    yield start
    for made in benches:
        made.close()
