"""Nested: hosts that are virtual themselves, and so part of the system or of a lab and not of the estate's capacity."""

from __future__ import annotations

from collections.abc import Iterable

from collector.facts import Cluster, Host, Snapshot

_MAKER = "vmware"
_MOBILITY_PLATFORM = "vmware mobility"
"""The model of the host that an HCX appliance registers for itself; it runs nothing and has no hardware."""

_NESTED_GUEST = "vmkernel"


def hosts_apart(snapshot: Snapshot) -> frozenset[str]:
    """Ids of hosts that are counted apart: dummies of HCX, and nested hosts beside the real ones that carry them.

    A host made by VMware is nested. It is counted apart only where this vCenter also has real hosts and virtual machines that
    run ESXi: where every host is virtual they are all there is, and are the estate.
    """
    dummies = {host.id for host in snapshot.hosts if (host.model or "").lower().startswith(_MOBILITY_PLATFORM)}
    virtual = {host.id for host in snapshot.hosts if (host.vendor or "").lower().startswith(_MAKER)} - dummies
    if virtual and any(_is_real(host) and host.id not in virtual | dummies for host in snapshot.hosts):
        carried = any((vm.guest_id or "").lower().startswith(_NESTED_GUEST) for vm in snapshot.vms)
        return frozenset(dummies | virtual if carried else dummies)
    return frozenset(dummies)


def is_apart(cluster: Cluster, members: Iterable[str], apart: frozenset[str]) -> bool:
    """Whether a cluster with these hosts has none but such that are counted apart."""
    hosts = {*cluster.hosts, *members}
    return bool(hosts) and hosts <= apart


def _is_real(host: Host) -> bool:
    return bool(host.vendor) and host.knows("vendor")
