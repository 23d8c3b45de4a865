"""Verdicts: what the settings of their clusters mean for machines, worked out once for all scopes of a vCenter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from collector.facts import Allocation, Cluster, DrsOverride, HaOverride, ResourcePool, VirtualMachine
from inference.estate.automation import is_restarted, is_vm_automated, is_watched
from inference.estate.protection import is_ft_protected
from inference.estate.residents import Answer, Counts, Residents

LEAST_CLUSTER = 2
"""So many hosts make a cluster in which machines can move, or be restarted elsewhere."""

ROOT_POOL = "Resources"

NORMAL_CPU_SHARES, NORMAL_MEMORY_SHARES = 4000, 163840
"""The shares of a resource pool that nobody changed; typed as numbers they are called custom."""


class Verdicts:
    """What the settings of their clusters, and their own, mean for some machines, counted by cluster."""

    def __init__(self, machines: Residents, clusters: Iterable[Cluster], members: Mapping[str, int]) -> None:
        """``members`` is the number of hosts of each cluster."""
        self._machines, self._members = machines, members
        self._clusters = {cluster.id: cluster for cluster in clusters}
        self._ha = {own.vm: own for cluster in self._clusters.values() for own in cluster.ha_overrides}
        self._drs = {own.vm: own for cluster in self._clusters.values() for own in cluster.drs_overrides}

    @cached_property
    def restarted(self) -> Counts:
        """Whether HA is set to restart it."""
        return self._by_ha(is_restarted)

    @cached_property
    def recoverable(self) -> Counts:
        """Whether HA is set to restart it and has another host to do so."""
        return self._by_ha(is_restarted, LEAST_CLUSTER)

    @cached_property
    def automated(self) -> Counts:
        """Whether DRS is set to move it by itself."""
        return self._by_drs()

    @cached_property
    def movable(self) -> Counts:
        """Whether DRS is set to move it by itself and has another host to move it to."""
        return self._by_drs(LEAST_CLUSTER)

    @cached_property
    def watched(self) -> Counts:
        """Whether HA watches its guest, or restarts it with a priority that somebody chose."""
        return self._by_ha(is_watched)

    @cached_property
    def ft_protected(self) -> Counts:
        """Whether fault tolerance protects it."""
        return self._machines.count("ft_protected", _has_ft)

    def _by_ha(self, judge: Callable[[Cluster, HaOverride | None], bool | None], hosts: int = 0) -> Counts:
        """What a judgement on HA says in clusters of so many hosts at least; in others it is never so."""

        def judged(cluster: Cluster, own: HaOverride | None) -> Answer:
            if self._members[cluster.id] < hosts:
                return "never"
            return _needing(cluster, judge(cluster, own), "ha_overrides")

        return self._machines.judged(self._clusters, self._ha, judged)

    def _by_drs(self, hosts: int = 0) -> Counts:
        """Whether DRS moves it in clusters of so many hosts at least; in others it is never so."""

        def judged(cluster: Cluster, own: DrsOverride | None) -> Answer:
            if self._members[cluster.id] < hosts:
                return "never"
            return _needing(cluster, is_vm_automated(cluster, own), "drs_overrides")

        return self._machines.judged(self._clusters, self._drs, judged)


def _needing(cluster: Cluster, answer: bool | None, overrides: str) -> Answer:
    """An answer of which a yes takes reading ``overrides`` too: where those are hidden, a no is said by the cluster alone."""
    return "never" if answer is False and not cluster.knows(overrides) else answer


def _has_ft(vm: VirtualMachine) -> bool | None:
    return is_ft_protected(vm) if vm.knows("ft_role") or vm.knows("ft_state") else None


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
