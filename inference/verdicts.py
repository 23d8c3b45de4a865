"""Verdicts: what the settings of their clusters mean for machines, worked out once for all scopes of a vCenter.

Nearly all machines of a cluster have its own settings, so a cluster is judged once and only overrides one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from collector.facts import Allocation, Cluster, DrsOverride, HaOverride, ResourcePool, VirtualMachine
from inference.automation import is_restarted, is_vm_automated, is_watched
from inference.protection import is_ft_protected

T = TypeVar("T")

LEAST_CLUSTER = 2
"""So many hosts make a cluster in which machines can move, or be restarted elsewhere."""

ROOT_POOL = "Resources"

NORMAL_CPU_SHARES, NORMAL_MEMORY_SHARES = 4000, 163840
"""The shares of a resource pool that nobody changed; typed as numbers they are called custom."""


@dataclass(frozen=True, slots=True)
class Places:
    """Machines and their clusters by id; for those outside any the answer is no, ``None`` where their host was not read."""

    inside: Mapping[str, str]
    outside: Mapping[str, bool | None]
    used: frozenset[str]

    @classmethod
    def of(cls, vms: Iterable[VirtualMachine], cluster_of: Mapping[str, str]) -> Places:
        """The places of these machines."""
        inside: dict[str, str] = {}
        outside: dict[str, bool | None] = {}
        for vm in vms:
            place = cluster_of.get(vm.id)
            if place is None:
                outside[vm.id] = False if vm.knows("host") else None
            else:
                inside[vm.id] = place
        return cls(inside, outside, frozenset(inside.values()))


class Verdicts:
    """What the settings of their clusters, and their own, mean for workloads: each by id, ``None`` where unreadable."""

    def __init__(
        self,
        vms: Sequence[VirtualMachine],
        clusters: Iterable[Cluster],
        cluster_of: Mapping[str, str],
        members: Mapping[str, int],
    ) -> None:
        """``cluster_of`` is the cluster of each machine in one, ``members`` the number of hosts of each cluster."""
        self._vms, self._places, self._members = vms, Places.of(vms, cluster_of), members
        self._clusters = {cluster.id: cluster for cluster in clusters}
        self._ha = {own.vm: own for cluster in self._clusters.values() for own in cluster.ha_overrides}
        self._drs = {own.vm: own for cluster in self._clusters.values() for own in cluster.drs_overrides}

    @cached_property
    def restarted(self) -> Mapping[str, bool | None]:
        """Whether HA is set to restart it."""
        return verdicts(self._places, self._clusters, self._ha, is_restarted)

    @cached_property
    def recoverable(self) -> Mapping[str, bool | None]:
        """Whether HA is set to restart it and has another host to do so."""

        def judge(cluster: Cluster, own: HaOverride | None) -> bool | None:
            return self._members[cluster.id] >= LEAST_CLUSTER and is_restarted(cluster, own)

        return verdicts(self._places, self._clusters, self._ha, judge)

    @cached_property
    def automated(self) -> Mapping[str, bool | None]:
        """Whether DRS is set to move it by itself."""
        return verdicts(self._places, self._clusters, self._drs, is_vm_automated)

    @cached_property
    def movable(self) -> Mapping[str, bool | None]:
        """Whether DRS is set to move it by itself and has another host to move it to."""

        def judge(cluster: Cluster, own: DrsOverride | None) -> bool | None:
            return self._members[cluster.id] >= LEAST_CLUSTER and is_vm_automated(cluster, own)

        return verdicts(self._places, self._clusters, self._drs, judge)

    @cached_property
    def watched(self) -> Mapping[str, bool | None]:
        """Whether HA watches its guest, or restarts it with a priority that somebody chose."""
        return verdicts(self._places, self._clusters, self._ha, is_watched)

    @cached_property
    def ft_protected(self) -> Mapping[str, bool | None]:
        """Whether fault tolerance protects it."""
        return {vm.id: is_ft_protected(vm) if vm.knows("ft_role") or vm.knows("ft_state") else None for vm in self._vms}


def verdicts(
    places: Places,
    clusters: Mapping[str, Cluster],
    overrides: Mapping[str, T],
    judge: Callable[[Cluster, T | None], bool | None],
) -> dict[str, bool | None]:
    """What ``judge`` says of each machine by its cluster and its own setting, by id."""
    usual = {place: judge(clusters[place], None) for place in places.used}
    found = {vm: usual[place] for vm, place in places.inside.items()}
    found.update((vm, judge(clusters[places.inside[vm]], own)) for vm, own in overrides.items() if vm in places.inside)
    return {**found, **places.outside}


def claimed(pools: Iterable[ResourcePool]) -> frozenset[str]:
    """Ids of the clusters and hosts that a resource pool with a claim of its own divides."""
    return frozenset(
        pool.owner
        for pool in pools
        if pool.owner
        and not (pool.parent == pool.owner or pool.name == ROOT_POOL)
        and (_claims(pool.cpu, NORMAL_CPU_SHARES) or _claims(pool.memory, NORMAL_MEMORY_SHARES))
    )


def _claims(own: Allocation | None, normal_shares: int) -> bool:
    """Whether a pool has other than normal shares, a reservation or a limit: without, it is used as a folder."""
    if own is None:
        return False
    plain = own.level in {"", "normal"} or own.shares == normal_shares
    return not plain or own.reservation > 0 or own.limit >= 0
