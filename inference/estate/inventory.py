"""Inventory: what one vCenter holds, worked out once for all its scopes: who counts, where it runs and what it is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import compress
from statistics import median
from typing import TypeVar

from collector.facts import Cluster, Datastore, Host, Snapshot, VirtualMachine
from inference.classification.attributes import Attributes, is_tagged_as_edge
from inference.classification.lexicon import Lexicon
from inference.classification.rules import Rule, fitting, of_rulings
from inference.classification.workloads import Workload, classify, partly_read, read_names, read_places
from inference.estate.automation import rules_in_use
from inference.estate.hardware import newest_by_place
from inference.estate.nested import hosts_apart
from inference.estate.places import (
    SHARED_BY_DESIGN,
    by_cluster,
    cluster_of_hosts,
    cluster_of_vms,
    clusters_apart,
    hidden_hosts,
    is_shared,
)
from inference.estate.population import Reason, is_running, sort_out
from inference.estate.residents import Residents
from inference.estate.verdicts import LEAST_CLUSTER, Verdicts, claimed
from inference.events.timeline import AHEAD
from inference.products import Product, hints_at_replication, self_service_products

T = TypeVar("T")


class Inventory:
    """What is there at one moment: sorted machines, places and classes."""

    def __init__(self, snapshot: Snapshot, lexicon: Lexicon, rules: Sequence[Rule] = ()) -> None:
        self.snapshot = snapshot
        self.lexicon = lexicon
        self.rules = rules
        self.attributes = Attributes(snapshot.custom_fields, lexicon, snapshot.tags)
        self.names = read_names(snapshot.vms, lexicon)
        self.places = read_places(snapshot, lexicon)
        self.hosts_apart = hosts_apart(snapshot)
        self.sorted = sort_out(snapshot.vms, self.names, self.places, lexicon, self.hosts_apart)
        self.clusters: dict[str, Cluster] = {cluster.id: cluster for cluster in snapshot.clusters}
        every_host = cluster_of_hosts(snapshot, self.clusters)
        self.clusters_apart = clusters_apart(snapshot.clusters, every_host, self.hosts_apart)
        self.cluster_of_host = {host: place for host, place in every_host.items() if host not in self.hosts_apart}
        self.hosts_hidden = hidden_hosts(snapshot, every_host)
        self.members = Counter(self.cluster_of_host.values())
        self.cluster_of_vm = cluster_of_vms(snapshot, self.clusters, self.cluster_of_host)
        self.datastores: dict[str, Datastore] = {datastore.id: datastore for datastore in snapshot.datastores}

    @cached_property
    def vms(self) -> Mapping[str, VirtualMachine]:
        """Virtual machines of every kind by id."""
        return {vm.id: vm for vm in self.snapshot.vms}

    @cached_property
    def workload_of(self) -> dict[str, Workload]:
        """What each workload is for, by id."""
        found = classify(self.sorted.workloads, self.names, self.places, self.attributes)
        rules = of_rulings(self.snapshot.rulings, self.lexicon) | fitting(self.snapshot, self.rules)
        return {
            machine: rules[machine].applied(workload) if machine in rules else workload for machine, workload in found.items()
        }

    @cached_property
    def untold(self) -> frozenset[str]:
        """Running workloads of which what may tell what they are could not be read, and no rule tells it, by id."""
        hidden = partly_read(self.snapshot)
        return frozenset(vm.id for vm in self.running if vm.id in hidden and self.workload_of[vm.id].source != "rule")

    @cached_property
    def running(self) -> tuple[VirtualMachine, ...]:
        """Workloads that are known to run."""
        return tuple(compress(self.sorted.workloads, self._runs))

    @cached_property
    def running_in(self) -> Mapping[str, list[VirtualMachine]]:
        """The same, by cluster."""
        return by_cluster(self.running, self._cluster_of)

    @cached_property
    def power_unread_in(self) -> Mapping[str | None, Sequence[VirtualMachine]]:
        """Workloads whose power state could not be read, by cluster, and under ``None`` all of them."""
        return self._parted([vm for vm in self.sorted.workloads if not vm.knows("power")], self._cluster_of)

    @cached_property
    def residents(self) -> Residents:
        """Workloads, to be asked together."""
        return Residents(self.sorted.workloads, self.cluster_of_vm, self.is_placed)

    def is_placed(self, vm: VirtualMachine) -> bool:
        """Whether it is known which cluster a machine is in, or that it is in none."""
        return vm.id in self.cluster_of_vm or (vm.knows("host") and vm.host not in self.hosts_hidden)

    @cached_property
    def running_residents(self) -> Residents:
        """Workloads that are known to run, to be asked together."""
        return self.residents.those(self._runs)

    @cached_property
    def _runs(self) -> Sequence[bool]:
        return [is_running(vm) for vm in self.sorted.workloads]

    @cached_property
    def verdicts(self) -> Verdicts:
        """What the settings of their clusters mean for workloads."""
        return Verdicts(self.residents, self.snapshot.clusters, self.members)

    @cached_property
    def running_verdicts(self) -> Verdicts:
        """The same for workloads that are known to run."""
        return Verdicts(self.running_residents, self.snapshot.clusters, self.members)

    @cached_property
    def claimed(self) -> frozenset[str]:
        """Clusters that are divided by resource pools with claims of their own, by id."""
        return claimed(self.snapshot.resource_pools)

    @cached_property
    def ruled(self) -> frozenset[str]:
        """Clusters with a placement rule in use that names workloads, in reach or not, by id; appliances alone do not count."""
        unavailable = self.sorted.excluded.get("unavailable", ())
        named = {vm.id for vm in (*self.sorted.workloads, *unavailable)}
        known = (cluster for cluster in self.snapshot.clusters if cluster.knows("rules", "groups"))
        return frozenset(c.id for c in known if any(not named.isdisjoint(vms) for _, vms in rules_in_use(c)))

    @cached_property
    def hidden_claims(self) -> frozenset[str | None]:
        """Clusters with a resource pool whose claims could not be read, by id."""
        return frozenset(pool.owner for pool in self.snapshot.resource_pools if not pool.knows("cpu", "memory"))

    @cached_property
    def self_service_products(self) -> tuple[Product, ...]:
        """Registered products of self service."""
        return self_service_products(self.snapshot.extensions)

    @cached_property
    def hosts_in(self) -> Mapping[str, list[Host]]:
        """Hosts by cluster, in the order of the snapshot."""
        return by_cluster(self.snapshot.hosts, lambda host: self.cluster_of_host.get(host.id))

    @cached_property
    def workloads_in(self) -> Mapping[str, list[VirtualMachine]]:
        """Workloads by cluster."""
        return by_cluster(self.sorted.workloads, self._cluster_of)

    @cached_property
    def excluded_in(self) -> Mapping[Reason, Mapping[str, list[VirtualMachine]]]:
        """Virtual machines that are counted apart, by reason and cluster."""
        return {reason: by_cluster(vms, self._cluster_of) for reason, vms in self.sorted.excluded.items()}

    @cached_property
    def edge(self) -> frozenset[str]:
        """Hosts without another one in their cluster that tags of theirs, or of it, say to be at the edge, by id."""
        lone = (host for host in self.snapshot.hosts if self.members[self.cluster_of_host.get(host.id, "")] < LEAST_CLUSTER)
        tags_of = {cluster.id: cluster.tags or () for cluster in self.snapshot.clusters}
        told = ((host.id, (*(host.tags or ()), *tags_of.get(self.cluster_of_host.get(host.id, ""), ()))) for host in lone)
        return frozenset(host for host, tags in told if is_tagged_as_edge(tags))

    @cached_property
    def shared(self) -> dict[str, bool | None]:
        """Whether more than one host reaches each datastore, by id; ``None`` where that could not be read."""
        return {datastore.id: is_shared(datastore) for datastore in self.datastores.values()}

    @cached_property
    def spanning(self) -> frozenset[str]:
        """Datastores that span their cluster and balance themselves, by id."""
        return frozenset(store.id for store in self.datastores.values() if (store.type or "").lower() in SHARED_BY_DESIGN)

    @cached_property
    def replicated_datastores(self) -> tuple[str, ...]:
        """Names of datastores that say that storage copies them to another site."""
        return tuple(store.name for store in self.snapshot.datastores if hints_at_replication(store.name))

    @cached_property
    def workload_names(self) -> frozenset[str]:
        """The names of the workloads that are here."""
        return frozenset(vm.name for vm in self.sorted.workloads)

    @cached_property
    def created(self) -> Mapping[str, datetime]:
        """When workloads say that they were made, by id; a day that is still to come is of a clock that was wrong."""
        latest = self.snapshot.taken_at + AHEAD
        return {
            vm.id: vm.created
            for vm in self.sorted.workloads
            if vm.created is not None and vm.created <= latest and vm.knows("created")
        }

    @cached_property
    def from_library(self) -> frozenset[str]:
        """Workloads that came from a content library, by id."""
        return frozenset(vm.id for vm in self.sorted.workloads if vm.from_content_library)

    @cached_property
    def median_size(self) -> tuple[float, float]:
        """The median number of vCPUs and the median memory in MB of powered-on workloads, 0 where there are none."""
        vcpus = median([vm.vcpus for vm in self.running if vm.vcpus] or [0])
        return vcpus, median([vm.memory_mb for vm in self.running if vm.memory_mb] or [0])

    @cached_property
    def newest_hardware(self) -> Mapping[str, int]:
        """The newest hardware version that each cluster and each lone host runs, by id."""
        return newest_by_place(self.snapshot, self.cluster_of_host, self.cluster_of_vm)

    @staticmethod
    def _parted(things: Sequence[T], cluster: Callable[[T], str | None]) -> Mapping[str | None, Sequence[T]]:
        parted: dict[str | None, Sequence[T]] = {None: things}
        parted.update((place, own) for place, own in by_cluster(things, cluster).items())
        return parted

    def _cluster_of(self, vm: VirtualMachine) -> str | None:
        return self.cluster_of_vm.get(vm.id)

    def cluster_where(self, host: str | None, cluster: str | None, vm: str | None) -> str | None:
        """The cluster in which something happened: where its host is now, else as it says, else where its machine is now."""
        return self.cluster_of_host.get(host or "") or cluster or self.cluster_of_vm.get(vm or "")
