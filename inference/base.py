"""Base: what all scopes of one vCenter share, worked out once: who counts, where it runs, what it is for and how it moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from collector.facts import Cluster, Datastore, DrsOverride, Event, HaOverride, Snapshot, VirtualMachine
from inference.criticality import Background, BusinessMachine
from inference.event_kinds import LINKS, Kind
from inference.history import History
from inference.lexicon import Lexicon
from inference.maintenance import Entry, find_entries
from inference.moves import Move, find_moves
from inference.population import Reason, sort_out
from inference.timeline import Timeline
from inference.workloads import Workload, classify, read_names, read_places

SHARED_BY_DESIGN = frozenset({"vsan", "vsand", "vvol"})
"""Types of datastores that every host of their cluster reaches, and that balance themselves."""


class Base:
    """What all scopes of one vCenter share: sorted machines, places, classes, moves and maintenance entries."""

    def __init__(self, snapshot: Snapshot, history: History, lexicon: Lexicon) -> None:
        self.snapshot = snapshot
        self.history = history
        self.names = read_names(snapshot.vms, lexicon)
        self.places = read_places(snapshot, lexicon)
        self.sorted = sort_out(snapshot.vms, self.names, self.places, lexicon)
        self.clusters: dict[str, Cluster] = {cluster.id: cluster for cluster in snapshot.clusters}
        self.cluster_of_host = _cluster_of_hosts(snapshot, self.clusters)
        self.cluster_of_vm = _cluster_of_vms(snapshot, self.clusters, self.cluster_of_host)
        self.datastores: dict[str, Datastore] = {datastore.id: datastore for datastore in snapshot.datastores}
        self.ha_override_of: dict[str, HaOverride] = {own.vm: own for c in snapshot.clusters for own in c.ha_overrides}
        self.drs_override_of: dict[str, DrsOverride] = {own.vm: own for c in snapshot.clusters for own in c.drs_overrides}

    @cached_property
    def workload_of(self) -> dict[str, Workload]:
        """What each workload is for, by id."""
        return classify(self.sorted.workloads, self.names, self.places)

    @cached_property
    def business(self) -> tuple[BusinessMachine, ...]:
        """Every powered-on workload classed as a business application, test and development copies left out."""
        running = [vm for vm in self.sorted.workloads if vm.power == "poweredOn"]
        background = Background(self.snapshot.taken_at, running, self.snapshot.clusters, self.events)
        pairs = ((vm, self.workload_of[vm.id]) for vm in running)
        return tuple(BusinessMachine(vm, w.app, background.of(vm)) for vm, w in pairs if w.is_business and w.app)

    @cached_property
    def business_in(self) -> Mapping[str, list[BusinessMachine]]:
        """Business applications by cluster."""
        found: defaultdict[str, list[BusinessMachine]] = defaultdict(list)
        for machine in self.business:
            found[self.cluster_of_vm.get(machine.vm.id, "")].append(machine)
        return found

    @cached_property
    def workloads_in(self) -> Mapping[str, list[VirtualMachine]]:
        """Workloads by cluster."""
        return _by_cluster(self.sorted.workloads, self.cluster_of_vm)

    @cached_property
    def excluded_in(self) -> Mapping[Reason, Mapping[str, list[VirtualMachine]]]:
        """Virtual machines that are counted apart, by reason and cluster."""
        return {reason: _by_cluster(vms, self.cluster_of_vm) for reason, vms in self.sorted.excluded.items()}

    @cached_property
    def shared(self) -> dict[str, bool | None]:
        """Whether more than one host reaches each datastore, by id; ``None`` where that could not be read."""
        return {datastore.id: _is_shared(datastore) for datastore in self.datastores.values()}

    @cached_property
    def not_counted(self) -> frozenset[str]:
        """Virtual machines that are no workloads, by id; those out of reach for the moment still count in the past."""
        return frozenset(vm.id for reason, vms in self.sorted.excluded.items() if reason != "unavailable" for vm in vms)

    @cached_property
    def timeline(self) -> Timeline:
        """Events with a meaning, of machines that count and of hosts, in the order of their keys."""
        return Timeline.of(self.history.events, self.not_counted, frozenset(vm.id for vm in self.snapshot.vms))

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Every migration that history holds."""
        power = {vm.id: vm.power for vm in self.snapshot.vms if vm.knows("power")}
        return find_moves(self.timeline, power, {vm.id: vm.host for vm in self.snapshot.vms})

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry into maintenance mode that history holds."""
        return find_entries(self.timeline, self.moves)

    @cached_property
    def moves_in(self) -> Mapping[str, list[Move]]:
        """Migrations by the cluster where they ended, else where they began."""
        found: defaultdict[str, list[Move]] = defaultdict(list)
        hosts, vms = self.cluster_of_host, self.cluster_of_vm
        for move in self.moves:
            if cluster := hosts.get(move.dest or "") or hosts.get(move.source or "") or vms.get(move.vm):
                found[cluster].append(move)
        return found

    @cached_property
    def events(self) -> Mapping[Kind, tuple[Event, ...]]:
        """Events by kind in the order of keys, but for those that are links of migrations."""
        found: defaultdict[Kind, list[Event]] = defaultdict(list)
        for kind, event in self.timeline.pairs():
            if kind not in LINKS:
                found[kind].append(event)
        return {kind: tuple(events) for kind, events in found.items()}

    @cached_property
    def events_in(self) -> Mapping[str, Mapping[Kind, tuple[Event, ...]]]:
        """The same, by cluster."""
        found: defaultdict[str, defaultdict[Kind, list[Event]]] = defaultdict(lambda: defaultdict(list))
        hosts, vms = self.cluster_of_host, self.cluster_of_vm
        for kind, events in self.events.items():
            for event in events:
                if cluster := hosts.get(event.host or "") or event.cluster or vms.get(event.vm or ""):
                    found[cluster][kind].append(event)
        return {cluster: {kind: tuple(events) for kind, events in kinds.items()} for cluster, kinds in found.items()}


def _cluster_of_hosts(snapshot: Snapshot, clusters: Mapping[str, Cluster]) -> dict[str, str]:
    """The cluster of each host in one: by the host's parent, else by the cluster's own list."""
    found = {host: cluster.id for cluster in snapshot.clusters for host in cluster.hosts}
    found.update((host.id, host.parent) for host in snapshot.hosts if host.parent is not None and host.parent in clusters)
    return found


def _by_cluster(vms: Iterable[VirtualMachine], cluster_of: Mapping[str, str]) -> Mapping[str, list[VirtualMachine]]:
    found: defaultdict[str, list[VirtualMachine]] = defaultdict(list)
    for vm in vms:
        if cluster := cluster_of.get(vm.id):
            found[cluster].append(vm)
    return found


def _is_shared(datastore: Datastore) -> bool | None:
    """By its type, else by what vCenter says, else by the hosts that mount it."""
    if (datastore.type or "").lower() in SHARED_BY_DESIGN:
        return True
    if datastore.knows("multiple_host_access") and datastore.multiple_host_access is not None:
        return datastore.multiple_host_access
    return len(datastore.hosts) > 1 if datastore.knows("hosts") else None


def _cluster_of_vms(snapshot: Snapshot, clusters: Mapping[str, Cluster], hosts: Mapping[str, str]) -> dict[str, str]:
    """The cluster of each machine in one: by its host, else by the resource pool it is in."""
    owners = {pool.id: pool.owner for pool in snapshot.resource_pools if pool.owner in clusters}
    found: dict[str, str] = {}
    for vm in snapshot.vms:
        cluster = hosts.get(vm.host or "") or owners.get(vm.resource_pool or "")
        if cluster:
            found[vm.id] = cluster
    return found
