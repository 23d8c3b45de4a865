"""Criticality: which running workloads are business applications, and what besides their names says so.

A name is given on purpose or by habit. A business application also has size, time in service, a claim on resources,
protection or backup; a name without any of them counts half.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from collector.facts import Allocation, Cluster, VirtualMachine
from inference.attributes import Attributes
from inference.automation import has_ha, rules_in_use
from inference.lexicon import AppClass
from inference.protection import is_ft_protected

IN_SERVICE = timedelta(days=90)
"""A machine that has run for longer than the shortest projects is in service."""

LARGE_VCPUS = 4
LARGE_MEMORY_MB = 16 * 1024
LARGE_TIMES_MEDIAN = 2
"""Large is either large for any era, or twice the middle of this estate."""

APART = "ClusterAntiAffinityRuleSpec"
HIGH_PRIORITIES = frozenset({"high", "highest"})


@dataclass(frozen=True, slots=True)
class BusinessMachine:
    """A running business application, what corroborates it, and what is done so that it runs well and comes back.

    ``corroborated_by`` is empty where only its tags, its attributes, its name or its folder speak for it.
    """

    vm: VirtualMachine
    app: AppClass
    corroborated_by: tuple[str, ...]
    protected_by: tuple[str, ...] = ()


class Background:
    """What a machine is compared with: the running workloads of its vCenter, and what is protected there."""

    def __init__(
        self,
        now: datetime,
        middle: tuple[float, float],
        clusters: Iterable[Cluster],
        protected: Collection[str],
        attributes: Attributes,
    ) -> None:
        """``middle`` is the middle number of vCPUs and the middle memory in MB of running workloads, 0 where unknown.

        ``protected`` are the ids of machines under recovery or replication.
        """
        self.attributes = attributes
        self.now = now
        self.vcpus, self.memory = middle[0] or LARGE_VCPUS, middle[1] or LARGE_MEMORY_MB
        self.protected = protected
        self.priority: dict[str, str | None] = {}
        self.ruled: set[str] = set()
        self.apart: set[str] = set()
        for cluster in clusters:
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
            "a claim on resources": _claims(vm.cpu) or _claims(vm.memory),
            "recovery": vm.id in self.protected,
            "fault tolerance": is_ft_protected(vm),
            "backup": self.attributes.is_backed_up(vm),
        }
        protected = protection["restart priority"] or protection["recovery"] or protection["fault tolerance"]
        corroboration = {
            "size": self._is_large(vm),
            "time in service": vm.created is not None and self.now - vm.created >= IN_SERVICE,
            "a claim on resources": protection["a claim on resources"],
            "protection": protected or vm.id in self.ruled,
            "backup": protection["backup"],
        }
        return BusinessMachine(vm, app, _those(corroboration), _those(protection))

    def _is_large(self, vm: VirtualMachine) -> bool:
        vcpus, memory = vm.vcpus or 0, vm.memory_mb or 0
        relative = vcpus >= LARGE_TIMES_MEDIAN * self.vcpus or memory >= LARGE_TIMES_MEDIAN * self.memory
        return vcpus >= LARGE_VCPUS or memory >= LARGE_MEMORY_MB or relative


def _those(found: Mapping[str, bool]) -> tuple[str, ...]:
    """The names of what is so."""
    return tuple([name for name, is_so in found.items() if is_so])


def _claims(allocation: Allocation | None) -> bool:
    return allocation is not None and (allocation.reservation > 0 or allocation.level == "high")
