"""Automation: what DRS and HA settings amount to, for a cluster and for one machine of it."""

from __future__ import annotations

from collections.abc import Iterator

from collector.facts import Cluster, ClusterRule, DrsOverride, HaOverride

MOST_CONSERVATIVE = 5
"""The migration threshold at which DRS only does what it must: as good as off for balancing."""

_LEAST_TOGETHER = 2
"""A machine alone is kept together with nothing and apart from nothing; deleting its neighbours leaves such a rule behind."""

_CLUSTER_DEFAULT = frozenset({None, "", "clusterRestartPriority"})
_NO_HOST_MONITORING = "disabled"
"""With the hosts of a cluster unwatched, HA is suspended: it is on, and restarts nothing when one fails."""

_MONITORED = frozenset({"vmMonitoringOnly", "vmAndAppMonitoring"})


def is_fully_automated(cluster: Cluster) -> bool | None:
    """Whether DRS moves machines by itself here, by its behaviour and threshold; ``None`` where unreadable."""
    if not cluster.knows("drs"):
        return None
    drs = cluster.drs
    return drs is not None and drs.enabled is not False and drs.behavior == "fullyAutomated" and not _idle(cluster)


def _idle(cluster: Cluster) -> bool:
    rate = cluster.drs.vmotion_rate if cluster.drs else None
    return rate is not None and rate >= MOST_CONSERVATIVE


def is_vm_automated(cluster: Cluster, override: DrsOverride | None) -> bool | None:
    """Whether DRS moves this machine by itself, its own setting first where the cluster lets machines have one."""
    automated = is_fully_automated(cluster)
    if automated is None:
        return None
    if override is None or not cluster.knows("drs_overrides"):
        return automated if cluster.knows("drs_overrides") or not automated else None
    drs = cluster.drs
    if drs is None or drs.enabled is False or drs.overrides_allowed is False:
        return automated
    if override.enabled is False:
        return False
    if override.behavior:
        return override.behavior == "fullyAutomated" and not _idle(cluster)
    return automated


def _has_drs(cluster: Cluster) -> bool | None:
    """Whether DRS is on, at any level of automation; ``None`` where unreadable."""
    if not cluster.knows("drs"):
        return None
    return bool(cluster.drs and cluster.drs.enabled is not False)


def has_ha(cluster: Cluster) -> bool | None:
    """Whether HA is on; ``None`` where unreadable."""
    if not cluster.knows("ha"):
        return None
    return bool(cluster.ha and cluster.ha.enabled)


def is_restarted(cluster: Cluster, override: HaOverride | None) -> bool | None:
    """Whether HA would restart a machine with this setting of its own."""
    on = has_ha(cluster)
    if not on:
        return on
    if cluster.ha and cluster.ha.host_monitoring == _NO_HOST_MONITORING:
        return False
    if not cluster.knows("ha_overrides"):
        return None
    own = override.restart_priority if override else None
    default = cluster.ha.restart_priority if cluster.ha else None
    return (default if own in _CLUSTER_DEFAULT else own) != "disabled"


def is_watched(cluster: Cluster, override: HaOverride | None) -> bool | None:
    """Whether HA watches the guest of a machine, or restarts it with a priority that somebody chose."""
    on = has_ha(cluster)
    if not on or cluster.ha is None:
        return on
    if not cluster.knows("ha_overrides"):
        return None
    own = override.vm_monitoring if override else None
    if (own or cluster.ha.vm_monitoring) in _MONITORED:
        return True
    priority = override.restart_priority if override else None
    chosen = cluster.ha.restart_priority if priority in _CLUSTER_DEFAULT else priority
    return chosen not in {None, "", "medium", "disabled"}


def rules_in_use(cluster: Cluster) -> Iterator[tuple[ClusterRule, tuple[str, ...]]]:
    """The placement rules that steer something, each with the machines that it names, itself or by a group.

    One that is off, names a single machine to keep together or apart, or an empty group of machines or hosts, steers nothing;
    nor does any where both DRS and HA are off, since nothing else follows rules.
    """
    if _has_drs(cluster) is False and has_ha(cluster) is False:
        return
    groups = {group.name: group for group in cluster.groups}
    for rule in cluster.rules:
        hosts, named = groups.get(rule.host_group or ""), groups.get(rule.vm_group or "")
        if not rule.enabled or (hosts is not None and not hosts.hosts):
            continue
        if len(rule.vms) >= _LEAST_TOGETHER:
            yield rule, rule.vms
        elif named is not None and named.vms:
            yield rule, named.vms
