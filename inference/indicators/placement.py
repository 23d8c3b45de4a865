"""Placement: whether DRS and Storage DRS place and balance by themselves, and whether anybody steers them."""

from __future__ import annotations

from collector.facts import Cluster, Datastore
from inference.counting import (
    NO_RUNNING,
    RATE_DAYS,
    beside_unclear,
    none_seen,
    oldest,
    reach,
    share_counted,
    share_of,
    untold,
)
from inference.estate.automation import is_fully_automated
from inference.estate.estate import Estate
from inference.estate.population import Population
from inference.estate.residents import Answer
from inference.estate.verdicts import LEAST_CLUSTER
from inference.event_visibility import hidden_maintenance, hidden_motions
from inference.licences import unless_bought
from inference.observations import Missing, Observation, amount, not_applicable, not_yet, share, unknown, unreadable
from inference.wording import counted

LITTLE_DEMAND = 0.25
"""A cluster whose CPU demand is below this part of its capacity has nothing to balance."""

FEW_MOVES = 5
"""With fewer live migrations than this, that DRS made none of them is judged by its settings and the demand instead."""


def drs_auto(estate: Estate) -> Observation:
    """The share of powered-on workloads under fully automated DRS; a setting of their own overrides that of their cluster.

    Those in a cluster of a single host do not count as such, since there is nowhere to move.
    """
    name = "drs_auto"
    if gap := estate.gap("clusters"):
        return unknown(name, gap)
    switched_on = any(cluster.drs and cluster.drs.enabled for cluster in estate.clusters.items)
    if not switched_on and (answer := unless_bought(estate, name, "drs")):
        return answer
    full = sum(is_fully_automated(cluster) is True for cluster in estate.clusters.items)
    every = len(estate.clusters.items)
    return share_counted(
        name,
        estate.powered_on,
        estate.base.running_verdicts.movable.of(estate.cluster_id),
        nothing=NO_RUNNING,
        unread=unreadable("the DRS settings of the clusters could not be read"),
        says=lambda yes, of: [
            f"{yes} of {of} powered-on VMs are under fully automated DRS.",
            f"{full} of {counted(every, 'cluster')} set to fully automated.",
        ],
    )


def drs_initiated(estate: Estate) -> Observation:
    """The share of live migrations between hosts in 30 days that DRS made to balance load.

    Zero where DRS is fully automated, has load to balance, and moved nothing in the whole window; not applicable where there is
    nothing to balance. Unknown where the virtual machines could not be read, since they tell which moves are of workloads.
    """
    name, window = "drs_initiated", estate.window(RATE_DAYS)
    moves = [m for m in estate.moves if m.at >= window.start and m.host_changed]
    live = [move for move in moves if move.manner == "live"]
    unclear = sum(move.manner == "unknown" for move in moves)
    balancing = sum(m.cause == "drs" for m in live)
    if not balancing and (answer := unless_bought(estate, name, "drs")):
        return answer
    hidden = estate.workloads.missing or (hidden_maintenance(estate) if balancing else _hidden_need(estate))
    if unseen := window.unseen or hidden or hidden_motions(estate, window):
        return unknown(name, unseen)
    if not balancing and (calm := _nothing_to_balance(estate)):
        return not_applicable(name, calm)
    if not balancing and len(live) < FEW_MOVES and window.is_whole and (busy := _could_have_balanced(estate)):
        says = f"{busy}, but it made none of {counted(len(live), 'live migration')} between hosts {reach(window)}."
        return amount(name, 0.0, seen=window.share, evidence=(says,))
    if not live:
        return unknown(name, untold(unclear) if unclear else none_seen("no live migration was seen", window))
    evacuating = sum(m.cause == "evacuation" for m in live)
    says = f"DRS made {balancing} of {counted(len(live), 'live migration')} between hosts to balance load"
    evidence = (f"{says} {reach(window, oldest(live))}; {evacuating} emptied hosts for maintenance.",)
    return beside_unclear(share(name, balancing, len(live), seen=window.share, evidence=evidence), len(live), unclear)


def _could_have_balanced(estate: Estate) -> str | None:
    """A clause that DRS could have balanced load, ``None`` where it had none; demand that could not be read counts as none."""
    busy = sum(_demand(cluster) is not None and not _is_calm(cluster) for cluster in _automated(estate))
    if not busy:
        return None
    return (
        f"DRS is fully automated in {counted(busy, 'cluster')} with CPU demand over {LITTLE_DEMAND:.0%} or load out of balance"
    )


def _nothing_to_balance(estate: Estate) -> str | None:
    """Why DRS has nothing to do: low and balanced demand in every cluster with automated DRS. Unread demand is not low."""
    automated = _automated(estate)
    if not automated or not all(_is_calm(cluster) for cluster in automated):
        return None
    return f"CPU demand is below {LITTLE_DEMAND:.0%} and balanced in every cluster with automated DRS: nothing to balance"


def _hidden_need(estate: Estate) -> Missing | None:
    """Why it is not known whether DRS had anything to balance: no cluster is known to have, and some could not be read."""
    if gap := estate.gap("clusters"):
        return gap
    members = estate.base.members
    able = [c for c in estate.clusters.items if is_fully_automated(c) is not False and members[c.id] >= LEAST_CLUSTER]
    if estate.hosts_out_of_sight and all(map(_is_calm, able)):
        return estate.hosts_out_of_sight
    hidden = [cluster for cluster in able if not cluster.knows("drs", "total_cpu_mhz", "cpu_demand_mhz")]
    if hidden and all(cluster in hidden or _is_calm(cluster) for cluster in able):
        return unreadable("whether DRS had anything to balance could not be read")
    return None


def _automated(estate: Estate) -> list[Cluster]:
    """Clusters of two or more hosts with fully automated DRS."""
    members = estate.base.members
    return [c for c in estate.clusters.items if is_fully_automated(c) and members[c.id] >= LEAST_CLUSTER]


def _demand(cluster: Cluster) -> float | None:
    """CPU demand as a part of capacity; ``None`` where it could not be read."""
    if not cluster.knows("total_cpu_mhz", "cpu_demand_mhz") or not cluster.total_cpu_mhz or cluster.cpu_demand_mhz is None:
        return None
    return cluster.cpu_demand_mhz / cluster.total_cpu_mhz


def _is_calm(cluster: Cluster) -> bool:
    demand = _demand(cluster)
    if demand is None:
        return False
    now, target = cluster.current_balance, cluster.target_balance
    balanced = now is None or target is None or now <= target
    return demand < LITTLE_DEMAND and balanced and not cluster.recommendations


def sdrs(estate: Estate) -> Observation:
    """The share of placements of powered-on workloads on datastores that are under automated Storage DRS.

    Those on vSAN and vVols, which balance themselves, are left out.
    """
    name = "sdrs"
    if gap := estate.first_gap("datastores", "storage_pods"):
        return unknown(name, gap)
    running, stores = estate.powered_on, estate.base.datastores
    if running.missing:
        return unknown(name, running.missing)
    read = [vm for vm in running.items if vm.knows("datastores")]
    used = [datastore for vm in read for datastore in vm.datastores]
    found = [datastore for datastore in used if datastore in stores]
    placed = [datastore for datastore in found if datastore not in estate.base.spanning]
    if found and not placed:
        return not_applicable(name, "all VMs are on vSAN or vVols, which balance themselves")
    pods = {pod.id: pod for pod in estate.snapshot.storage_pods}
    if not any(pod.sdrs_enabled for pod in pods.values()) and (answer := unless_bought(estate, name, "sdrs")):
        return answer

    def automated(store: Datastore) -> Answer:
        pod = pods.get(store.parent or "")
        if pod is None:  # outside every datastore cluster, unless that or what else balances it was hidden
            return "never" if store.knows("parent", "type") else None
        known = pod.knows("sdrs_enabled", "sdrs_behavior")
        return bool(pod.sdrs_enabled and pod.sdrs_behavior == "automated") if known else None

    told = {place: automated(stores[place]) for place in set(placed)}
    seen = running.seen * len(found) / len(used) * len(read) / len(running.items) if used else running.seen
    return share_of(
        name,
        Population(tuple(placed), seen),
        told.__getitem__,
        nothing=unreadable("the datastores of powered-on VMs could not be read"),
        unread=unreadable("the settings of the datastore clusters could not be read"),
        wholly_read=lambda place: stores[place].knows("parent", "type"),
        says=lambda yes, of: [f"{yes} of {of} VM placements on datastores are under automated Storage DRS."],
    )


def rules_pools(estate: Estate) -> Observation:
    """The share of clusters with a rule that steers workloads, or a resource pool with shares or limits of its own."""
    name = "rules_pools"
    if estate.workloads.missing:
        return unknown(name, estate.workloads.missing)
    pools_gap = estate.gap("resource_pools")

    def readable(cluster: Cluster) -> bool:
        return cluster.knows("rules", "groups") and not pools_gap and cluster.id not in estate.base.hidden_claims

    def steered(cluster: Cluster) -> bool | None:
        if cluster.id in estate.base.claimed or cluster.id in estate.base.ruled:
            return True
        return False if readable(cluster) else None

    every = estate.clusters
    filled = tuple(cluster for cluster in every.items if cluster.id in estate.base.members)
    if filled and not any(map(steered, filled)) and (answer := unless_bought(estate, name, "drs")):
        return answer
    return share_of(
        name,
        Population(filled, every.seen, every.missing),
        steered,
        nothing=not_yet("there is no cluster with hosts"),
        unread=unreadable("the rules and resource pools of the clusters could not be read"),
        wholly_read=readable,
        says=lambda yes, of: [
            f"{yes} of {of} clusters use placement rules, or resource pools with their own shares, reservations or limits."
        ],
    )
