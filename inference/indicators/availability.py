"""Availability: HA and how it is set up, and fault tolerance."""

from __future__ import annotations

from collector.facts import Cluster
from inference.automation import has_ha
from inference.counting import share_of
from inference.estate import Estate
from inference.observations import Observation, amount, not_applicable, unknown
from inference.population import Population
from inference.verdicts import LEAST_CLUSTER

NO_HA = "no cluster has HA on"
NO_NEIGHBOUR = "no cluster with HA has two hosts"


def ha_share(estate: Estate) -> Observation:
    """Powered-on workloads that HA would restart on another host, of all that run."""
    name = "ha_share"
    if gap := estate.gap("clusters"):
        return unknown(name, gap)
    if not any(has_ha(cluster) for cluster in estate.clusters.items) and (edition := estate.unlicensed("ha")):
        return not_applicable(name, f"the host licences ({edition}) do not include HA")
    recoverable = estate.base.verdicts.recoverable
    return share_of(
        name,
        estate.powered_on,
        lambda vm: recoverable[vm.id],
        nothing="no workload virtual machine is powered on",
        unread="the HA settings of the clusters could not be read",
        says=lambda yes, of: [
            f"{yes} of {of} powered-on virtual machines are in clusters with HA on and restart not disabled."
        ],
    )


def ha_admission(estate: Estate) -> Observation:
    """Clusters with HA that keep capacity free by admission control, of all clusters of two or more hosts with HA."""
    name, clusters = "ha_admission", estate.clusters
    if clusters.missing:
        return unknown(name, clusters.missing)
    with_ha, unread = _clusters_with_ha(estate)
    if not with_ha:
        return unknown(name, "the HA settings of the clusters could not be read") if unread else not_applicable(name, NO_HA)
    with_ha = tuple(cluster for cluster in with_ha if estate.base.members[cluster.id] >= LEAST_CLUSTER)
    if not with_ha and not unread:
        return not_applicable(name, NO_NEIGHBOUR)

    def admits(cluster: Cluster) -> bool | None:
        return cluster.ha.admission_control if cluster.ha else None

    return share_of(
        name,
        Population(with_ha, clusters.seen * len(with_ha) / (len(with_ha) + unread)),
        admits,
        nothing=NO_HA,
        unread="whether admission control is on could not be read",
        says=lambda yes, of: [f"{yes} of {of} clusters with HA have admission control on."],
    )


def ha_vm_monitoring(estate: Estate) -> Observation:
    """Powered-on workloads whose guest HA watches or whose restart priority somebody chose, of those in clusters with HA."""
    name, running = "ha_vm_monitoring", estate.powered_on
    if reason := estate.gap("clusters") or running.missing:
        return unknown(name, reason)
    with_ha, unread = _clusters_with_ha(estate)
    if not with_ha:
        return unknown(name, "the HA settings of the clusters could not be read") if unread else not_applicable(name, NO_HA)
    watched = estate.base.verdicts.watched
    ids, place = {cluster.id for cluster in with_ha}, estate.base.cluster_of_vm
    inside = tuple(vm for vm in running.items if place.get(vm.id) in ids)
    placed = sum(vm.id in place or vm.knows("host") for vm in running.items)
    if running.items and not placed:
        return unknown(name, "the hosts of the virtual machines could not be read")
    seen = running.seen * placed / len(running.items) if running.items else running.seen

    return share_of(
        name,
        Population(inside, seen * len(with_ha) / (len(with_ha) + unread)),
        lambda vm: watched[vm.id],
        nothing="no workload virtual machine runs in a cluster with HA",
        unread="the HA settings of the virtual machines could not be read",
        says=lambda yes, of: [
            f"{yes} of {of} powered-on virtual machines in clusters with HA are watched by it or have a chosen priority."
        ],
    )


def ft(estate: Estate) -> Observation:
    """Workloads that fault tolerance protects. A niche: that nobody uses it says nothing, and is not applicable."""
    name, machines = "ft", estate.workloads
    if machines.missing:
        return unknown(name, machines.missing)
    protected = estate.base.verdicts.ft_protected
    known = [answer for vm in machines.items if (answer := protected[vm.id]) is not None]
    if machines.items and not known:
        return unknown(name, "the state of fault tolerance could not be read")
    count = sum(known)
    if not count:
        return not_applicable(name, "no virtual machine uses fault tolerance, which few estates need")
    return amount(
        name,
        count,
        seen=machines.seen * len(known) / len(machines.items),
        evidence=(f"Fault tolerance protects {count} virtual machines.",),
    )


def _clusters_with_ha(estate: Estate) -> tuple[tuple[Cluster, ...], int]:
    """Clusters with hosts and HA on, and how many could not be read."""
    filled = estate.base.members
    clusters = [cluster for cluster in estate.clusters.items if cluster.id in filled]
    return tuple(c for c in clusters if has_ha(c)), sum(has_ha(c) is None for c in clusters)
