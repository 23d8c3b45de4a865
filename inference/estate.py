"""Estate: one scope's view of one vCenter, the whole or a cluster, with its indexes made once.

Indicators ask an Estate and nothing else. A vCenter is sorted, classified and read for moves once; the estates of its
clusters are slices of that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from collector.facts import Cluster, Datastore, DrsOverride, Event, HaOverride, Host, Snapshot, VirtualMachine
from inference import lexicon as lexicons
from inference.automation import is_restarted, is_vm_automated
from inference.criticality import Background, BusinessMachine
from inference.event_kinds import LINKS, Kind
from inference.history import History
from inference.maintenance import Entry, find_entries
from inference.moves import Move, find_moves
from inference.population import Population, Reason, describe, sort_out
from inference.products import unlicensed
from inference.results import Scope
from inference.timeline import Timeline
from inference.workloads import UNRECOGNISED, Workload, classify, read_names, read_places

T = TypeVar("T")

PARTLY_READ = 0.5
"""``seen`` of a topic that broke off: how much is missing is not known, so half is assumed."""

SHARED_BY_DESIGN = frozenset({"vsan", "vsand", "vvol"})
"""Types of datastores that every host of their cluster reaches, and that balance themselves."""

NOT_CONNECTED = frozenset({"disconnected", "notResponding"})


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of days that ends now. ``unseen`` says why nothing of it was seen, ``days`` how many days of it were."""

    start: datetime
    length: float
    days: float
    unseen: str | None

    @property
    def share(self) -> float:
        """The part that was seen, 0 to 1."""
        return self.days / self.length


class Base:
    """What all scopes of one vCenter share: sorted machines, places, classes, moves and maintenance entries."""

    def __init__(self, snapshot: Snapshot, history: History, lexicon: lexicons.Lexicon) -> None:
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


@dataclass(frozen=True)
class Estate:
    """One scope. Everything is in terms of the objects of this scope; ``now`` is the vCenter's clock."""

    scope: Scope
    base: Base
    cluster_id: str | None = None

    @classmethod
    def of(cls, snapshot: Snapshot, history: History | None = None, lexicon: lexicons.Lexicon | None = None) -> Estate:
        """The estate of a whole vCenter."""
        scope = Scope("vcenter", snapshot.about.instance_uuid, snapshot.vcenter, snapshot.vcenter)
        return cls(scope, Base(snapshot, history or History(), lexicon or lexicons.builtin()))

    def parts(self) -> tuple[Estate, ...]:
        """The estates of its clusters that have at least one host, in the order of the snapshot."""
        filled = set(self.base.cluster_of_host.values())
        return tuple(
            Estate(Scope("cluster", f"{self.scope.id}/{c.id}", c.name, self.scope.vcenter), self.base, c.id)
            for c in self.base.snapshot.clusters
            if c.id in filled
        )

    @property
    def is_cluster(self) -> bool:
        """Whether this is the estate of one cluster."""
        return self.cluster_id is not None

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot of the whole vCenter."""
        return self.base.snapshot

    @property
    def history(self) -> History:
        """The history of the whole vCenter."""
        return self.base.history

    @property
    def now(self) -> datetime:
        """The moment of the snapshot by the vCenter's clock."""
        return self.base.snapshot.taken_at

    def gap(self, topic: str) -> str | None:
        """A clause that says why a topic could not be read."""
        reason = self.snapshot.missed(topic)
        return None if reason is None else f"{topic.replace('_', ' ')} could not be read: {reason.rstrip('.')}"

    def first_gap(self, *topics: str) -> str | None:
        """The first of these topics that could not be read, as a clause."""
        return next((clause for topic in topics if (clause := self.gap(topic))), None)

    @cached_property
    def clusters(self) -> Population[Cluster]:
        """Clusters of this scope."""
        found = (c for c in self.snapshot.clusters if self.cluster_id in {None, c.id})
        return self._population("clusters", found)

    @cached_property
    def hosts(self) -> Population[Host]:
        """Connected hosts."""
        mine: Iterable[Host] = self.snapshot.hosts
        if self.cluster_id is not None:
            mine = (host for host in mine if self.base.cluster_of_host.get(host.id) == self.cluster_id)
        return self._population("hosts", (host for host in mine if host.connection not in NOT_CONNECTED))

    @cached_property
    def workloads(self) -> Population[VirtualMachine]:
        """Workload virtual machines, whatever their power state."""
        every = self.base.sorted.workloads
        return self._population("vms", every if self.cluster_id is None else self.base.workloads_in.get(self.cluster_id, ()))

    @cached_property
    def powered_on(self) -> Population[VirtualMachine]:
        """Workload virtual machines that run. One whose power state could not be read belongs nowhere and lowers ``seen``."""
        every = self.workloads
        known = [vm for vm in every.items if vm.knows("power")]
        running = tuple(vm for vm in known if vm.power == "poweredOn")
        if every.items and not known:
            return Population((), 0.0, "the power state of no virtual machine could be read")
        seen = len(known) / len(every.items) if every.items else 1.0
        return Population(running, every.seen * seen, every.missing)

    @cached_property
    def business(self) -> tuple[BusinessMachine, ...]:
        """Powered-on workloads of this scope that are business applications, corroborated or not."""
        return self.base.business if self.cluster_id is None else tuple(self.base.business_in.get(self.cluster_id, ()))

    @cached_property
    def excluded(self) -> Mapping[Reason, tuple[VirtualMachine, ...]]:
        """Virtual machines that are counted apart, by reason."""
        if self.cluster_id is None:
            return self.base.sorted.excluded
        parts = {reason: tuple(found.get(self.cluster_id, ())) for reason, found in self.base.excluded_in.items()}
        return {reason: vms for reason, vms in parts.items() if vms}

    @cached_property
    def counted_apart(self) -> tuple[str, ...]:
        """A sentence about what is counted apart, or none; and one where this is mostly a recovery site."""
        sentences = [f"Counted apart: {describe(self.excluded)}."] if self.excluded else []
        placeholders = len(self.excluded.get("srm_placeholder", ()))
        if placeholders > len(self.workloads.items):
            sentences.append(
                f"Most virtual machines here are placeholders of recovery ({placeholders} beside {len(self.workloads.items)}"
                " workloads): this is a recovery site, assessed on its own workloads alone."
            )
        return tuple(sentences)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Migrations of workloads in this scope, in the order of keys."""
        return self.base.moves if self.cluster_id is None else tuple(self.base.moves_in.get(self.cluster_id, ()))

    @cached_property
    def events(self) -> Mapping[Kind, tuple[Event, ...]]:
        """Events of this scope by kind, in the order of keys, but for those that are links of migrations."""
        return self.base.events if self.cluster_id is None else self.base.events_in.get(self.cluster_id, {})

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Entries into maintenance mode of hosts in this scope."""
        hosts = self.base.cluster_of_host
        return tuple(e for e in self.base.entries if self.cluster_id is None or hosts.get(e.host) == self.cluster_id)

    def events_since(self, kind: Kind, start: datetime) -> tuple[Event, ...]:
        """Events of one kind from ``start`` on."""
        return tuple(event for event in self.events.get(kind, ()) if event.at >= start)

    def window(self, days: float) -> Window:
        """The last ``days`` days, and how much of them was seen."""
        length = timedelta(days=days)
        broken = self.snapshot.missed("events") if not self.history.events else None
        if reason := self.history.events_unreadable or broken:
            return Window(self.now - length, days, 0.0, f"events could not be read: {reason.rstrip('.')}")
        if self.history.seen_since is None:
            return Window(self.now - length, days, 0.0, "vCenter has kept no event that could be read")
        seen = max(timedelta(0), min(length, self.now - self.history.seen_since))
        return Window(self.now - length, days, seen / timedelta(days=1), None)

    def unlicensed(self, feature: str) -> str | None:
        """The host editions in use where none of them includes a feature; ``None`` where one does or it cannot be known."""
        return None if self.gap("licenses") else unlicensed(feature, self.snapshot.licenses)

    def cluster_of(self, vm: VirtualMachine) -> Cluster | None:
        """The cluster a virtual machine runs in, ``None`` outside any."""
        return self.base.clusters.get(self.base.cluster_of_vm.get(vm.id, ""))

    def is_restarted(self, vm: VirtualMachine) -> bool | None:
        """Whether HA would restart a machine; ``None`` where its cluster's settings could not be read."""
        cluster = self.cluster_of(vm)
        if cluster is None:
            return False if vm.knows("host") else None
        return is_restarted(cluster, self.base.ha_override_of.get(vm.id))

    def is_automated(self, vm: VirtualMachine) -> bool | None:
        """Whether DRS moves a machine by itself; ``None`` where its cluster's settings could not be read."""
        cluster = self.cluster_of(vm)
        if cluster is None:
            return False if vm.knows("host") else None
        return is_vm_automated(cluster, self.base.drs_override_of.get(vm.id))

    def workload_of(self, vm: VirtualMachine) -> Workload:
        """What a virtual machine is for."""
        return self.base.workload_of.get(vm.id, UNRECOGNISED)

    def _population(self, topic: str, items: Iterable[T]) -> Population[T]:
        found, gap = tuple(items), self.gap(topic)
        if gap and not found:
            return Population((), 0.0, gap)
        return Population(found, PARTLY_READ if gap else 1.0)


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
