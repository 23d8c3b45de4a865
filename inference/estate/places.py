"""Places: which cluster hosts and virtual machines are in, and which datastores more than one host reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from collector.facts import Cluster, Datastore, Host, Snapshot
from inference.estate.nested import is_apart

T = TypeVar("T")

SHARED_BY_DESIGN = frozenset({"vsan", "vsand", "vvol"})
"""Types of datastores that every host of their cluster reaches, and that balance themselves."""

_NOT_CONNECTED = frozenset({"disconnected", "notResponding"})
"""States in which a host runs nothing that vCenter could see."""

_STANDBY = "standBy"

UNAVAILABLE = frozenset({"disconnected", "inaccessible", "orphaned", "invalid"})
"""States in which a machine is out of reach."""


def is_away(host: Host) -> bool:
    """Whether a host is out of reach; one that sleeps to save power does not answer either, and is there."""
    return host.connection in _NOT_CONNECTED and host.power != _STANDBY


def cluster_of_hosts(snapshot: Snapshot, clusters: Mapping[str, Cluster]) -> dict[str, str]:
    """The cluster of each host in one: by the host's parent, else by the cluster's own list."""
    found = {host: cluster.id for cluster in snapshot.clusters for host in cluster.hosts}
    found.update((host.id, host.parent) for host in snapshot.hosts if host.parent is not None and host.parent in clusters)
    return found


def hidden_hosts(snapshot: Snapshot, cluster_of: Mapping[str, str]) -> frozenset[str]:
    """Ids of hosts that machines or clusters name and no list tells: the account has no rights to them.

    Neither does their list say so. What cannot be reached may run on a host that is gone, and where hosts could not be read
    at all that is known already.
    """
    if snapshot.missed("hosts"):
        return frozenset()
    named = {vm.host for vm in snapshot.vms if vm.host is not None and vm.connection not in UNAVAILABLE}
    return frozenset(named.union(cluster_of)).difference(host.id for host in snapshot.hosts)


def clusters_apart(clusters: Iterable[Cluster], cluster_of: Mapping[str, str], apart: frozenset[str]) -> frozenset[str]:
    """Ids of clusters that are made of nested hosts alone."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for host, cluster in cluster_of.items() if apart else ():
        members[cluster].append(host)
    return frozenset(c.id for c in clusters if apart and is_apart(c, members[c.id], apart))


def by_cluster(things: Iterable[T], cluster: Callable[[T], str | None]) -> Mapping[str, list[T]]:
    """Things by their cluster, in their order; those outside any are left out."""
    found: defaultdict[str, list[T]] = defaultdict(list)
    for thing in things:
        if place := cluster(thing):
            found[place].append(thing)
    return found


def is_shared(datastore: Datastore) -> bool | None:
    """By its type, else by what vCenter says, else by the hosts that mount it."""
    if (datastore.type or "").lower() in SHARED_BY_DESIGN:
        return True
    if datastore.knows("multiple_host_access") and datastore.multiple_host_access is not None:
        return datastore.multiple_host_access
    return len(datastore.hosts) > 1 if datastore.knows("hosts") else None


def cluster_of_vms(snapshot: Snapshot, clusters: Mapping[str, Cluster], hosts: Mapping[str, str]) -> dict[str, str]:
    """The cluster of each machine in one: by its host, else by the resource pool it is in."""
    owners = {pool.id: pool.owner for pool in snapshot.resource_pools if pool.owner in clusters}
    found: dict[str, str] = {}
    for vm in snapshot.vms:
        cluster = hosts.get(vm.host or "") or owners.get(vm.resource_pool or "")
        if cluster:
            found[vm.id] = cluster
    return found
