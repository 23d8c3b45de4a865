"""Clusters: how HA, DRS and their companions are configured, and what DRS has done.

``configurationEx`` and ``summary`` are asked for whole. Their declared types are ``ComputeResourceConfigInfo`` and
``ComputeResourceSummary``, and a vCenter refuses a path into a member that only the cluster's own subtype has
(``configurationEx.drsConfig``) with InvalidProperty, although the simulator takes it. As the whole summary moves all the
time, clusters are read again at every poll: they are few.
"""

from __future__ import annotations

from collector.facts import Cluster, ClusterGroup, ClusterRule, DrsConfig, DrsOverride, HaConfig, HaOverride
from collector.wants import Topic, Vim, api_type, entity_name, moid, moids, split, text, want, whole


def _part(config: Vim, name: str) -> Vim:
    """A member that not every release or subtype has."""
    return getattr(config, name, None)


def ha(config: Vim) -> HaConfig | None:
    """HA settings of the cluster."""
    das = _part(config, "dasConfig")
    if das is None:
        return None
    policy = _part(das, "admissionControlPolicy")
    return HaConfig(
        enabled=das.enabled,
        host_monitoring=text(_part(das, "hostMonitoring")),
        vm_monitoring=text(_part(das, "vmMonitoring")),
        component_protection=text(_part(das, "vmComponentProtecting")),
        admission_control=_part(das, "admissionControlEnabled"),
        admission_policy=None if policy is None else api_type(policy),
        restart_priority=text(_part(_part(das, "defaultVmSettings"), "restartPriority")),
    )


def ha_overrides(config: Vim) -> tuple[HaOverride, ...]:
    """Virtual machines whose HA settings differ from the cluster's."""
    return tuple(
        HaOverride(
            vm=moid(entry.key),
            # dasSettings replaced restartPriority; the old property stays as its copy and knows fewer values.
            restart_priority=_own(_part(entry.dasSettings, "restartPriority") or _part(entry, "restartPriority")),
            vm_monitoring=_monitoring(_part(entry.dasSettings, "vmToolsMonitoringSettings")),
        )
        for entry in _part(config, "dasVmConfig") or ()
        if entry.key is not None
    )


def _own(priority: object) -> str | None:
    """A restart priority of the machine itself."""
    value = text(priority)
    return None if value == "clusterRestartPriority" else value


def _monitoring(settings: Vim) -> str | None:
    """VM monitoring of one machine, unless it follows the cluster."""
    return None if settings is None or settings.clusterSettings else text(settings.vmMonitoring)


def drs(config: Vim) -> DrsConfig | None:
    """DRS settings of the cluster."""
    settings = _part(config, "drsConfig")
    if settings is None:
        return None
    return DrsConfig(
        enabled=settings.enabled,
        behavior=text(settings.defaultVmBehavior),
        vmotion_rate=whole(settings.vmotionRate),
        overrides_allowed=_part(settings, "enableVmBehaviorOverrides"),
    )


def drs_overrides(config: Vim) -> tuple[DrsOverride, ...]:
    """DRS automation of single virtual machines."""
    return tuple(
        DrsOverride(vm=moid(entry.key), enabled=entry.enabled, behavior=text(entry.behavior))
        for entry in _part(config, "drsVmConfig") or ()
        if entry.key is not None
    )


def rules(config: Vim) -> tuple[ClusterRule, ...]:
    """Affinity, anti-affinity and VM-to-host rules."""
    return tuple(_rule(entry) for entry in _part(config, "rule") or ())


def _rule(entry: Vim) -> ClusterRule:
    return ClusterRule(
        name=str(entry.name or ""),
        kind=api_type(entry),
        enabled=entry.enabled,
        vms=moids(_part(entry, "vm") or ()),
        vm_group=text(_part(entry, "vmGroupName") or _part(entry, "vmGroup")),
        host_group=text(_part(entry, "affineHostGroupName") or _part(entry, "antiAffineHostGroupName")),
    )


def groups(config: Vim) -> tuple[ClusterGroup, ...]:
    """Groups of virtual machines and of hosts."""
    return tuple(
        ClusterGroup(name=str(entry.name or ""), vms=moids(_part(entry, "vm") or ()), hosts=moids(_part(entry, "host") or ()))
        for entry in _part(config, "group") or ()
    )


def _enabled(config: Vim, name: str) -> bool | None:
    """Whether a companion feature is on; ``None`` where its settings are absent."""
    enabled: bool | None = _part(_part(config, name), "enabled")
    return enabled


def _summary(name: str) -> Vim:
    return lambda summary: whole(_part(summary, name))


def _admission(name: str) -> Vim:
    return lambda summary: whole(_part(_part(summary, "admissionControlInfo"), name))


TOPIC = Topic(
    name="clusters",
    types=("ClusterComputeResource",),
    fact=Cluster,
    wants=(
        want("name", "name", entity_name),
        want("parent", "parent", moid),
        want("host", "hosts", moids, every_poll=True),
        want("datastore", "datastores", moids, every_poll=True),
        split(
            "configurationEx",
            {
                "ha": ha,
                "ha_overrides": ha_overrides,
                "drs": drs,
                "drs_overrides": drs_overrides,
                "rules": rules,
                "groups": groups,
                "dpm_enabled": lambda config: _enabled(config, "dpmConfigInfo"),
                "proactive_drs": lambda config: _enabled(config, "proactiveDrsConfig"),
                "proactive_ha": lambda config: _enabled(config, "infraUpdateHaConfig"),
                "vsan_enabled": lambda config: _enabled(config, "vsanConfigInfo"),
            },
            every_poll=True,
        ),
        split(
            "summary",
            {
                "num_vmotions": _summary("numVmotions"),
                "drs_score": _summary("drsScore"),
                "current_balance": _summary("currentBalance"),
                "target_balance": _summary("targetBalance"),
                "evc_mode": lambda summary: text(_part(summary, "currentEVCModeKey")),
                "failover_level": _admission("currentFailoverLevel"),
                "failover_cpu_percent": _admission("currentCpuFailoverResourcesPercent"),
                "failover_memory_percent": _admission("currentMemoryFailoverResourcesPercent"),
                "ha_data_version": lambda summary: whole(_part(_part(summary, "dasData"), "hostListVersion")),
                "total_cpu_mhz": _summary("totalCpu"),
                "cpu_demand_mhz": lambda summary: whole(_part(_part(summary, "usageSummary"), "cpuDemandMhz")),
            },
            every_poll=True,
        ),
        want("recommendation", "recommendations", len, every_poll=True),
        want("migrationHistory", "drs_migrations", len, every_poll=True),
        want("actionHistory", "drs_actions", len, every_poll=True),
        want("lifecycleManaged", "lifecycle_managed", bool, every_poll=True),
    ),
)
