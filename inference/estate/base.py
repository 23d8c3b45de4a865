"""Base: what all scopes of one vCenter share, worked out once: its inventory, and what happened to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter

from collector.facts import Event, Snapshot, VirtualMachine
from inference.classification.lexicon import Lexicon
from inference.classification.rules import Rule
from inference.estate.criticality import IN_SERVICE, Background, BusinessMachine
from inference.estate.departed import Departed
from inference.estate.history import History, MotionCount
from inference.estate.inventory import Inventory
from inference.estate.nested import nested_hosts
from inference.estate.places import by_cluster
from inference.estate.protection import Protection
from inference.events.accounts import makes_agents, role_of
from inference.events.event_kinds import COMPLETIONS, Kind, kind_of
from inference.events.maintenance import Entry, find_entries
from inference.events.moves import BREADTH_DAYS, Move, find_moves
from inference.events.numbering import in_order
from inference.events.operations import Actor, Operation, actors, find_operations
from inference.events.provisioning import PROVISIONING_DAYS, NewMachine, find_new, first_runs
from inference.events.timeline import Timeline


class Base(Inventory):
    """What all scopes of one vCenter share: its inventory, business applications, moves, operations and maintenance entries."""

    def __init__(self, snapshot: Snapshot, history: History, lexicon: Lexicon, rules: Sequence[Rule] = ()) -> None:
        super().__init__(snapshot, lexicon, rules)
        self.history = history

    @cached_property
    def business(self) -> tuple[BusinessMachine, ...]:
        """Every powered-on workload classed as a business application, test and development copies left out."""
        now, clusters, protected = self.snapshot.taken_at, self.snapshot.clusters, self.protection.machines
        background = Background(
            now, self.median_size, clusters, protected, self.attributes, cluster_of=self.cluster_of_vm, young=self._young
        )
        found = self.workload_of
        return tuple(background.seen(vm, app) for vm in self.running if (app := found[vm.id].app) and found[vm.id].is_business)

    @property
    def _young(self) -> frozenset[str] | None:
        """Machines that were made too lately to be in service, by id; ``None`` where not all of that time was seen."""
        start = self.snapshot.taken_at - IN_SERVICE
        seen_since = None if self.history.events_unreadable else self.history.seen_since
        if seen_since is None or seen_since > start:
            return None
        return frozenset(new.machine for new in self.made if new.at >= start)

    @cached_property
    def business_in(self) -> Mapping[str, list[BusinessMachine]]:
        """Business applications by cluster."""
        return by_cluster(self.business, lambda machine: self.cluster_of_vm.get(machine.vm.id))

    @cached_property
    def recovery_named(self) -> bool:
        """Whether recovery or replication is known of any business application."""
        return any("recovery" in machine.protected_by for machine in self.business)

    @cached_property
    def protection(self) -> Protection:
        """What recovery and replication protect."""
        return Protection(self.timeline, self.snapshot.extensions)

    @cached_property
    def ordered(self) -> frozenset[str]:
        """Machines that a product of self service was seen to make."""
        return frozenset(new.machine for new in self.made if role_of(new.user) == "self_service")

    @cached_property
    def entries_in(self) -> Mapping[str, list[Entry]]:
        """Entries into maintenance mode by cluster."""
        return by_cluster(self.entries, lambda entry: self.cluster_of_host.get(entry.host))

    @cached_property
    def _numbered(self) -> Sequence[Event]:
        """Everything that history holds, in the order in which vCenter numbered it."""
        return in_order(self.history.events)

    @cached_property
    def departed(self) -> Departed:
        """What is known of machines that are gone."""
        return Departed(self._numbered, self.vms, self.sorted, self.lexicon)

    @cached_property
    def not_counted(self) -> frozenset[str]:
        """Virtual machines that are or were no workloads, by id; those out of reach for the moment still count in the past."""
        apart = (vm.id for reason, vms in self.sorted.excluded.items() if reason != "unavailable" for vm in vms)
        return self.departed.templates.union(apart)

    @cached_property
    def timeline(self) -> Timeline:
        """Events with a meaning, of machines that count and of hosts, in their order."""
        now, nested, is_apart = self.snapshot.taken_at, nested_hosts(self.snapshot), self.departed.was_apart
        return Timeline.of(self._numbered, self.not_counted, self.vms, nested=nested, is_apart=is_apart, now=now)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """Every migration that history holds."""
        return find_moves(self.timeline, self.vms)

    @cached_property
    def moved_live(self) -> Mapping[str, bool | None]:
        """Machines that went to another host in 90 days, in whichever cluster they were, and whether one time live."""
        start = self.snapshot.taken_at - timedelta(days=BREADTH_DAYS)
        found: dict[str, bool | None] = {}
        for move in self.moves:
            vm = move.vm if move.vm in self.vms else self._here_again.get(move.vm_name or "", move.vm)
            if move.host_changed and move.at >= start and not found.get(vm):
                found[vm] = {"live": True, "unknown": None, "cold": found.get(vm, False)}[move.manner]
        return found

    @cached_property
    def _here_again(self) -> Mapping[str, str]:
        """Workloads by name, of those that no other is called like and that were not seen made.

        What events of that name tell under another id is of them: a host that is taken out and added again gives its machines
        new ones.
        """
        made, names = {new.machine for new in self.made}, Counter(vm.name for vm in self.sorted.workloads)
        return {vm.name: vm.id for vm in self.sorted.workloads if names[vm.name] == 1 and vm.id not in made}

    @cached_property
    def newest_migration(self) -> datetime | None:
        """When the last migration of a machine that is named ended, workload or not, by the events that history holds."""
        return max((event.at for event in self._migrations if event.vm is not None), default=None)

    @cached_property
    def newest_nameless_migration(self) -> datetime | None:
        """The same of machines that no event names."""
        return max((event.at for event in self._migrations if event.vm is None), default=None)

    @property
    def _migrations(self) -> Iterator[Event]:
        return (event for event in self.history.events if kind_of(event.type) in COMPLETIONS)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry into maintenance mode that history holds."""
        return find_entries(self.timeline, self.moves)

    @cached_property
    def made(self) -> tuple[NewMachine, ...]:
        """Every machine that counts and was made in the time that history holds, oldest first."""
        present = (vm.id for vm in self.sorted.excluded.get("template", ()))
        return find_new(self.events, self.departed.templates.union(present))

    @cached_property
    def arrived(self) -> frozenset[str]:
        """Machines that came from another vCenter, by id."""
        return frozenset(event.vm for event in self.events.get(Kind.ARRIVED, ()) if event.vm)

    @cached_property
    def made_in(self) -> Mapping[str | None, Sequence[NewMachine]]:
        """Those that were made by no tool and no agency, by cluster, and under ``None`` all of them."""
        kept = [new for new in self.made if _is_of_the_estate(new.user)]
        return self._parted(kept, lambda new: self.cluster_where(new.host, new.cluster, new.machine))

    @cached_property
    def young_in(self) -> Mapping[str | None, Sequence[VirtualMachine]]:
        """Workloads that events saw made, or that say so of the last 90 days, by cluster, and under ``None`` all of them."""
        made, start = {new.machine for new in self.made}, self.snapshot.taken_at - timedelta(days=PROVISIONING_DAYS)
        young = [vm for vm in self.sorted.workloads if vm.id in made or ((at := self.created.get(vm.id)) and at >= start)]
        return self._parted(young, self._cluster_of)

    @cached_property
    def brought(self) -> Mapping[str, datetime]:
        """When each machine was imported, or made by a tool such as a restore, by id: it is as somebody made it elsewhere."""
        return {new.machine: new.at for new in self.made if new.is_import or role_of(new.user) == "tool"}

    @cached_property
    def first_runs(self) -> Mapping[str, datetime]:
        """When each machine that was made was first powered on, by its id."""
        return first_runs(self.timeline, self.made)

    @cached_property
    def removed_in(self) -> Mapping[str | None, Sequence[Event]]:
        """The last deletion of each machine, those by tools and the agency left out, by cluster; under ``None`` all.

        A machine that went to another vCenter is not deleted.
        """
        last = {event.vm or event.vm_name or str(event.key): event for event in self.events.get(Kind.REMOVED, ())}
        left = {event.vm for event in self.events.get(Kind.LEFT, ()) if event.vm}
        kept = [event for event in last.values() if _is_of_the_estate(event.user) and event.vm not in left]
        return self._parted(kept, lambda event: self.cluster_where(event.host, event.cluster, event.vm))

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation on machines that history holds, those of the platform and of tools left out."""
        return find_operations(self.timeline)

    @cached_property
    def operations_in(self) -> Mapping[str | None, Sequence[Operation]]:
        """The same, by cluster, and under ``None`` all of them."""
        return self._parted(self.operations, lambda done: self.cluster_where(done.host, done.cluster, done.vm))

    @cached_property
    def actors(self) -> Mapping[str, Actor]:
        """Who is behind each account that did something."""
        return actors(self.operations)

    @cached_property
    def moves_in(self) -> Mapping[str, list[Move]]:
        """Migrations by the cluster where they ended, else where they began."""
        hosts, vms = self.cluster_of_host, self.cluster_of_vm
        return by_cluster(self.moves, lambda m: hosts.get(m.dest or "") or hosts.get(m.source or "") or vms.get(m.vm))

    @cached_property
    def motion_counts_in(self) -> Mapping[str, list[MotionCount]]:
        """What each cluster counted of vMotion, by time; what is still to come is of a clock that ran ahead."""
        past = (point for point in self.history.motion_counts if point.at <= self.snapshot.taken_at)
        return by_cluster(sorted(past, key=attrgetter("at")), attrgetter("cluster"))

    @cached_property
    def events(self) -> Mapping[Kind, tuple[Event, ...]]:
        """Events by kind in their order, but for those that are links of migrations."""
        return self.timeline.by_kind()

    @cached_property
    def events_in(self) -> Mapping[str, Mapping[Kind, tuple[Event, ...]]]:
        """The same, by cluster."""
        found: defaultdict[str, defaultdict[Kind, list[Event]]] = defaultdict(lambda: defaultdict(list))
        for kind, events in self.events.items():
            for event in events:
                if cluster := self.cluster_where(event.host, event.cluster, event.vm):
                    found[cluster][kind].append(event)
        return {cluster: {kind: tuple(events) for kind, events in kinds.items()} for cluster, kinds in found.items()}


def _is_of_the_estate(user: str) -> bool:
    """Whether what an account makes and deletes are machines of the estate, and not copies or agents."""
    return role_of(user) != "tool" and not makes_agents(user)
