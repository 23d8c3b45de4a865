"""Nested: hosts that are virtual themselves, and so part of the system or of a lab and not of the estate's capacity."""

from __future__ import annotations

from collections.abc import Iterable

from collector.facts import Cluster, Host, Snapshot

_MAKER = "vmware"
_MOBILITY_PLATFORM = "vmware mobility"
"""The model of the host that an HCX appliance registers for itself; it runs nothing and has no hardware."""

_NESTED_GUEST = "vmkernel"


def hosts_apart(snapshot: Snapshot) -> frozenset[str]:
    """Ids of hosts that are counted apart: dummies of HCX, witnesses, and nested hosts beside the real ones that carry them."""
    return nested_hosts(snapshot) | _witnesses(snapshot) | {host.id for host in snapshot.hosts if _is_dummy(host)}


def nested_hosts(snapshot: Snapshot) -> frozenset[str]:
    """Ids of nested hosts beside the real ones that carry them.

    A host made by VMware is nested. It is counted apart only where this vCenter also has real hosts and virtual machines that
    run ESXi: where every host is virtual they are all there is, and are the estate.
    """
    virtual = _beside_real_ones(snapshot)
    if not virtual:
        return virtual
    carried = any((vm.guest_id or "").lower().startswith(_NESTED_GUEST) for vm in snapshot.vms)
    return virtual if carried else frozenset()


def _beside_real_ones(snapshot: Snapshot) -> frozenset[str]:
    """Ids of the hosts that are virtual, where others are real."""
    hosts = [host for host in snapshot.hosts if not _is_dummy(host)]
    virtual = frozenset(host.id for host in hosts if (host.vendor or "").lower().startswith(_MAKER))
    return virtual if any(_is_real(host) and host.id not in virtual for host in hosts) else frozenset()


def _witnesses(snapshot: Snapshot) -> frozenset[str]:
    """Ids of virtual hosts beside real ones that are in no cluster and run nothing.

    So is the appliance that has a vote where vSAN spans two sites, or two hosts. It runs at a third place, of which another
    vCenter may tell.
    """
    virtual = _beside_real_ones(snapshot)
    if not virtual or snapshot.missed("vms") or snapshot.missed("clusters"):
        return frozenset()
    clusters, busy = {cluster.id for cluster in snapshot.clusters}, {vm.host for vm in snapshot.vms}
    clustered = {host for cluster in snapshot.clusters for host in cluster.hosts}
    lone = (host for host in snapshot.hosts if host.knows("parent") and host.parent not in clusters)
    return frozenset(host.id for host in lone if host.id in virtual and host.id not in clustered and host.id not in busy)


def is_apart(cluster: Cluster, members: Iterable[str], apart: frozenset[str]) -> bool:
    """Whether a cluster with these hosts has none but such that are counted apart."""
    hosts = {*cluster.hosts, *members}
    return bool(hosts) and hosts <= apart


def _is_dummy(host: Host) -> bool:
    return (host.model or "").lower().startswith(_MOBILITY_PLATFORM)


def _is_real(host: Host) -> bool:
    return bool(host.vendor) and host.knows("vendor")
