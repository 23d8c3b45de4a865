"""Criticality: which running workloads are business applications, and what besides their names says so.

A name is given on purpose or by habit. A business application also has size, time in service, reserved or high-share resources,
protection or backup; a name without any of them counts half.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from collector.facts import Allocation, Cluster, VirtualMachine
from inference.classification.attributes import Attributes
from inference.classification.lexicon import AppClass
from inference.estate.automation import has_ha, rules_in_use
from inference.estate.protection import is_ft_protected

IN_SERVICE = timedelta(days=90)
"""A machine that has run for longer than the shortest projects is in service."""

LARGE_VCPUS = 4
LARGE_MEMORY_MB = 16 * 1024
LARGE_TIMES_MEDIAN = 2
"""A machine is large by these fixed limits, or by this multiple of the median of its vCenter."""

APART = "ClusterAntiAffinityRuleSpec"
HIGH_PRIORITIES = frozenset({"high", "highest"})


class BusinessMachine(NamedTuple):
    """A running business application, what corroborates it, and what is done so that it runs well and comes back.

    ``corroborated_by`` is empty where only its tags, its attributes, its name or its folder speak for it; it is then
    ``unsettled`` where something else that may do so could not be read.
    """

    vm: VirtualMachine
    app: AppClass
    corroborated_by: tuple[str, ...]
    protected_by: tuple[str, ...] = ()
    unsettled: bool = False


class Background:
    """What a machine is compared with: the running workloads of its vCenter, and what is protected there."""

    def __init__(
        self,
        now: datetime,
        median_size: tuple[float, float],
        clusters: Iterable[Cluster],
        protected: Collection[str],
        attributes: Attributes,
        *,
        cluster_of: Mapping[str, str],
        young: Collection[str] | None,
    ) -> None:
        """``median_size`` is the median number of vCPUs and of MB of memory of running workloads, 0 where unknown.

        ``protected`` are the ids of machines under recovery or replication. ``young`` are those that events show as made within
        the last ``IN_SERVICE``; ``None`` where events do not reach back so far.
        """
        self.attributes = attributes
        self._young = young
        self.now = now
        self.vcpus, self.memory = median_size[0] or LARGE_VCPUS, median_size[1] or LARGE_MEMORY_MB
        self.protected = protected
        self.priority: dict[str, str | None] = {}
        self.ruled: set[str] = set()
        self.apart: set[str] = set()
        every = tuple(clusters)
        unread = {cluster.id for cluster in every if not cluster.knows("ha", "ha_overrides", "rules")}
        self._in_unread = {vm for vm, cluster in cluster_of.items() if cluster in unread} if unread else set()
        for cluster in every:
            if has_ha(cluster) is not False:  # a priority outlives the HA that it was given for
                self.priority.update((own.vm, own.restart_priority) for own in cluster.ha_overrides)
            for rule, _ in rules_in_use(cluster):
                self.ruled.update(rule.vms)
                self.apart.update(rule.vms if rule.kind == APART else ())

    def seen(self, vm: VirtualMachine, app: AppClass) -> BusinessMachine:
        """A machine that is said to run a business application, with all that vCenter shows of it."""
        protection = {
            "restart priority": self.priority.get(vm.id) in HIGH_PRIORITIES,
            "anti-affinity": vm.id in self.apart,
            "reserved or high-share resources": _claims(vm.cpu) or _claims(vm.memory),
            "recovery": vm.id in self.protected,
            "fault tolerance": is_ft_protected(vm),
            "backup": self.attributes.is_backed_up(vm),
        }
        protected = protection["restart priority"] or protection["recovery"] or protection["fault tolerance"]
        in_service = self._is_in_service(vm)
        corroboration = {
            "size": self._is_large(vm),
            "time in service": in_service is True,
            "reserved or high-share resources": protection["reserved or high-share resources"],
            "protection": protected or vm.id in self.ruled,
            "backup": protection["backup"],
        }
        spoken = _those(corroboration)
        unsettled = not spoken and (in_service is None or vm.id in self._in_unread or not _is_read(vm))
        return BusinessMachine(vm, app, spoken, _those(protection), unsettled)

    def _is_in_service(self, vm: VirtualMachine) -> bool | None:
        """By its date; releases before 6.7 tell none, and events that reach back far enough do in its place."""
        if vm.created is not None:
            return self.now - vm.created >= IN_SERVICE
        return None if self._young is None else vm.id not in self._young

    def _is_large(self, vm: VirtualMachine) -> bool:
        vcpus, memory = vm.vcpus or 0, vm.memory_mb or 0
        relative = vcpus >= LARGE_TIMES_MEDIAN * self.vcpus or memory >= LARGE_TIMES_MEDIAN * self.memory
        return vcpus >= LARGE_VCPUS or memory >= LARGE_MEMORY_MB or relative


def _is_read(vm: VirtualMachine) -> bool:
    """Whether its size, its claims, its notes and its fault tolerance could be read."""
    sized = bool(vm.vcpus and vm.memory_mb)
    return sized and vm.knows("cpu", "memory", "annotation", "custom_values") and (vm.knows("ft_role") or vm.knows("ft_state"))


def _those(found: Mapping[str, bool]) -> tuple[str, ...]:
    """The names of what is so."""
    return tuple([name for name, is_so in found.items() if is_so])


def _claims(allocation: Allocation | None) -> bool:
    return allocation is not None and (allocation.reservation > 0 or allocation.level == "high")
