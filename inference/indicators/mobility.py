"""Mobility: whether machines are moved while they run, and whether maintenance makes use of that: the vMotion inflection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from collector.facts import VirtualMachine
from inference.counting import (
    NO_HOSTS,
    NO_RUNNING,
    RATE_DAYS,
    beside_unclear,
    none_seen,
    oldest,
    rate_per_100,
    reach,
    share_counted,
    share_of,
    too_short,
)
from inference.estate.estate import Estate, Window
from inference.estate.population import Population
from inference.estate.residents import Answer
from inference.estate.verdicts import LEAST_CLUSTER
from inference.event_visibility import hidden_maintenance, hidden_motions
from inference.events.moves import BREADTH_DAYS, Move
from inference.licences import unless_bought
from inference.observations import Missing, Observation, Remedy, not_applicable, not_yet, rate, share, unknown, unreadable
from inference.products import is_outdated
from inference.vmotion_counters import counted_motions
from inference.wording import counted

ENTRIES = ("maintenance mode entry", "maintenance mode entries")

EVACUATION_DAYS = 90.0
QUIET_DAYS = 180.0
LEAST_BREADTH_DAYS = 22.0
"""Events of fewer days would name few of the machines that move, however mobile they are: about a quarter of 90 days."""


def vmotion_ready(estate: Estate) -> Observation:
    """The share of connected hosts in clusters of two or more that have a network for vMotion."""
    name = "vmotion_ready"
    if gap := estate.gap("clusters"):
        return unknown(name, gap)
    hosts = estate.hosts
    if not any(host.vmotion_enabled for host in hosts.items) and (answer := unless_bought(estate, name, "vmotion")):
        return answer
    base = estate.base
    clustered = tuple(h for h in hosts.items if base.members[base.cluster_of_host.get(h.id, "")] >= LEAST_CLUSTER)
    if hosts.items and not clustered:
        return not_applicable(name, "no two connected hosts share a cluster, so VMs have nowhere to move")
    return share_of(
        name,
        Population(clustered, hosts.seen, hosts.missing),
        lambda host: bool(host.vmotion_enabled) if host.knows("vmotion_enabled") else None,
        nothing=NO_HOSTS,
        unread=unreadable("whether hosts have a vMotion network could not be read"),
        says=lambda yes, of: [f"{yes} of {of} connected hosts in clusters have a vMotion network."],
    )


def vmotion_rate(estate: Estate) -> Observation:
    """Live migrations between hosts by people and for maintenance, per 100 powered-on workloads and 30 days.

    Balancing by DRS and migrations of the storage alone are left out. Where events cannot be seen, the vMotion counters of the
    clusters answer instead, unless DRS may have added to them.
    """
    name, window = "vmotion_rate", estate.window(RATE_DAYS)
    if lacking := _no_vmotion(estate):
        return not_applicable(name, lacking)
    by_drs = any(move.cause == "drs" and move.host_changed and move.at >= window.seen_from for move in estate.moves)
    hidden = hidden_maintenance(estate) if by_drs else None  # some of these may be for maintenance, which people ask for
    if unseen := too_short(window) or hidden_motions(estate, window) or hidden:
        return _from_witness(estate, unseen) or unknown(name, unseen)
    deliberate = [m for m in estate.moves if m.host_changed and m.cause in {"user", "evacuation"}]
    found = _rate_of_live(name, estate, window, deliberate, "Live migrations by people or for maintenance")
    if found.state != "observed" or not (grown := counted_motions(estate, window.start)):
        return found
    extra = f"The clusters' own vMotion counters rose by {grown.count} in {grown.days:.3g} days."
    return replace(found, evidence=(*found.evidence, extra))


def _rate_of_live(name: str, estate: Estate, window: Window, moves: Iterable[Move], what: str) -> Observation:
    """The rate of the live ones among these moves, in the part of the window that was seen."""
    start = window.seen_from
    within = [move for move in moves if move.at >= start]
    live = [(move.vm, move.at) for move in within if move.manner == "live"]
    unclear = sum(move.manner == "unknown" for move in within)
    return beside_unclear(rate_per_100(name, estate, live, window, what), len(live), unclear)


def _from_witness(estate: Estate, unseen: Missing) -> Observation | None:
    """The rate by the clusters' own counters, where events are out of reach; unknown where DRS may have added to them."""
    name = "vmotion_rate"
    grown = counted_motions(estate, estate.now - timedelta(days=RATE_DAYS))
    if grown is None or grown.days < 1:
        return None
    says = f"The clusters' own vMotion counters rose by {grown.count} in {grown.days:.3g} days; {unseen}."
    if grown.count and grown.balanced:
        doubt = unseen.followed_by("; DRS may have made the migrations that the clusters counted")
        return unknown(name, doubt, evidence=(says,))
    everywhere = len(estate.powered_on.items) * RATE_DAYS
    if not grown.machine_days:
        return None
    seen = estate.powered_on.seen * min(1.0, grown.machine_days / everywhere)
    machine_days = grown.machine_days * estate.running / len(estate.powered_on.items)  # the counters are of all machines
    return rate(name, grown.count, machine_days / 100 / RATE_DAYS, seen=seen, evidence=(says,))


def maint_evac(estate: Estate) -> Observation:
    """The share of entries into maintenance mode in 90 days in which all running machines left by live migration.

    Entries of hosts on which nothing ran are left out. Unknown where the virtual machines could not be read, since they tell
    which of the machines that events name are workloads.
    """
    name, window = "maint_evac", estate.window(EVACUATION_DAYS)
    if lacking := _no_vmotion(estate):
        return not_applicable(name, lacking)
    if unseen := window.unseen or estate.workloads.missing:
        return unknown(name, unseen)
    recent = [entry for entry in estate.entries if entry.at >= window.start]
    loaded = [entry for entry in recent if entry.outcome != "empty"]
    clear = [entry for entry in loaded if entry.outcome != "unclear"]
    if not clear:
        return unknown(name, _why_no_entry(estate, len(recent), len(loaded)))
    evacuated = sum(entry.outcome == "evacuated" for entry in clear)
    days = reach(window, oldest(clear))
    evidence = [f"{evacuated} of {counted(len(clear), *ENTRIES)} emptied the host by live migration {days}."]
    if shut := [entry for entry in clear if entry.stopped]:
        evidence.append(f"In {len(shut)} of them VMs were powered off or suspended.")
    return share(name, evacuated, len(clear), seen=window.share * len(clear) / len(loaded), evidence=tuple(evidence))


def _why_no_entry(estate: Estate, recent: int, loaded: int) -> Missing:
    """Why no entry counts, with a note where hosts have not been maintained for long."""
    if loaded:
        return not_yet(f"in {counted(loaded, *ENTRIES)} the migrations could not be classified as live or cold")
    if recent:
        return not_yet(f"in {counted(recent, *ENTRIES)} nothing was running on the host")
    if hidden := hidden_maintenance(estate):
        return hidden
    quiet = estate.window(QUIET_DAYS)
    hosts = estate.hosts.items
    old = bool(hosts) and all(is_outdated(host.build, estate.now) for host in hosts)
    if old and quiet.share >= 1 and not any(entry.at >= quiet.start for entry in estate.entries):
        return Missing(
            "no host entered maintenance mode in 180 days and every ESXi build is over a year old, which is consistent with"
            " hosts not being patched",
            Remedy.UPDATE_HOSTS,
        )
    return none_seen("no host entered maintenance mode", estate.window(EVACUATION_DAYS))


def vmotion_breadth(estate: Estate) -> Observation:
    """The share of powered-on workloads that were live-migrated to another host at least once in 90 days."""
    name, window = "vmotion_breadth", estate.window(BREADTH_DAYS)
    if lacking := _no_vmotion(estate):
        return not_applicable(name, lacking)
    if reason := too_short(window, LEAST_BREADTH_DAYS) or hidden_motions(estate, window):
        return unknown(name, reason)
    running, moved = estate.powered_on, estate.base.moved_live
    return share_counted(
        name,
        replace(running, seen=running.seen * window.share),
        estate.base.running_residents.count(name, lambda vm: moved.get(vm.id, False)).of(estate.cluster_id),
        nothing=NO_RUNNING,
        unread=not_yet("no migration could be classified as live or cold"),
        says=lambda yes, of: [f"{yes} of {of} powered-on VMs were live-migrated to another host {reach(window)}."],
    )


def svmotion_rate(estate: Estate) -> Observation:
    """Live migrations between datastores, per 100 powered-on workloads and 30 days."""
    name, window = "svmotion_rate", estate.window(RATE_DAYS)
    stored = [move for move in estate.moves if move.storage_changed]
    live = [move for move in stored if move.manner == "live"]
    if not live and (answer := unless_bought(estate, name, "svmotion")):
        return answer
    if not any(move.at >= window.start for move in live):
        if _stay_put(estate):
            return not_applicable(name, "all VMs are on vSAN or vVols, so there is no other datastore to move to")
        if gap := estate.gap("datastores"):
            return unknown(name, gap.followed_by("; there may be no second datastore to move to"))
    if hidden := hidden_motions(estate, window):
        return unknown(name, hidden)
    return _rate_of_live(name, estate, window, stored, "Live storage migrations")


def _stay_put(estate: Estate) -> bool:
    """Whether every running workload is on a datastore that spans its cluster and balances itself."""
    spanning = estate.base.spanning

    def stays(vm: VirtualMachine) -> Answer:
        return spanning.issuperset(vm.datastores) if vm.datastores else "apart"

    found = estate.base.running_residents.count("stay_put", stays).of(estate.cluster_id)
    return found.yes > 0 and not found.no


def _no_vmotion(estate: Estate) -> str | None:
    """That the editions lack vMotion, where nobody ever saw it at work here either."""
    edition = estate.unlicensed("vmotion")
    if edition is None or any(move.manner == "live" and move.host_changed for move in estate.moves):
        return None
    return f"the host licences ({edition}) do not include vMotion"
