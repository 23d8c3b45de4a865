"""Estate: one scope's view of one vCenter, the whole or a cluster, with its indexes made once.

Indicators ask an Estate and nothing else. A vCenter is sorted, classified and read for moves once; the estates of its
clusters are slices of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar

from collector.facts import Cluster, Event, Host, Snapshot, VirtualMachine
from inference.classification import lexicon as lexicons
from inference.classification.rules import Rule
from inference.classification.workloads import UNRECOGNISED, Workload
from inference.declared import Servers
from inference.estate.base import Base
from inference.estate.criticality import BusinessMachine
from inference.estate.duplicates import each_once
from inference.estate.history import History
from inference.estate.memory import without_collection
from inference.estate.places import is_away
from inference.estate.population import Population, Reason, describe
from inference.events.event_kinds import Kind
from inference.events.maintenance import Entry
from inference.events.moves import Move
from inference.events.operations import Operation
from inference.events.provisioning import NewMachine
from inference.observations import Missing, Remedy, unreadable
from inference.products import unlicensed
from inference.results import Scope
from inference.wording import counted

T = TypeVar("T")

PARTLY_READ = 0.5
"""``seen`` of a topic that broke off: how much is missing is not known, so half is assumed."""

LEAST_READ = 0.5
"""Of fewer answers than this part nothing is made: what can be read is often what is different, such as lone hosts."""

NEARLY_ALL = 0.9
"""The part of a window that stands for the whole of it."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of days that ends now. ``unseen`` says why nothing of it was seen, ``days`` how many days of it were."""

    start: datetime
    length: float
    days: float
    unseen: Missing | None

    @property
    def seen_from(self) -> datetime:
        """Where the part begins that was seen without a break: a rate counts what happened in the days it divides by."""
        return self.start + timedelta(days=self.length - self.days)

    @property
    def share(self) -> float:
        """The part that was seen, 0 to 1."""
        return self.days / self.length

    @property
    def is_whole(self) -> bool:
        """Whether so much of it was seen that what was not seen did not happen."""
        return self.share >= NEARLY_ALL


@dataclass(frozen=True)
class Estate:
    """One scope. Everything is in terms of the objects of this scope; ``now`` is the vCenter's clock."""

    scope: Scope
    base: Base
    cluster_id: str | None = None
    servers: Servers | None = None

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        history: History | None = None,
        lexicon: lexicons.Lexicon | None = None,
        *,
        rules: Sequence[Rule] = (),
        servers: Servers | None = None,
    ) -> Estate:
        """The estate of a whole vCenter.

        ``rules`` are the operator's about what machines are for, and ``servers`` the counts declared for this vCenter.
        """
        scope = Scope("vcenter", snapshot.about.instance_uuid, snapshot.vcenter, snapshot.vcenter)
        with without_collection():
            base = Base(each_once(snapshot), history or History(), lexicon or lexicons.builtin(), rules)
        return cls(scope, base, servers=servers)

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

    def gap(self, topic: str) -> Missing | None:
        """A clause that says why a topic could not be read."""
        reason = self.snapshot.missed(topic) or self._out_of_sight(topic)
        return None if reason is None else unreadable(f"{topic.replace('_', ' ')} could not be read: {reason.rstrip('.')}")

    def _out_of_sight(self, topic: str) -> str | None:
        """Why there seem to be no hosts or no clusters, where that is because of what the account may see."""
        if topic not in {"hosts", "clusters"}:
            return None
        return None if (self.hosts_listed if topic == "hosts" else self.snapshot.clusters) else self.hosts_out_of_sight

    @property
    def hosts_out_of_sight(self) -> Missing | None:
        """A clause that says that there are more hosts than those that are listed."""
        if not self._hidden_hosts:
            return None
        hosts = counted(self._hidden_hosts, "host")
        return unreadable(f"the account cannot see {hosts} that VMs run on; grant it Read-only there")

    @cached_property
    def _hidden_hosts(self) -> int:
        hidden, places = self.base.hosts_hidden, self.base.cluster_of_host
        return len(hidden) if self.cluster_id is None else sum(places.get(host) == self.cluster_id for host in hidden)

    def first_gap(self, *topics: str) -> Missing | None:
        """The first of these topics that could not be read, as a clause."""
        return next((clause for topic in topics if (clause := self.gap(topic))), None)

    @cached_property
    def clusters(self) -> Population[Cluster]:
        """Clusters of this scope."""
        own = self.snapshot.clusters if self.cluster_id is None else (self.base.clusters[self.cluster_id],)
        found = (cluster for cluster in own if cluster.id not in self.base.clusters_apart)
        return self._population("clusters", found, self._hosts_seen)

    @cached_property
    def hosts(self) -> Population[Host]:
        """Connected hosts and those that sleep, but for nested ones beside real ones."""
        found = (host for host in self.hosts_listed if not is_away(host))
        return self._population("hosts", found, self._hosts_seen)

    @property
    def _hosts_seen(self) -> float:
        """Which part of the hosts of this scope is listed."""
        listed = len(self.hosts_listed)
        return listed / (listed + self._hidden_hosts) if listed else 1.0

    @cached_property
    def hosts_listed(self) -> tuple[Host, ...]:
        """Hosts, also those out of reach, but for nested ones beside real ones."""
        base = self.base
        mine: Iterable[Host] = base.hosts_in.get(self.cluster_id, ()) if self.cluster_id else self.snapshot.hosts
        return tuple(host for host in mine if host.id not in base.hosts_apart)

    @cached_property
    def workloads(self) -> Population[VirtualMachine]:
        """Workload virtual machines, whatever their power state."""
        every = self.base.sorted.workloads
        return self._population("vms", every if self.cluster_id is None else self.base.workloads_in.get(self.cluster_id, ()))

    @cached_property
    def powered_on(self) -> Population[VirtualMachine]:
        """Workload virtual machines that run. One whose power state could not be read belongs nowhere and lowers ``seen``."""
        every, known = self.workloads, self._power_read
        if every.items and not known:
            return Population((), 0.0, unreadable("the power states of the VMs could not be read"))
        if known < LEAST_READ * len(every.items):
            hidden = len(every.items) - known
            some = f"the power states of the VMs could not be read ({hidden} of {len(every.items)} missing)"
            return Population((), 0.0, unreadable(some))
        running = self.base.running if self.cluster_id is None else tuple(self.base.running_in.get(self.cluster_id, ()))
        return Population(running, every.seen * (known / len(every.items) if every.items else 1.0), every.missing)

    @cached_property
    def running(self) -> float:
        """How many workloads run, where those whose power state was read stand for those whose was not."""
        known = self._power_read
        return len(self.powered_on.items) * len(self.workloads.items) / known if known else 0.0

    @property
    def _power_read(self) -> int:
        """Of how many workloads the power state was read."""
        return len(self.workloads.items) - len(self.base.power_unread_in.get(self.cluster_id, ()))

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
        sentences = [f"Not counted as workloads: {describe(self.excluded)}."] if self.excluded else []
        placeholders = len(self.excluded.get("srm_placeholder", ()))
        if placeholders > len(self.workloads.items):
            sentences.append(
                f"Most VMs here are recovery placeholders ({placeholders}; own workloads: {len(self.workloads.items)}): this is"
                " a recovery site, assessed on its own workloads only."
            )
        return tuple(sentences)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Migrations of workloads in this scope, in the order of their completion."""
        return self.base.moves if self.cluster_id is None else tuple(self.base.moves_in.get(self.cluster_id, ()))

    @cached_property
    def events(self) -> Mapping[Kind, tuple[Event, ...]]:
        """Events of this scope by kind, in their order, but for those that are links of migrations."""
        return self.base.events if self.cluster_id is None else self.base.events_in.get(self.cluster_id, {})

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Entries into maintenance mode of hosts in this scope."""
        return self.base.entries if self.cluster_id is None else tuple(self.base.entries_in.get(self.cluster_id, ()))

    def made_since(self, start: datetime) -> tuple[NewMachine, ...]:
        """Machines of this scope that were made from ``start`` on, virtual desktops and the work of tools left out."""
        return tuple(new for new in self.base.made_in.get(self.cluster_id, ()) if new.at >= start)

    def removed_since(self, start: datetime) -> tuple[Event, ...]:
        """Deletions of machines of this scope from ``start`` on, virtual desktops and the work of tools left out."""
        return tuple(event for event in self.base.removed_in.get(self.cluster_id, ()) if event.at >= start)

    def operations_since(self, start: datetime) -> tuple[Operation, ...]:
        """Operations of people and programs on machines of this scope from ``start`` on."""
        return tuple(done for done in self.base.operations_in.get(self.cluster_id, ()) if done.at >= start)

    def events_since(self, kind: Kind, start: datetime) -> tuple[Event, ...]:
        """Events of one kind from ``start`` on."""
        return tuple(event for event in self.events.get(kind, ()) if event.at >= start)

    def window(self, days: float) -> Window:
        """The last ``days`` days, and how much of them was seen."""
        length = timedelta(days=days)
        broken = self.snapshot.missed("events") if not self.history.events else None
        if reason := self.history.events_unreadable or broken:
            return Window(self.now - length, days, 0.0, unreadable(f"events could not be read: {reason.rstrip('.')}"))
        if self.history.seen_since is None:
            return Window(self.now - length, days, 0.0, Missing("vCenter returned no events", Remedy.RETAIN))
        seen = max(timedelta(0), min(length, self.now - self.history.seen_since))
        return Window(self.now - length, days, seen / timedelta(days=1), None)

    def unlicensed(self, feature: str) -> str | None:
        """The host editions in use where none of them includes a feature; ``None`` where one does or it cannot be known."""
        return None if self.gap("licenses") else unlicensed(feature, self.snapshot.licenses)

    def cluster_of(self, vm: VirtualMachine) -> Cluster | None:
        """The cluster a virtual machine runs in, ``None`` outside any."""
        return self.base.clusters.get(self.base.cluster_of_vm.get(vm.id, ""))

    def workload_of(self, vm: VirtualMachine) -> Workload:
        """What a virtual machine is for."""
        return self.base.workload_of.get(vm.id, UNRECOGNISED)

    def _population(self, topic: str, items: Iterable[T], seen: float = 1.0) -> Population[T]:
        found, gap = tuple(items), self.gap(topic)
        if gap and not found:
            return Population((), 0.0, gap)
        return Population(found, PARTLY_READ if gap else seen)
