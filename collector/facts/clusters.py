"""Clusters with their settings of HA and DRS and their rules, and resource pools."""

from __future__ import annotations

from dataclasses import dataclass

from collector.facts.fact import Allocation, Fact


@dataclass(frozen=True, slots=True)
class HaConfig:
    """Cluster settings of vSphere HA. ``restart_priority`` is the default of the cluster's virtual machines."""

    enabled: bool | None
    host_monitoring: str | None = None
    vm_monitoring: str | None = None
    component_protection: str | None = None
    admission_control: bool | None = None
    admission_policy: str | None = None
    restart_priority: str | None = None


@dataclass(frozen=True, slots=True)
class HaOverride:
    """HA settings of one virtual machine that override those of its cluster; ``None`` is not overridden."""

    vm: str
    restart_priority: str | None = None
    vm_monitoring: str | None = None


@dataclass(frozen=True, slots=True)
class DrsConfig:
    """Cluster settings of DRS; ``vmotion_rate`` is its migration threshold, from 1 (aggressive) to 5 (conservative)."""

    enabled: bool | None
    behavior: str | None = None
    vmotion_rate: int | None = None
    overrides_allowed: bool | None = None


@dataclass(frozen=True, slots=True)
class DrsOverride:
    """DRS settings of one virtual machine that override those of its cluster."""

    vm: str
    enabled: bool | None = None
    behavior: str | None = None


@dataclass(frozen=True, slots=True)
class ClusterRule:
    """An affinity, anti-affinity or VM-to-host rule; ``kind`` is its API type. VM-to-host rules have groups and no ``vms``."""

    name: str
    kind: str
    enabled: bool | None
    vms: tuple[str, ...] = ()
    vm_group: str | None = None
    host_group: str | None = None


@dataclass(frozen=True, slots=True)
class ClusterGroup:
    """A group of virtual machines or of hosts, to which rules refer by its name."""

    name: str
    vms: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster(Fact):
    """A cluster.

    ``num_vmotions`` counts migrations within it since it was created; it is reset when it drops. ``recommendations``,
    ``drs_actions`` and ``drs_migrations`` are numbers of entries in vCenter's short lists of what DRS proposes and did.
    ``drs_score`` is in percent; ``current_balance`` and ``target_balance`` are standard deviations of load in thousandths.
    ``failover_level`` (hosts), ``failover_cpu_percent`` and ``failover_memory_percent`` are what HA admission control finds
    free for a failover. ``ha_data_version`` is the version of the host list that HA distributed.
    """

    hosts: tuple[str, ...] = ()
    datastores: tuple[str, ...] = ()
    ha: HaConfig | None = None
    ha_overrides: tuple[HaOverride, ...] = ()
    drs: DrsConfig | None = None
    drs_overrides: tuple[DrsOverride, ...] = ()
    rules: tuple[ClusterRule, ...] = ()
    groups: tuple[ClusterGroup, ...] = ()
    dpm_enabled: bool | None = None
    proactive_drs: bool | None = None
    proactive_ha: bool | None = None
    vsan_enabled: bool | None = None
    num_vmotions: int | None = None
    drs_score: int | None = None
    current_balance: int | None = None
    target_balance: int | None = None
    evc_mode: str | None = None
    recommendations: int | None = None
    drs_migrations: int | None = None
    total_cpu_mhz: int | None = None
    cpu_demand_mhz: int | None = None
    lifecycle_managed: bool | None = None
    drs_actions: int | None = None
    failover_level: int | None = None
    failover_cpu_percent: int | None = None
    failover_memory_percent: int | None = None
    ha_data_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePool(Fact):
    """A resource pool or vApp; ``owner`` is the cluster or lone compute resource whose resources it divides.

    ``folder`` is the folder of a vApp; ``None`` if it is in another vApp, which is then its ``parent``.
    """

    owner: str | None = None
    folder: str | None = None
    is_vapp: bool = False
    cpu: Allocation | None = None
    memory: Allocation | None = None
