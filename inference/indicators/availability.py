"""Availability: HA and how it is set up, and Fault Tolerance."""

from __future__ import annotations

from dataclasses import replace

from collector.facts import Cluster
from inference.counting import NO_RUNNING, share_counted, share_of
from inference.estate.automation import has_ha
from inference.estate.estate import Estate
from inference.estate.population import Population
from inference.estate.verdicts import LEAST_CLUSTER
from inference.licences import unless_bought
from inference.observations import Missing, Observation, amount, not_applicable, unknown, unreadable
from inference.wording import counted

NO_HA = Missing("HA is not enabled on any cluster")
NO_NEIGHBOUR = "no HA cluster has a second host"
UNREAD = unreadable("the HA settings of the clusters could not be read")


def ha_share(estate: Estate) -> Observation:
    """The share of powered-on workloads that HA would restart on another host."""
    name = "ha_share"
    if gap := estate.gap("clusters"):
        return unknown(name, gap)
    if not any(has_ha(cluster) for cluster in estate.clusters.items) and (answer := unless_bought(estate, name, "ha")):
        return answer
    return share_counted(
        name,
        estate.powered_on,
        estate.base.running_verdicts.recoverable.of(estate.cluster_id),
        nothing=NO_RUNNING,
        unread=UNREAD,
        says=lambda yes, of: [
            f"{yes} of {of} powered-on VMs are in HA clusters of two or more hosts, with restart not disabled."
        ],
    )


def ha_admission(estate: Estate) -> Observation:
    """The share of HA clusters of two or more hosts that keep capacity free by admission control."""
    name, clusters = "ha_admission", estate.clusters
    if clusters.missing:
        return unknown(name, clusters.missing)
    with_ha, unread = _clusters_with_ha(estate, LEAST_CLUSTER)
    if not with_ha and unread:
        return unknown(name, UNREAD)
    if not with_ha:
        return not_applicable(name, NO_NEIGHBOUR if any(has_ha(c) is not False for c in clusters.items) else NO_HA)

    def admits(cluster: Cluster) -> bool | None:
        return cluster.ha.admission_control if cluster.ha else None

    return share_of(
        name,
        Population(with_ha, clusters.seen * len(with_ha) / (len(with_ha) + unread)),
        admits,
        nothing=NO_HA,
        unread=unreadable("whether admission control is enabled could not be read"),
        says=lambda yes, of: [f"{yes} of {of} HA clusters of two or more hosts have admission control enabled."],
    )


def ha_vm_monitoring(estate: Estate) -> Observation:
    """The share of powered-on workloads in HA clusters with VM monitoring, or with a restart priority of their own."""
    name, running = "ha_vm_monitoring", estate.powered_on
    if reason := estate.gap("clusters") or running.missing:
        return unknown(name, reason)
    with_ha, unread = _clusters_with_ha(estate)
    if not with_ha:
        return unknown(name, UNREAD) if unread else not_applicable(name, NO_HA)
    placed = estate.base.running_residents.count("placed", estate.base.is_placed).of(estate.cluster_id)
    if placed.share == 0:
        return unknown(name, unreadable("which hosts the VMs run on could not be read"))
    seen = running.seen * (placed.share or 1.0)
    return share_counted(
        name,
        replace(running, seen=seen * len(with_ha) / (len(with_ha) + unread)),
        estate.base.running_verdicts.watched.within({cluster.id for cluster in with_ha}),
        nothing=Missing("no workload VM is powered on in an HA cluster"),
        unread=unreadable("the HA settings of the VMs could not be read"),
        says=lambda yes, of: [
            f"{yes} of {of} powered-on VMs in HA clusters have VM monitoring or a restart priority of their own."
        ],
    )


def ft(estate: Estate) -> Observation:
    """The number of workloads under Fault Tolerance. Few estates need it, so none is not applicable rather than zero."""
    name, machines = "ft", estate.workloads
    if machines.missing:
        return unknown(name, machines.missing)
    protected = estate.base.verdicts.ft_protected.of(estate.cluster_id)
    if machines.items and not protected.known:
        return unknown(name, unreadable("the Fault Tolerance state of the VMs could not be read"))
    if not protected.yes:
        return not_applicable(name, "no VM is protected by Fault Tolerance, which few estates need")
    return amount(
        name,
        protected.yes,
        seen=machines.seen * protected.known / protected.all,
        evidence=(f"Fault Tolerance protects {counted(protected.yes, 'VM')}.",),
    )


def _clusters_with_ha(estate: Estate, least: int = 1) -> tuple[tuple[Cluster, ...], int]:
    """Clusters of at least ``least`` hosts that have HA, and the number of those of which that could not be read."""
    members = estate.base.members
    clusters = [cluster for cluster in estate.clusters.items if members[cluster.id] >= least]
    return tuple(c for c in clusters if has_ha(c)), sum(has_ha(c) is None for c in clusters)
