"""Baseline: whether hosts are configured and patched alike, and whether snapshots stay temporary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

from collector.facts import Cluster, Host, VirtualMachine
from inference.counting import NO_HOSTS, NO_WORKLOADS, share_counted, share_of
from inference.estate.estate import Estate
from inference.estate.residents import Answer
from inference.estate.verdicts import LEAST_CLUSTER
from inference.events.event_kinds import Kind
from inference.observations import Observation, not_applicable, not_yet, share, unknown, unreadable
from inference.products import is_backup_snapshot
from inference.unpatched import unless_unpatched

ROLL_OUT_DAYS = 30.0
OLD_SNAPSHOT = timedelta(days=7)
FIRST_WITH_IMAGES = 7


def host_baseline(estate: Estate) -> Observation:
    """The share of connected hosts whose cluster is managed by an image, or that comply with a host profile."""
    gap = estate.first_gap("host_profiles", "clusters")
    attached: defaultdict[str, list[str | None]] = defaultdict(list)
    for profile in estate.snapshot.host_profiles:
        for target in profile.attached:
            attached[target].append(profile.compliance)
    old = _major(estate.snapshot.about.api_version) < FIRST_WITH_IMAGES

    def cluster_of(host: Host) -> Cluster | None:
        return estate.base.clusters.get(estate.base.cluster_of_host.get(host.id, ""))

    def readable(host: Host) -> bool:
        cluster = cluster_of(host)
        return not gap and (old or cluster is None or cluster.knows("lifecycle_managed"))

    def kept(host: Host) -> Answer:
        cluster = cluster_of(host)
        if cluster is not None and cluster.lifecycle_managed:
            return True
        profiles = [*attached.get(host.id, ()), *(attached.get(cluster.id, ()) if cluster else ())]
        if "compliant" in profiles:
            return True
        return (False if cluster else "never") if readable(host) else None

    return share_of(
        "host_baseline",
        estate.hosts,
        kept,
        nothing=NO_HOSTS,
        unread=gap or unreadable("whether clusters are managed by an image could not be read"),
        wholly_read=readable,
        says=lambda yes, of: [f"{yes} of {of} connected hosts are managed by a cluster image or comply with a host profile."],
    )


def _major(version: str) -> int:
    first = version.partition(".")[0]
    return int(first) if first.isdigit() else 0


def build_homogeneity(estate: Estate) -> Observation:
    """The share of connected hosts with the most common ESXi build of their cluster.

    Clusters in the first 30 days of a rollout are left out.
    """
    name, hosts, window = "build_homogeneity", estate.hosts, estate.window(ROLL_OUT_DAYS)
    if reason := estate.gap("clusters") or hosts.missing:
        return unknown(name, reason)
    members: defaultdict[str, list[Host]] = defaultdict(list)
    for host in hosts.items:
        if cluster := estate.base.cluster_of_host.get(host.id):
            members[cluster].append(host)
    shared = [own for own in members.values() if len(own) >= LEAST_CLUSTER]
    if not shared:
        return not_applicable(name, "no cluster has two connected hosts to compare")
    readable = [own for own in shared if all(host.build for host in own)]
    if not readable:
        return unknown(name, unreadable("the builds of the hosts could not be read"))
    recent = {event.host for event in estate.events_since(Kind.MAINTENANCE, window.start)}
    settled = [own for own in readable if not _is_rolling_out(own, recent)]
    if not settled or (not window.is_whole and any(len({host.build for host in own}) > 1 for own in settled)):
        return unknown(name, not_yet("clusters run mixed ESXi builds, and a rollout may have begun in the last 30 days"))
    same = sum(max(Counter(host.build for host in own).values()) for own in settled)
    every = sum(map(len, settled))
    evidence = [f"{same} of {every} hosts run the most common ESXi build of their cluster."]
    if left := len(shared) - len(settled):
        evidence.append(
            f"{left} of {len(shared)} clusters are excluded: a rollout began recently, or their builds are unknown."
        )
    whole = sum(map(len, shared))
    return unless_unpatched(estate, share(name, same, every, seen=hosts.seen * every / whole, evidence=tuple(evidence)))


def _is_rolling_out(hosts: Sequence[Host], recent: set[str | None]) -> bool:
    """Whether there are several builds, and every host with the newest one is among the ``recent``ly maintained."""
    builds = {_order(host) for host in hosts}
    newest = [host for host in hosts if _order(host) == max(builds)]
    return len(builds) > 1 and all(host.id in recent for host in newest)


def _order(host: Host) -> tuple[int, str]:
    build = host.build or ""
    return (int(build) if build.isdigit() else 0, build)


def snapshot_hygiene(estate: Estate) -> Observation:
    """The share of workloads without a snapshot older than a week; those of backup and replication products do not count."""
    limit = estate.now - OLD_SNAPSHOT

    def clean(vm: VirtualMachine) -> bool | None:
        if not vm.knows("snapshots"):
            return None
        return not any(found.created < limit and not is_backup_snapshot(found.name) for found in vm.snapshots)

    found = share_counted(
        "snapshot_hygiene",
        estate.workloads,
        estate.base.residents.count("snapshot_hygiene", clean).of(estate.cluster_id),
        nothing=NO_WORKLOADS,
        unread=unreadable("the snapshots of the VMs could not be read"),
        says=lambda yes, of: [f"{of - yes} of {of} workload VMs have a snapshot older than {OLD_SNAPSHOT.days} days."],
    )
    taken = any(not is_backup_snapshot(entry.name) for vm in estate.workloads.items for entry in vm.snapshots)
    return found if taken else unless_unpatched(estate, found)
